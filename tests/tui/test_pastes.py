"""Pastes and stray bytes at the real program: text in a field, told when too much, and never the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.tui.drivers import RealTerminal
from tests.tui.stories import TOLVAN, Person

AtRealTerminal = Callable[..., Person]
START, END = b"\x1b[200~", b"\x1b[201~"


async def fills_in(at_real_terminal: AtRealTerminal) -> Person:
    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    return anna


def sends(anna: Person, data: bytes) -> None:
    assert isinstance(anna.terminal, RealTerminal)
    anna.terminal.child.send(data)


async def test_nothing_in_a_paste_sends_the_case_or_leaves(at_real_terminal: AtRealTerminal) -> None:
    anna = await fills_in(at_real_terminal)
    keys = b"\x13\x11\x1b\x1b\x1b[115;5u\x1b" + b"\x13" * 40
    sends(anna, START + b"Alvedon " + keys + END + b"\x13" + START + b" 500 mg" + END)
    screen = await anna.sees("Fyll i", "Alvedon", "500 mg")
    assert "Skickat ›" not in screen
    await anna.press("ctrl+q")
    await anna.ends()


async def test_a_paste_of_many_megabytes_is_refused_at_once(at_real_terminal: AtRealTerminal) -> None:
    anna = await fills_in(at_real_terminal)
    begun = time.monotonic()
    sends(anna, START + b"x" * 5_000_000 + END)
    await anna.sees("Inget klistrades in")
    assert time.monotonic() - begun < 10
    await anna.type("Alvedon")
    await anna.sees("Alvedon")


async def test_bytes_of_another_encoding_and_broken_keys_end_nothing(
    at_real_terminal: AtRealTerminal,
) -> None:
    anna = await fills_in(at_real_terminal)
    sends(anna, "Mår bättre".encode("latin-1"))
    await anna.sees("M�r b�ttre")
    sends(anna, b"\x1b[99999999u\x1b[:u")
    sends(anna, b" nu")
    await anna.sees("M�r b�ttre nu")


async def test_a_terminal_that_is_gone_ends_the_program_and_keeps_the_text(
    at_real_terminal: AtRealTerminal,
) -> None:
    anna = await fills_in(at_real_terminal)
    await anna.type("Alvedon 500 mg")
    await anna.sees("Alvedon 500 mg")
    assert isinstance(anna.terminal, RealTerminal)
    program = anna.terminal.child
    program.ptyproc.fileobj.close()  # the terminal's window is closed; nobody sends a signal but the system
    end = time.monotonic() + 15
    while program.isalive():
        assert time.monotonic() < end
        await anna.terminal.glance()

    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.press("n")
    await anna.sees("Påbörjade ärenden", "Tolvan Tolvansson")
    await anna.press("down", "enter")
    await anna.sees("Fyll i", "Alvedon 500 mg")
