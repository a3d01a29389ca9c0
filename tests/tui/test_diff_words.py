"""Differences in words: all that differs is named, in the builder's words, and told without colour."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from data.domain.form_diff import Act, Change, Part, diff
from data.domain.forms import (
    Band,
    Condition,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    Score,
    Section,
    ShownWhen,
    Test,
    Text,
    WholeNumber,
    YesNo,
)
from tests.forms_strategy import forms
from tui.screens.admin.diff_words import diff_lines, field_word
from tui.screens.builder.kinds import IMPORTED, KINDS
from tui.widgets.diff_view import INDENT, SIGNS

SMOKES = YesNo(id="rok", wording="Röker du?")
AMOUNT = WholeNumber(id="antal", wording="Hur många om dagen?")
PAIN = Scale(id="ont", wording="Hur ont gör det?")


def told(old: Form, new: Form) -> list[str]:
    """What differs, as it is drawn."""
    return [f"{INDENT * line.depth}{SIGNS[line.act]} {line.text}" for line in diff_lines(old, new)]


@pytest.mark.parametrize("kind", [*KINDS, IMPORTED], ids=lambda kind: kind.word)
def test_every_field_of_every_type_has_a_word(kind: object) -> None:
    assert hasattr(kind, "type")
    model = kind.type
    change = {"act": Act.CHANGED, "part": Part.ITEM, "kind": model.model_fields["kind"].default}
    for name in model.model_fields.keys() - {"id", "items", "options"}:
        assert field_word(Change(**change, field=name))


def test_every_field_of_the_rest_has_a_word() -> None:
    for part, model, option in ((Part.FORM, Form, ""), (Part.SCORE, Score, ""), (Part.ITEM, Option, "a")):
        for name in model.model_fields.keys() - {"id", "items"}:
            assert field_word(Change(act=Act.CHANGED, part=part, option=option, field=name))


@given(forms(), forms())
def test_there_are_lines_if_and_only_if_something_differs(old: Form, new: Form) -> None:
    lines = diff_lines(old, new)

    assert bool(lines) == (old != new)
    assert all(line.text for line in lines)
    # A heading for each part that differs, and below it a line at least for each field.
    assert len(lines) >= len([change for change in diff(old, new) if change.field])


def test_short_values_stand_on_one_line_before_and_after() -> None:
    old = Form(items=(SMOKES, PAIN))
    new = Form(items=(SMOKES.model_copy(update={"required": False}), PAIN.model_copy(update={"most": 5})))

    assert told(old, new) == [
        "~ Ja eller nej ”Röker du?”",
        "    ~ Obligatorisk: Ja → Nej",
        "~ Skala ”Hur ont gör det?”",
        "    ~ Till: 10 → 5",
    ]


def test_long_texts_stand_as_lines_before_and_after() -> None:
    old = Form(patient_instruction="Läs detta.\nSvara sedan.")
    new = Form(patient_instruction="")

    assert told(old, new) == [
        "~ Mallen som helhet",
        "    ~ Instruktion till invånaren:",
        "        − Läs detta.",
        "        − Svara sedan.",
        "        + (inget)",
    ]


def test_what_is_added_removed_and_moved() -> None:
    drink = OneChoice(id="d", wording="Dryck", help="Välj en", options=(Option(id="k", wording="Kaffe"),))
    section = Section(id="s", wording="Vanor", items=(SMOKES,))
    old = Form(items=(section, AMOUNT, PAIN))
    new = Form(items=(section.model_copy(update={"items": (SMOKES, AMOUNT)}), drink))

    assert told(old, new) == [
        "~ Heltal ”Hur många om dagen?”",
        "    » stod efter ”Vanor”, står nu efter ”Röker du?” i ”Vanor”",
        "− Skala ”Hur ont gör det?”, efter ”Hur många om dagen?”",
        "+ Ett val ”Dryck”, efter ”Vanor”",
        "    + Hjälp: Välj en",
        "    + Alternativ ”Kaffe”",
    ]


def test_options_conditions_and_kinds() -> None:
    drink = OneChoice(
        id="d", wording="Dryck", options=(Option(id="k", wording="Kaffe"), Option(id="t", wording="Te"))
    )
    options = (drink.options[1], drink.options[0].model_copy(update={"points": Decimal("1.5")}))
    shown = ShownWhen(conditions=(Condition(question="rok", test=Test.EQUALS, value=True),))
    old = Form(items=(SMOKES, drink, AMOUNT))
    new = Form(
        items=(
            SMOKES,
            drink.model_copy(update={"options": options}),
            LongText(id="antal", wording=AMOUNT.wording, shown_when=shown),
        )
    )

    lines = told(old, new)
    assert "    ~ Alternativ ”Kaffe”, Poäng: (inget) → 1,5" in lines
    assert any("» Alternativ ”" in line and "stod" in line for line in lines)
    assert "    ~ Typ: Heltal → Lång text" in lines
    assert "    ~ Villkor: (inget) → visas om ”Röker du?” är Ja" in lines


def test_scores_name_their_questions_and_bands() -> None:
    score = Score(id="p", name="Smärta", questions=("ont",), bands=(Band(least=Decimal(0), wording="Låg"),))
    added = told(Form(items=(PAIN,)), Form(items=(PAIN,), scores=(score,)))

    assert added == [
        "+ Poängsumma ”Smärta”, först",
        "    + Summerar: Hur ont gör det?",
        "    + Betyder: 0– Låg",
    ]


def test_a_heading_that_becomes_plain_text() -> None:
    old, new = (Form(items=(Text(id="t", wording="Hej", level=level),)) for level in (2, 0))
    (_heading, line) = told(old, new)

    assert line == "    ~ Visas som: Mindre rubrik → Vanlig text"


def test_another_name_of_the_template() -> None:
    (heading, line) = diff_lines(Form(), Form(), ("Ordination", "Recept"))

    assert (heading.text, line.text) == ("Mallen som helhet", "Namn: Ordination → Recept")
