"""What differs between two forms: nothing if and only if they are equal, and each difference by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.domain.choices import Choice
from data.domain.form_diff import SUMMARY_LINES, Act, Change, Part, Spot, diff, summary
from data.domain.forms import (
    AnyItem,
    Band,
    Condition,
    Form,
    LongText,
    OneChoice,
    Option,
    Score,
    Section,
    ShortText,
    ShownWhen,
    Test,
    Text,
    WholeNumber,
    YesNo,
    mapped,
)
from tests.forms_strategy import forms

SMOKES = YesNo(id="rok", wording="Röker du?")
AMOUNT = WholeNumber(id="antal", wording="Hur många?", least=1)
DRINK = OneChoice(
    id="dryck",
    wording="Vad dricker du?",
    options=(Option(id="k", wording="Kaffe"), Option(id="t", wording="Te"), Option(id="v", wording="Vatten")),
)


def form(*items: AnyItem, **properties: Any) -> Form:
    return Form(items=items, **properties)


def changed(item: AnyItem, **fields: Any) -> AnyItem:
    return item.model_copy(update=fields)


def only(old: Form, new: Form) -> Change:
    (change,) = diff(old, new)
    return change


@given(forms(), forms())
def test_nothing_differs_if_and_only_if_the_forms_are_equal(old: Form, new: Form) -> None:
    assert (diff(old, new) == ()) == (old == new)
    assert diff(old, old) == ()


@given(forms(), st.data())
def test_a_changed_field_is_named_with_both_values(old: Form, data: st.DataObject) -> None:
    other = data.draw(forms())
    theirs = {place.item.kind: place.item for place in other.places}
    alike = [place.item for place in old.places if place.item.kind in theirs]
    if not alike:
        return
    mine = data.draw(st.sampled_from(alike))
    fields = [name for name in dict(mine) if name not in {"id", "kind", "items", "options"}]
    field = data.draw(st.sampled_from(fields))
    before, after = getattr(mine, field), getattr(theirs[mine.kind], field)
    new = old.model_copy(
        update={
            "items": mapped(
                old.items, lambda item: changed(item, **{field: after}) if item.id == mine.id else item
            )
        }
    )

    found = [(change.act, change.id, change.field, change.before, change.after) for change in diff(old, new)]
    assert found == ([(Act.CHANGED, mine.id, field, before, after)] if before != after else [])


@given(forms(most=5), st.randoms(use_true_random=False))
def test_another_order_is_told_as_moves_alone(old: Form, random: Any) -> None:
    items = list(old.items)
    random.shuffle(items)
    new = old.model_copy(update={"items": tuple(items)})
    changes = diff(old, new)

    assert {change.act for change in changes} <= {Act.MOVED}
    assert bool(changes) == (old != new)
    assert len(changes) < max(1, len(items))


@given(forms(), forms())
def test_the_way_back_tells_the_opposite(old: Form, new: Form) -> None:
    there, back = diff(old, new), diff(new, old)

    def parts(changes: tuple[Change, ...], act: Act) -> set[tuple[str, ...]]:
        return {(one.part, one.id, one.option, one.field) for one in changes if one.act is act}

    assert parts(there, Act.ADDED) == parts(back, Act.REMOVED)
    assert parts(there, Act.CHANGED) == parts(back, Act.CHANGED)


@given(forms(), forms())
def test_the_summary_is_short_and_empty_only_for_nothing(old: Form, new: Form) -> None:
    lines = summary(diff(old, new))

    assert len(lines) <= SUMMARY_LINES
    assert bool(lines) == (old != new)


def test_properties_of_the_form() -> None:
    changes = diff(form(title="Hej"), form(title="Hallå", answerable=False))

    assert [(one.part, one.field, one.before, one.after) for one in changes] == [
        (Part.FORM, "title", "Hej", "Hallå"),
        (Part.FORM, "answerable", True, False),
    ]


def test_what_is_added_says_where_and_what_it_holds() -> None:
    first, *rest = diff(form(SMOKES), form(SMOKES, DRINK))

    assert (first.act, first.id, first.called, first.kind) == (
        Act.ADDED,
        "dryck",
        "Vad dricker du?",
        "one_choice",
    )
    assert (first.before, first.after) == (None, Spot(after="Röker du?"))
    assert [(one.act, one.option, one.option_called) for one in rest] == [
        (Act.ADDED, "k", "Kaffe"),
        (Act.ADDED, "t", "Te"),
        (Act.ADDED, "v", "Vatten"),
    ]


def test_what_is_removed_stands_where_it_stood() -> None:
    last = Text(id="t", wording="Tack")
    changes = diff(form(SMOKES, AMOUNT, last), form(SMOKES, changed(last, wording="Tack!")))

    assert [(one.act, one.id, one.field) for one in changes] == [
        (Act.REMOVED, "antal", ""),
        (Act.REMOVED, "antal", "least"),
        (Act.CHANGED, "t", "wording"),
    ]


def test_a_move_names_one_item_and_not_all_that_it_passed() -> None:
    last = Text(id="t", wording="Tack")
    change = only(form(SMOKES, AMOUNT, DRINK, last), form(last, SMOKES, AMOUNT, DRINK))

    assert (change.act, change.id) == (Act.MOVED, "t")
    assert (change.before, change.after) == (Spot(after="Vad dricker du?"), Spot())


def test_into_another_section_is_a_move() -> None:
    section = Section(id="s", wording="Vanor", items=(SMOKES,))
    change = only(form(section, AMOUNT), form(changed(section, items=(SMOKES, AMOUNT))))

    assert (change.act, change.id) == (Act.MOVED, "antal")
    assert (change.before, change.after) == (Spot(after="Vanor"), Spot(section="Vanor", after="Röker du?"))


def test_options_are_told_one_by_one() -> None:
    coffee, _tea, water = DRINK.options
    options = (water, coffee.model_copy(update={"points": Decimal(2)}), Option(id="m", wording="Mjölk"))
    changes = diff(form(DRINK), form(changed(DRINK, options=options)))

    assert {(one.act, one.option, one.field) for one in changes} == {
        (Act.MOVED, "v", ""),
        (Act.CHANGED, "k", "points"),
        (Act.REMOVED, "t", ""),
        (Act.ADDED, "m", ""),
    }


def test_conditions_and_scores() -> None:
    shown = ShownWhen(conditions=(Condition(question="rok", test=Test.EQUALS, value=True),))
    score = Score(id="p", name="Risk", questions=("antal",), bands=(Band(least=Decimal(0), wording="Låg"),))
    old = form(SMOKES, AMOUNT, scores=(score,))
    bands = (*score.bands, Band(least=Decimal(5), wording="Hög"))
    new = form(SMOKES, changed(AMOUNT, shown_when=shown), scores=(score.model_copy(update={"bands": bands}),))

    assert [(one.part, one.id, one.field, one.before, one.after) for one in diff(old, new)] == [
        (Part.ITEM, "antal", "shown_when", None, shown),
        (Part.SCORE, "p", "bands", score.bands, bands),
    ]
    assert diff(old, form(SMOKES, AMOUNT))[0].called == "Risk"


def test_another_kind_with_the_same_id_names_the_kind_and_what_went_with_it() -> None:
    old = form(ShortText(id="q", wording="Vad?", pattern="[0-9]+", pattern_message="Siffror"))
    kinds = diff(old, form(YesNo(id="q", wording="Vad?")))
    assert {(one.field, one.after) for one in kinds} == {
        ("kind", "yes_no"),
        ("pattern", None),
        ("pattern_message", None),
    }
    assert {one.field for one in diff(form(LongText(id="q")), form(YesNo(id="q")))} == {"kind"}
    assert isinstance(DRINK, Choice)
    gone = diff(form(DRINK), form(YesNo(id="dryck", wording=DRINK.wording)))
    assert [one.option for one in gone if one.act is Act.REMOVED] == ["k", "t", "v"]


def test_drafts_with_the_same_id_twice_are_compared_too() -> None:
    twice = form(SMOKES, changed(SMOKES, wording="Snusar du?"))
    assert diff(twice, twice) == ()
    assert only(twice, form(SMOKES, changed(SMOKES, wording="Snusar du ofta?"))).field == "wording"
    assert only(twice, form(SMOKES)).act is Act.REMOVED


def test_the_summary_says_each_part_once() -> None:
    old = form(SMOKES, AMOUNT, DRINK)
    new = form(
        changed(DRINK, help="Välj", required=False),
        changed(AMOUNT, wording="Hur\nmånga?"),
        Text(id="t"),
        title="Vanor",
    )

    assert [str(line) for line in summary(diff(old, new))] == [
        "Changed title, instructions or whether the patient can answer",
        "Removed “Röker du?”",
        "Changed “Vad dricker du?”",
        "Changed “Hur”",
        "Added “t”",
    ]


def test_a_long_summary_counts_the_rest() -> None:
    many = form(*(Text(id=f"t{number}", wording=f"Rad {number}") for number in range(SUMMARY_LINES + 5)))
    lines = summary(diff(form(), many))

    assert str(lines[-1]) == "And 6 more changes"
    assert len(lines) == SUMMARY_LINES
