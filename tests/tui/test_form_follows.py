"""A form that follows its answers: conditions, own answers, lone options, sections that repeat."""

from __future__ import annotations

import pytest

from data.domain.answers import Writer, check
from data.domain.errors import Message, Problem
from data.domain.forms import (
    Condition,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Form,
    LongText,
    OneChoice,
    Option,
    Question,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    ShownWhen,
    Test,
    Text,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.placeholders import Given
from data.store.store import Store
from tests.tui.test_form import paper
from tui.widgets.controls import CONTROLS
from tui.widgets.fields import LineField
from tui.widgets.form import FormView
from tui.widgets.long_view import AT_ONCE

SMOKES = ShownWhen(conditions=(Condition(question="smokes", test=Test.EQUALS, value=True),))
SMOKING = Form(
    items=(
        YesNo(id="smokes", wording="Röker du?"),
        WholeNumber(id="many", wording="Hur många om dagen?", least=1, most=100, shown_when=SMOKES),
        Section(
            id="quit",
            wording="Att sluta",
            shown_when=SMOKES,
            items=(
                YesNo(id="help", wording="Vill du ha hjälp?"),
                Text(id="good", wording="Bra fråga."),
            ),
        ),
        ShortText(id="last", wording="Något mer?", required=False),
    )
)
MEDICINES = Form(
    items=(
        Section(
            id="med",
            wording="Läkemedel",
            repeats=True,
            least=1,
            most=3,
            items=(
                ShortText(id="name", wording="Namn"),
                YesNo(id="daily", wording="Varje dag?", required=False),
                ShortText(
                    id="when",
                    wording="När då?",
                    shown_when=ShownWhen(
                        conditions=(Condition(question="daily", test=Test.EQUALS, value=False),)
                    ),
                ),
            ),
        ),
        ShortText(id="last", wording="Något mer?", required=False),
    )
)
THREE = (Option(id="a", wording="Ont"), Option(id="b", wording="Feber"))
NONE = Option(id="none", wording="Inget av dessa", exclusive=True)


def focused_path(view: FormView) -> str:
    """The path of the field that has the focus."""
    found = [box.path for box in view.query("FieldBox").results() if box.has_focus_within]
    return str(found[0]) if found else ""


def test_every_type_of_question_has_its_control() -> None:
    def concrete(kind: type) -> set[type]:
        inner = {one for sub in kind.__subclasses__() for one in concrete(sub)}
        return inner | ({kind} if "kind" in kind.model_fields else set())  # type: ignore[attr-defined]

    assert set(CONTROLS) == concrete(Question) | {WhiteBox}


# Conditions


async def test_questions_come_and_go_with_the_answers(store: Store) -> None:
    async with paper(SMOKING, store, writer=Writer.PATIENT) as (anna, view):
        await anna.sees("Röker du?", "Något mer?", gone="Att sluta")
        await anna.press("1")
        await anna.sees("Hur många om dagen?", "Att sluta", "Vill du ha hjälp?", "Bra fråga.")
        await anna.press("enter", *"20", "enter", "1", "enter", *"Nej")
        assert focused_path(view) == "last"
        assert view.typed == {"smokes": True, "many": "20", "help": True, "last": "Nej"}
        assert view.progress == (4, 4)
        await anna.press("up", "up", "up", "2")
        await anna.sees("(•) Nej", "Något mer?", gone="Hur många om dagen?")
        assert focused_path(view) == "smokes"
        assert view.checked.left_out == ("many", "help")
        assert view.progress == (2, 2)
        await anna.press("enter")
        assert focused_path(view) == "last", "the focus passes what is hidden"
        await anna.press("shift+tab", "1")
        await anna.sees("Hur många om dagen?", "20", "Vill du ha hjälp?", "(•) Ja")


async def test_the_focus_begins_past_what_is_hidden(store: Store) -> None:
    async with paper(SMOKING, store, writer=Writer.PATIENT, typed={"smokes": False, "many": "7"}) as (
        _,
        view,
    ):
        assert focused_path(view) == "smokes", "nothing is left to fill in: the first field"
        assert view.typed["many"] == "7"


async def test_a_patient_begins_with_the_first_question_though_it_is_optional(store: Store) -> None:
    form = Form(
        items=(
            ShortText(id="more", wording="Något mer?", required=False),
            ShortText(id="name", wording="Vad heter du?"),
        )
    )
    for typed, begins_at in (({}, "more"), ({"more": "Ja"}, "name")):
        async with paper(form, store, writer=Writer.PATIENT, typed=typed) as (_, view):
            assert focused_path(view) == begins_at


async def test_a_patient_reads_a_long_message_from_its_beginning(store: Store) -> None:
    form = Form(
        patient_instruction="\n".join(f"Rad {number}." for number in range(1, 40)),
        items=(ShortText(id="name", wording="Vad heter du?"), ShortText(id="more", wording="Något mer?")),
    )
    async with paper(form, store, writer=Writer.PATIENT, typed={}) as (anna, view):
        await anna.sees("Rad 1.", gone="Vad heter du?")
        await anna.press("enter")
        await anna.sees("Vad heter du?", gone="Rad 1.")
        assert focused_path(view) == "name", "nobody leaves a question that was not seen"
        await anna.press("enter")
        assert focused_path(view) == "more"


async def test_staff_see_every_question_with_its_condition(store: Store) -> None:
    for writer in (Writer.STAFF, None):
        async with paper(SMOKING, store, writer=writer) as (anna, _view):
            seen = await anna.sees("Hur många om dagen?", "Att sluta", "Vill du ha hjälp?")
            assert "Röker du?” är Ja" in " ".join(seen.split())


async def test_what_was_answered_is_read_without_what_was_hidden(store: Store) -> None:
    answers = {"smokes": False, "last": "Hej"}
    async with paper(SMOKING, store, writer=None, typed=answers) as (anna, _view):
        seen = await anna.sees("Röker du? Nej", "Något mer? Hej")
        assert "Att sluta" not in seen
        assert "Hur många" not in seen


async def test_conditions_stay_quick_and_nothing_is_checked_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0

    def counted(*args: object) -> object:
        nonlocal runs
        runs += 1
        return check(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.widgets.form.check", counted)
    async with paper(SMOKING, store, writer=Writer.PATIENT) as (anna, view):
        before = runs
        await anna.press("1")
        assert view.progress == (1, 4)
        assert view.checked.left_out == ()
        assert runs == before + 1


# Own answers, and options that stand alone


async def test_another_answer_is_written_on_a_line_that_opens(store: Store) -> None:
    form = Form(
        items=(OneChoice(id="q", wording="Vad?", options=THREE, other=True), ShortText(id="z", wording="Z"))
    )
    async with paper(form, store, writer=Writer.PATIENT) as (anna, view):
        await anna.sees("( ) Ont", "( ) Annat", gone="Skriv ditt eget svar")
        await anna.press("3", *"Yrsel", "enter")
        assert focused_path(view) == "z"
        assert view.typed["q"] == {"other": "Yrsel"}
        await anna.press("up", "up", "1")
        assert view.typed["q"] == "a"
        await anna.sees("(•) Ont", gone="Yrsel")
        await anna.press("down", "down", "space")
        await anna.sees("(•) Annat", "Yrsel")
        assert view.typed["q"] == {"other": "Yrsel"}
    async with paper(form, store, writer=Writer.PATIENT, typed={"q": {"other": "Yrsel"}}) as (anna, view):
        await anna.sees("(•) Annat", "Yrsel")
        assert view.typed["q"] == {"other": "Yrsel"}


async def test_an_empty_other_answer_is_a_problem_at_its_question(store: Store) -> None:
    form = Form(items=(SeveralChoices(id="q", wording="Vad?", options=THREE, other=True, required=False),))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, view):
        await anna.press("1", "3")
        assert view.typed["q"] == ["a", {"other": ""}]
        assert view.show_problems(view.checked.problems) == ()
        await anna.sees("✗ Skriv ditt eget svar, eller välj bland alternativen")


async def test_an_option_that_excludes_the_others_takes_them_back_and_gives_them_back(store: Store) -> None:
    form = Form(items=(SeveralChoices(id="q", wording="Vad?", options=(*THREE, NONE)),))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, view):
        await anna.press("1", "2", "3")
        await anna.sees("[ ] Ont", "[ ] Feber", "[x] Inget av dessa")
        assert view.typed["q"] == ["none"]
        await anna.press("3")
        assert view.typed["q"] == ["a", "b"]
        await anna.press("3", "1")
        await anna.sees("[x] Ont", "[ ] Feber", "[ ] Inget av dessa")


# Sections that repeat


async def test_a_section_is_filled_in_as_often_as_it_may(store: Store) -> None:
    async with paper(MEDICINES, store, writer=Writer.PATIENT) as (anna, view):
        await anna.sees("Läkemedel 1", "[ Lägg till: Läkemedel ]", gone="Ta bort: Läkemedel 1")
        await anna.press(*"Alvedon", "enter", "down", "down", "enter")
        await anna.sees("Ta bort: Läkemedel 1", "Läkemedel 2")
        assert focused_path(view) == "med[1]/name"
        await anna.press(*"Waran", "enter", "2", "enter", *"Tisdag")
        assert focused_path(view) == "med[1]/when"
        assert view.typed["med"] == [
            {"name": "Alvedon", "daily": None, "when": ""},
            {"name": "Waran", "daily": False, "when": "Tisdag"},
        ]
        await anna.press("down", "down", "enter")
        assert focused_path(view) == "med[2]/name"
        await anna.press("pagedown")
        await anna.sees("Läkemedel 3", "Högst 3", gone="Lägg till: Läkemedel")
        assert view.progress == (4, 8)


async def test_a_time_that_is_taken_away_can_be_taken_back(store: Store) -> None:
    typed = {"med": [{"name": "Alvedon"}, {"name": "Waran"}], "last": "x"}
    async with paper(MEDICINES, store, writer=Writer.PATIENT, typed=typed) as (anna, view):
        await anna.sees("Läkemedel 1", "Läkemedel 2")
        await anna.press("tab", "tab", "enter")
        await anna.sees("Läkemedel 1", "[›Ta tillbaka: Läkemedel 1‹]", gone="Alvedon")
        assert [one["name"] for one in view.typed["med"]] == ["Waran"]  # type: ignore[attr-defined]
        await anna.press("enter")
        await anna.sees("Läkemedel 2", "Alvedon", gone="Ta tillbaka")
        assert [one["name"] for one in view.typed["med"]] == ["Alvedon", "Waran"]  # type: ignore[attr-defined]
        assert focused_path(view) == "med[0]/name"


async def test_an_empty_time_goes_without_a_word(store: Store) -> None:
    typed = {"med": [{"name": "Alvedon"}, {}], "last": "x"}
    async with paper(MEDICINES, store, writer=Writer.PATIENT, typed=typed) as (anna, view):
        assert focused_path(view) == "med[1]/name"
        await anna.press("tab", "tab", "enter")
        await anna.sees("[›Lägg till: Läkemedel‹]", gone="Läkemedel 2")
        assert "Ta tillbaka" not in anna.terminal.text()


async def test_problems_stand_at_their_paths(store: Store) -> None:
    typed = {"med": [{"name": "Alvedon"}, {"daily": False}, {}, {}]}
    async with paper(MEDICINES, store, writer=Writer.PATIENT, typed=typed) as (anna, view):
        lost = Problem("med[0]/gone", Message("Choose an answer"))
        assert view.show_problems([*view.checked.problems, lost]) == (lost,)
        await anna.sees("Läkemedel", "✗ Ifyllt 4 gånger: högst 3")
        assert focused_path(view) == "med[0]/name", "the first of them is the section's own"
        errors = {box.path: box.error for box in view.query("FieldBox, RepeatBox").results() if box.error}
        assert list(errors) == ["med", "med[1]/name", "med[1]/when", "med[2]/name", "med[3]/name"]


async def test_times_are_read_one_after_the_other(store: Store) -> None:
    answers = {"med": [{"name": "Alvedon"}, {"name": "Waran", "daily": False, "when": "Tisdag"}]}
    async with paper(MEDICINES, store, writer=None, typed=answers) as (anna, _view):
        seen = await anna.sees("Läkemedel 1", "Alvedon", "Läkemedel 2", "Waran", "Tisdag")
        assert seen.count("När då?") == 1


# The other types


async def test_measures_tell_their_units_and_bounds(store: Store) -> None:
    form = Form(
        items=(
            WholeNumber(id="bp", wording="Övertryck", unit="mmHg", least=0, most=300),
            DecimalNumber(id="t", wording="Temp", least="35.5"),
            Time(id="time", wording="När?", least="8:00", most="16:00"),
            DateTime(id="moment", wording="Exakt?"),
            Date(id="day", wording="Dag", least="2026-01-01", most="2026-12-31"),
            Scale(id="s", wording="Skala", least=-2, most=12, least_words="Sämst", most_words="Bäst"),
            File(id="f", wording="Bild", required=False),
        )
    )
    async with paper(form, store, writer=Writer.PATIENT) as (anna, view):
        await anna.sees("mmHg, 0–300", "minst 35,5", "08:00–16:00", "2026-01-01 – 2026-12-31")
        await anna.press(*"120", "enter", *"37,2", "enter", *"8:30", "enter", *"2026-01-31 8:30", "enter")
        await anna.press(*"20260131", "enter", "minus", "2", "enter")
        await anna.sees("-2 = Sämst", "12 = Bäst", "[-2]", "Filer kan inte skickas än")
        assert view.checked.problems == ()
        assert view.checked.values == {
            "bp": 120,
            "t": "37.2",
            "time": "08:30",
            "moment": "2026-01-31T08:30",
            "day": "2026-01-31",
            "s": -2,
        }
        stored = view.checked.values
    async with paper(form, store, writer=Writer.PATIENT, typed=stored) as (_anna, view):
        assert view.checked.values == stored


async def test_the_room_of_a_text_is_counted_when_little_is_left(store: Store) -> None:
    form = Form(items=(LongText(id="q", wording="Kort", most_length=20),))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, _view):
        await anna.type("nio tecken")
        await anna.sees("10 tecken kvar")
        await anna.press(*["backspace"] * 5)
        await anna.sees("Kort", gone="tecken")
        await anna.type("x" * 30)
        await anna.sees("tecken för mycket")


async def test_headings_are_told_apart_without_colour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    items = [Text(id=f"h{level}", wording=f"Nivå {level}", level=level) for level in (0, 1, 2)]
    async with paper(Form(answerable=False, items=tuple(items)), store, writer=Writer.PATIENT) as (
        anna,
        _view,
    ):
        lines = (await anna.sees("Nivå 2")).splitlines()
        below = [
            lines[next(at for at, line in enumerate(lines) if f"Nivå {n}" in line) + 1] for n in (0, 1, 2)
        ]
        assert [line.strip()[:6] for line in below] == ["", "━━━━━━", "──────"]


async def test_placeholders_follow_what_staff_write(store: Store) -> None:
    form = Form(
        patient_instruction="Hej {namn}!",
        items=(
            WhiteBox(id="dose", wording="Dos", name="dos", required=False),
            Text(id="t", wording="Ta {dos}. /{signatur}"),
            YesNo(id="q", wording="Klarar du {dos}?"),
        ),
    )
    known = {Given.PATIENT.value: "Tolvan", Given.SIGNATURE.value: ""}
    async with paper(form, store, writer=Writer.STAFF, known=known) as (anna, view):
        await anna.sees("Hej Tolvan!", "Ta «dos». /«signatur»", "Klarar du «dos»?")
        await anna.type("2 tabletter")
        await anna.sees("Ta 2 tabletter. /«signatur»", "Klarar du 2 tabletter?")
        view.know({**known, Given.SIGNATURE.value: "Anna"})
        await anna.sees("Ta 2 tabletter. /Anna")


async def test_a_form_of_hundreds_opens_at_where_one_was(store: Store) -> None:
    form = Form(items=tuple(ShortText(id=f"q{n}", wording=f"Fråga {n:03}") for n in range(150)))
    typed = {f"q{n}": "x" for n in range(90)}
    async with paper(form, store, writer=Writer.PATIENT, typed=typed) as (anna, view):
        assert focused_path(view) == "q90"
        view.show_problems([Problem("q149", Message("Choose an answer"))])
        await anna.sees("Fråga 149", "✗ Välj ett svar")
        assert focused_path(view) == "q149"
        assert len(view.typed) == 150 > AT_ONCE


async def test_a_long_line_scrolls_with_what_is_written(store: Store) -> None:
    form = Form(items=(ShortText(id="q", wording="Q"),))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, _view):
        await anna.type("början " + "ord " * 40 + "slutet")
        await anna.sees("slutet", gone="början")
        await anna.press("home")
        await anna.sees("början")
        assert isinstance(anna.app.screen.focused, LineField)


@pytest.mark.parametrize("value", [True, 7, "x", ["x", {"other": "y"}], {"other": 5}, {"a": "b"}, 1.5])
async def test_fields_take_whatever_is_stored(store: Store, value: object) -> None:
    questions = tuple(
        kind(id=f"q{n}", wording="Q") for n, kind in enumerate(CONTROLS) if kind is not WhiteBox
    )
    form = Form(items=(*questions, Section(id="s", wording="S", repeats=True)))
    typed = dict.fromkeys([*(question.id for question in questions), "s"], value)
    async with paper(form, store, writer=Writer.PATIENT, typed=typed) as (_anna, view):
        assert set(view.typed) == {*typed}
