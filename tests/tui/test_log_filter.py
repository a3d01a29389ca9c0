"""What an auditor types to narrow the log, in Swedish and in English."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access_log import LogFilter
from data.domain.log_kinds import LogKind
from tui import i18n
from tui.i18n import say
from tui.screens.admin.log_filter import KIND_WORDS, Wanted, parse, typed

TODAY = date(2026, 3, 10)


def read(text: str) -> Wanted:
    found = parse(text, TODAY)
    assert found.fault is None
    return found


def only(text: str) -> dict[str, object]:
    """What of a filter is not as in an empty one."""
    found = read(text)
    assert found.words == ()
    return found.only.model_dump(exclude_defaults=True)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("person:anna", {"person": "anna"}),
        ("Person:anna person:andersson", {"person": "anna andersson"}),
        ('person:"anna andersson"', {"person": "anna andersson"}),
        ('person:"anna and', {"person": "anna and"}),
        ("invånare:1912 patient:tolv", {"patient": "1912 tolv"}),
        ("INVÅNARE:Åsa", {"patient": "Åsa"}),
        ("från:2026-03-01", {"first": day(3, 1)}),
        ("from:2026-02", {"first": day(2, 1)}),
        ("från:2026", {"first": day(1, 1)}),
        ("från:2026-02-", {"first": day(2, 1)}),
        ("till:2026-02", {"last": day(2, 28)}),
        ("to:2024-02", {"last": date(2024, 2, 29)}),
        ("till:2025", {"last": date(2025, 12, 31)}),
        ("till:igår", {"last": day(3, 9)}),
        ("från:today", {"first": TODAY}),
        ("idag", {"first": TODAY, "last": TODAY}),
        ("igår", {"first": day(3, 9), "last": day(3, 9)}),
        ("1d", {"first": TODAY}),
        ("7d", {"first": day(3, 4)}),
        ("7 dagar", {"first": day(3, 4)}),
        ("7days", {"first": day(3, 4)}),
        ("granska", {"flagged": True}),
        ("flagged", {"flagged": True}),
        ("slag:nek", {"kind": LogKind.REFUSED}),
        ("person: från: slag:", {}),
        ("", {}),
    ],
)
def test_what_is_typed_is_understood(text: str, wanted: dict[str, object]) -> None:
    assert only(text) == wanted


def test_words_stay_words() -> None:
    found = read("tolvan hämtade 7dx 2026-03-01")

    assert [word.text for word in found.words] == ["tolvan", "hämtade", "7dx", "2026-03-01"]
    assert "patient.fetched" in found.words[1].events
    assert found.only == LogFilter()


@pytest.mark.parametrize("kind", LogKind)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_each_kind_is_found_by_its_word_and_its_beginning(kind: LogKind, language: str) -> None:
    i18n.install(language)
    word = i18n._(KIND_WORDS[kind])
    for said in (word, word[:3], KIND_WORDS[kind]):
        found = read(f"kind:{said}").only
        assert found.kind is kind
        assert ("patient.fetched" in found.events) == (kind is LogKind.READ)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("färg:blå", "Det finns inget färg:"),
        ("slag:blå", "Det finns inget slag som heter blå, bara inloggning, läst"),
        ("från:imorgon", "imorgon är inget datum"),
        ("från:2026-13", "2026-13 är inget datum"),
        ("till:2026-02-30", "2026-02-30 är inget datum"),
        ("från:0001-01-01", "är inget datum"),
        ("från:٢٠٢٦", "är inget datum"),
    ],
)
def test_what_can_not_be_understood_is_told(text: str, fault: str) -> None:
    found = parse(text, TODAY)

    assert found.fault is not None
    assert fault in say(found.fault)


def test_fields_make_the_same_line() -> None:
    line = typed(
        {"person": "anna andersson", "patient": "", "first": " 2026-03 ", "last": "", "kind": "läst"}
    )

    assert line == "person:anna person:andersson från:2026-03 slag:läst"
    assert only(line)["person"] == "anna andersson"


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    parse(text, TODAY)
