"""What a terminal sends becomes keys and pastes, and nothing that was pasted becomes a key."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from tui.intake import KEPT, Intake

START, END = b"\x1b[200~", b"\x1b[201~"

INSIDE = {
    "the Esc key": "a\x1b\x1bb",
    "thirty signs after an ESC": "a\x1b" + "n" * 20 + "\x13\x11" + "n" * 20,
    "a key report": "a\x1b[115;5ub\x1b[27ub",
    "function keys": "a\x1bOP\x1b[15~b",
    "a report of the terminal's size": "a\x1b[48;9999;9999;1;1tb",
    "control characters": "a\x13\x11\x03\x00\x08\x7fb",
    "8-bit controls": "a\x9b31m\x9d0;x\x9cb",
    "an ESC at the end": "a\x1b",
    "a paste within": "a\x1b[200~b",
    "an end, then keys": "a\x1b[201~\x13\x11b",
    "an end, keys, and a begin": "a\x1b[201~\x13\x1b[200~b",
    "half an end": "a\x1b[201\x13",
    "an end that falls together": "a\x1b[20\x1b[201~1~\x13b",
}


def messages(*bursts: bytes | Sequence[bytes]) -> list[Message]:
    """What comes of bursts, each in one packet or several; input pauses after each."""
    intake = Intake()
    found: list[Message] = []
    for burst in bursts:
        for packet in [burst] if isinstance(burst, bytes) else burst:
            found += intake.feed(packet)
        found += intake.paused()
    return found


def pasted(found: list[Message]) -> list[str]:
    return [message.text for message in found if isinstance(message, Paste)]


def keys(found: list[Message]) -> list[str]:
    return [message.key for message in found if isinstance(message, Key)]


@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE)
def test_nothing_inside_a_paste_is_a_key(inside: str) -> None:
    found = messages(START + inside.encode() + END)
    assert [type(message) for message in found] == [Paste]
    (text,) = pasted(found)
    assert text.startswith("a")
    assert text.isprintable()


@pytest.mark.parametrize("inside", ["a\x1b\x1bb", "a\x1b" + "n" * 40, "a\x1b[48;9999;9999;1;1tb"])
def test_without_the_intake_textual_takes_some_for_keys(inside: str) -> None:
    """The reason for it, and the proof that these tests can see what they look for."""
    assert any(not isinstance(one, Paste) for one in XTermParser().feed(f"\x1b[200~{inside}\x1b[201~"))


@given(st.text(st.sampled_from("\x1b[20~1;u\x13 aå\n\t\x9b")), st.lists(st.integers(0, 60), max_size=5))
def test_however_it_is_cut_a_paste_comes_whole(inside: str, cuts: list[int]) -> None:
    stream = START + inside.encode() + END
    edges = [0, *sorted(cuts), len(stream)]
    packets = [stream[first:last] for first, last in itertools.pairwise(edges)]
    found = messages(packets, b"x")
    assert keys(found) == ["x"]
    assert [type(one) for one in found] == [Paste, Key]
    if "\x1b" not in inside:
        assert pasted(found) == [
            "".join(sign for sign in inside if (sign >= " " and sign != "\x9b") or sign in "\n\t")
        ]


def test_lines_and_letters_of_a_paste_stay_as_they_are() -> None:
    text = "  Åsa Öberg\r\n\t漢字 😀 e\u0301\nrad tre  "
    assert pasted(messages(START + text.encode() + END)) == [text]


def test_what_is_typed_before_and_after_a_paste_are_keys_in_their_order() -> None:
    found = messages(b"n" + START + b"Bo" + END + b"\r\x13")
    assert [type(one) for one in found] == [Key, Paste, Key, Key]
    assert keys(found) == ["n", "enter", "ctrl+s"]


def test_pastes_that_are_parted_by_a_pause_are_two() -> None:
    found = messages(START + b"a" + END, b"\t", START + b"b" + END)
    assert pasted(found) == ["a", "b"]
    assert keys(found) == ["tab"]


def test_a_paste_waits_for_its_end() -> None:
    found = messages([START + b"a"], [b"\x13"], [b"b" + END])
    assert pasted(found) == ["ab"]
    assert keys(found) == []


def test_an_esc_key_is_told_from_the_beginning_of_a_sequence() -> None:
    assert keys(messages([b"\x1b", b"[A"])) == ["up"]
    intake = Intake()
    assert list(intake.feed(b"\x1b")) == []
    end = time.monotonic() + 5
    found: list[Message] = []
    while not found and time.monotonic() < end:
        found += intake.paused()
    assert keys(found) == ["escape"]


def test_an_esc_key_stays_one_when_the_next_key_is_read_late() -> None:
    """A thread that does not get to run for a while finds the time to be over and the next key there."""
    intake = Intake()
    assert list(intake.feed(b"\x1b")) == []
    end = time.monotonic() + intake.patience
    while time.monotonic() < end:
        pass
    assert keys(list(intake.feed(b"a"))) == ["escape", "a"]


@pytest.mark.parametrize(
    "fault",
    [
        b"\xe5",
        b"\xff\xfe",
        b"\xc3",
        b"\x1b[99999999u",
        b"\x1b[97;1;9999999999999u",
        b"\x1b[:u",
        b"\x1b[97:65;2u",
    ],
)
def test_bytes_that_no_key_sends_do_not_stop_what_follows(fault: bytes) -> None:
    with_fault = messages(fault + b"\x1b[A", fault, b"nej", START + fault + b"a" + END)
    assert keys(with_fault)[-3:] == ["n", "e", "j"]
    assert "up" in keys(with_fault)
    assert pasted(with_fault)[0].endswith("a")


def test_a_huge_paste_is_cut_quickly() -> None:
    packets = [START, *[b"a" * 65_536] * 160, b"\x1b[201~\x13" + END + b"x"]
    begun = time.perf_counter()
    found = messages(packets)
    assert time.perf_counter() - begun < 5
    (text,) = pasted(found)
    assert KEPT <= len(text) <= 2 * KEPT
    assert keys(found) == ["x"]
