"""The frame that all screens share: keys, roles, hints, and what is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input, TextArea

from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import PatientActor, Role, Visitor
from tests.conftest import START
from tests.tui.small_desk import SentPlace, Table, staff, started, swedish
from tui.widgets.header import Header, Trail, trail_line, who
from tui.widgets.hints import Hint, Hints, chosen


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with swedish(monkeypatch):
        yield


async def test_the_frame_says_who_where_and_what_the_keys_do() -> None:
    async with started() as desktop:
        desktop.place.query_one(Header).status = "3 nya svar"
        await desktop.pause()
        assert desktop.line(0).strip().startswith("Omvänt · Kastanjens vårdcentral · Åsa Öberg, vårdgivare")
        assert desktop.line(0).endswith("3 nya svar")
        assert desktop.line(1).strip() == "Mina ärenden"
        assert desktop.line(23).strip().startswith("n Nytt ärende")
        assert desktop.line(23).endswith("F1 Hjälp")


async def test_a_key_performs_its_act_and_escape_goes_back() -> None:
    async with started() as desktop:
        await desktop.press("n")
        await desktop.until(lambda: isinstance(desktop.app.screen, SentPlace))
        assert desktop.line(1).strip() == "Mina ärenden › Skicka nytt ärende › Skickat"
        await desktop.press("escape")
        await desktop.until(lambda: desktop.on_top)
        await desktop.press("escape")  # nothing behind the first place
        assert desktop.on_top


async def test_letters_are_typed_in_fields_and_function_keys_still_act() -> None:
    async with started() as desktop:
        for field in ("#number", "#lines"):
            await desktop.focus(field)
            await desktop.press("n", "question_mark", "slash")
            assert desktop.place.done == []
            assert desktop.on_top
            hints = desktop.line(23)
            assert "Nytt ärende" not in hints, "a hint must not name a key that types a letter"
            assert "Filtrera" not in hints
        assert desktop.place.query_one(Input).value == "n?/"
        assert desktop.place.query_one(TextArea).text == "n?/"
        await desktop.press("f5")
        assert desktop.place.done == ["list.refresh"]


async def test_an_act_that_cannot_be_done_now_says_why_until_the_next_key() -> None:
    async with started() as desktop:
        assert "Öppna" not in desktop.line(23)
        await desktop.place.action_act("list.open")
        await desktop.pause()
        assert desktop.place.done == []
        assert desktop.line(23).strip() == "There is no row [/b]"
        await desktop.press("down")
        assert desktop.line(23).strip().startswith("n Nytt ärende")


async def test_what_an_act_tells_outlives_the_key_that_performed_it() -> None:
    async with started() as desktop:
        await desktop.press("f5", "f5")
        await desktop.pause()
        assert desktop.line(23).strip() == "Läst på nytt"


async def test_what_a_role_may_not_do_is_neither_shown_nor_done() -> None:
    async with started(staff(Role.LOG_AUDITOR)) as desktop:
        offered = [act.id for act in desktop.place.offered()]
        assert "case.new" not in offered
        assert "go.mine" not in offered
        assert "go.admin" in offered
        assert "Nytt ärende" not in desktop.screen()
        await desktop.press("n", "f2", "f4")
        assert desktop.place.done == []
        assert desktop.app.asked == ["admin"]
    async with started(staff(Role.CARE_PROVIDER)) as desktop:
        assert "go.admin" not in [act.id for act in desktop.place.offered()]


async def test_the_programs_own_acts_reach_the_program() -> None:
    async with started() as desktop:
        await desktop.press("f2", "f3", "ctrl+l", "ctrl+q")
        for name in ("app.sign_out", "app.theme"):
            await desktop.place.action_act(name)
        assert desktop.app.asked == ["mine", "assigned", "lock", "leave", "sign_out", "toggle_look"]


async def test_the_terminal_can_be_locked_and_left_from_within_a_dialogue() -> None:
    async with started() as desktop:
        await desktop.press("f1", "ctrl+l", "ctrl+q")
        await desktop.until(lambda: desktop.app.asked == ["lock", "leave"])
        await desktop.press("escape", "ctrl+p", "ctrl+l")
        await desktop.until(lambda: desktop.app.asked == ["lock", "leave", "lock"])


async def test_ctrl_c_says_which_key_leaves() -> None:
    async with started() as desktop:
        await desktop.press("ctrl+c")
        await desktop.pause()
        assert "Ctrl+Q" in desktop.line(23)


async def test_hints_help_and_key_follow_a_moved_key() -> None:
    async with started() as desktop:
        desktop.app.set_keymap({"case.new": "f9", "app.help": "f12"})
        await desktop.pause()
        assert desktop.line(23).strip().startswith("F9 Nytt ärende")
        assert desktop.line(23).endswith("F12 Hjälp")
        await desktop.press("n")
        assert desktop.place.done == []
        await desktop.press("f9")
        await desktop.until(lambda: desktop.place.done == ["case.new"])


async def test_what_is_told_is_read_to_its_end() -> None:
    reason = "Ett besked som inte ryms på en rad " * 5 + "slut."
    async with started() as desktop:
        desktop.place.tell(reason)
        await desktop.until(lambda: desktop.line(23).endswith("slut."))
        assert " ".join(" ".join(map(desktop.line, (21, 22, 23))).split()) == reason
        await desktop.press("down")
        await desktop.until(lambda: desktop.line(23).endswith("F1 Hjälp"))
        assert "Ett besked" not in desktop.screen()


async def test_the_place_where_one_is_takes_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    async with started() as desktop:
        await desktop.press("n")
        await desktop.until(lambda: "F2 Mina ärenden" in desktop.line(23))
        monkeypatch.setattr(Table, "current_mode", "mine")
        desktop.app.screen.refresh_bindings()
        await desktop.until(lambda: "F3 Fördelade ärenden" in desktop.line(23))
        assert "F2" not in desktop.line(23)


@pytest.mark.parametrize("width", [1, 7, 20, 40, 80, 200])
async def test_the_frame_fits_any_width(width: int) -> None:
    """Also with help or palette open: Textual's own list fails when it has no width."""
    async with started(width=width) as desktop:
        await desktop.press("f1", "escape", "ctrl+p", "escape")
        await desktop.until(lambda: desktop.on_top)
        desktop.place.query_one(Header).status = "3 nya svar"
        desktop.place.tell("Ett långt besked " * 20)
        await desktop.pause()
        assert desktop.place.query_one(Header).size.height == 1
        assert desktop.place.query_one(Trail).size.height == 1
        hints = desktop.place.query_one(Hints)
        assert hints.region.bottom == 24
        await desktop.press("f6")
        assert hints.message == ""


def test_at_most_five_hints_and_help_among_them() -> None:
    hints = [Hint("F1", "Hjälp", kept=True), *(Hint(str(n), "Något att göra") for n in range(9))]
    assert [hint.key for hint in chosen(hints, 200)] == ["0", "1", "2", "3", "F1"]
    assert [hint.key for hint in chosen(hints, 50)] == ["0", "1", "F1"]
    assert [hint.key for hint in chosen(hints, 3)] == ["F1"]
    assert chosen([], 80) == []


def test_a_long_trail_keeps_where_you_are() -> None:
    parts = ("Mina ärenden", "Skicka nytt ärende", "Mall")
    assert trail_line(parts, 80) == "Mina ärenden › Skicka nytt ärende › Mall"
    assert trail_line(parts, 30) == "… › Skicka nytt ärende › Mall"
    assert trail_line(parts, 10) == "… › Mall"
    assert trail_line(parts, 3) == "Ma…"
    assert trail_line(parts, 0) == ""
    assert trail_line((), 10) == ""


def test_who_is_said_in_words() -> None:
    number = PersonalIdentityNumber("199001152397")
    assert who(Visitor()) == "Omvänt"
    assert (
        who(PatientActor(patient_id=1, number=number, name="Bo Ek", signed_in_at=START))
        == "Omvänt · Bo Ek · 19900115-2397"
    )
    assert who(staff(Role.ADMINISTRATOR, Role.CARE_PROVIDER)) == (
        "Omvänt · Kastanjens vårdcentral · Åsa Öberg, vårdgivare, administratör"
    )
