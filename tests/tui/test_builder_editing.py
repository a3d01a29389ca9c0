"""The editing model: every step back, ids that never return, faults where they can be mended."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.forms import (
    ITEM_LIMIT,
    Confirmation,
    Form,
    OneChoice,
    Option,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from tui.editing import WHOLE, Editing, Head, Row
from tui.item_ids import matched, random_token
from tui.screens.admin.kinds import KINDS

FORM = Form(
    patient_instruction="Läs",
    items=(
        Text(id="hej", wording="Hej!"),
        OneChoice(
            id="val", wording="När?", options=(Option(id="a", wording="Nu"), Option(id="b", wording="Sen"))
        ),
        YesNo(id="rok", wording="Röker du?"),
    ),
)


def counting() -> Callable[[], str]:
    numbers = count(1)
    return lambda: str(next(numbers))


def editing(form: Form = FORM, name: str = "Ordination") -> Editing:
    return Editing(name, form, token=counting())


def at(row: Row) -> Editing:
    made = editing()
    made.row = row
    return made


def options(made: Editing) -> list[tuple[str, str]]:
    assert isinstance(made.item, OneChoice)
    return [(option.id, option.wording) for option in made.item.options]


def test_typing_in_one_field_is_one_step() -> None:
    made = at("rok")
    for text in ("R", "Rö", "Rök"):
        made.write("wording", text)
    made.undo()
    assert made.form == FORM
    assert not made.can_undo
    made.redo()
    assert made.item is not None
    assert made.item.wording == "Rök"


@pytest.mark.parametrize("between", [lambda e: e.pause(), lambda e: setattr(e, "row", "hej")])
def test_typing_after_a_pause_or_elsewhere_is_another_step(between: Callable[[Editing], None]) -> None:
    made = at("rok")
    made.write("wording", "Snusar du?")
    between(made)
    made.row = "rok"
    made.write("wording", "Dricker du?")
    made.undo()
    assert made.form.item("rok") == YesNo(id="rok", wording="Snusar du?")


def test_writing_what_is_there_is_no_step() -> None:
    made = at("rok")
    made.write("wording", "Röker du?  ")  # white space at the end is cleaned away
    assert not made.can_undo
    assert not made.changed


def test_what_is_typed_is_made_safe() -> None:
    made = at("rok")
    made.write("wording", "Rök\x1b]52;c;eA==\x07 du\u202e?")
    assert made.item is not None
    assert made.item.wording == "Rök]52;c;eA== du?"
    made.row = Head.NAME
    made.write("name", "A\nB\x1b")
    assert made.name == "A B"


def test_a_new_item_lands_below_the_row_one_stands_on() -> None:
    made = at("hej")
    new = made.add(ShortText)
    assert [item.id for item in made.form.items] == ["hej", new, "val", "rok"]
    assert made.row == new
    made.row = Head.STAFF
    first = made.add(Confirmation)
    assert made.form.items[0].id == first


def test_items_move_within_their_list_only() -> None:
    made = at("hej")
    made.shift(-1)
    assert not made.can_undo
    made.shift(1)
    assert [item.id for item in made.form.items] == ["val", "hej", "rok"]
    made.shift(9)
    assert [item.id for item in made.form.items] == ["val", "rok", "hej"]
    assert made.row == "hej"


def test_a_copy_has_an_id_of_its_own_and_stands_below() -> None:
    made = at("val")
    made.copy()
    assert made.form.items[2].id == made.row != "val"
    assert made.form.items[2].wording == "När?"


def test_a_deleted_item_comes_back_with_its_id_and_the_cursor_on_it() -> None:
    made = at("rok")
    made.delete()
    assert made.row == "val"
    assert made.form.item("rok") is None
    made.undo()
    assert made.row == "rok"
    assert made.form == FORM


def test_the_head_is_neither_moved_copied_nor_deleted() -> None:
    made = at(Head.STAFF)
    for act in (made.copy, made.delete, lambda: made.shift(1)):
        act()
    assert made.form == FORM


def test_an_id_never_comes_back() -> None:
    same_again = iter(["1", "1", "1", "2"])
    made = Editing("", Form(), token=lambda: next(same_again))
    first = made.add(ShortText)
    made.delete()
    assert made.add(ShortText) != first


def test_random_tokens_fit_into_an_id() -> None:
    assert ShortText(id="q" + random_token()).id


def test_a_field_that_the_row_does_not_have() -> None:
    with pytest.raises(KeyError):
        at("hej").write("options", "Ja")


def test_options_keep_their_ids_when_they_are_mended_moved_or_surrounded() -> None:
    made = at("val")
    made.write("options", "Nu genast\nSen")
    assert options(made) == [("a", "Nu genast"), ("b", "Sen")]
    made.write("options", "Sen\nNu genast")
    assert options(made) == [("b", "Sen"), ("a", "Nu genast")]
    made.write("options", "Aldrig\nSen\n\nNu genast\n")
    assert options(made) == [("o1", "Aldrig"), ("b", "Sen"), ("a", "Nu genast")]


def test_an_option_that_is_cut_and_pasted_elsewhere_is_the_same() -> None:
    made = at("val")
    made.write("options", "Sen")
    made.write("options", "Sen\nNu")
    assert options(made) == [("b", "Sen"), ("a", "Nu")]


def test_two_options_that_say_the_same_are_two() -> None:
    assert [
        option.id for option in matched(["Ja", "Ja"], [Option(id="a", wording="Ja")], (), counting())
    ] == [
        "a",
        "o1",
    ]


def test_what_is_wrong_is_told_by_row_and_field() -> None:
    made = editing(Form(items=(OneChoice(id="val"), WhiteBox(id="dos"))), name="")
    assert {made.row_of(problem) for problem in made.problems()} == {Head.NAME, "val", "dos"}
    assert set(made.faults("val")) == {"wording", "options"}
    assert set(made.faults("dos")) == {"wording"}
    assert set(made.faults(Head.NAME)) == {"name"}
    assert made.faults(Head.STAFF) == {}


def test_problems_come_in_the_order_of_the_rows() -> None:
    made = editing(Form(items=(Text(id="hej"), Text(id="igen"))), name="")
    assert [made.row_of(problem) for problem in made.problems()] == [
        Head.NAME,
        Head.ANSWERABLE,
        "hej",
        "igen",
    ]


def test_a_question_that_cannot_be_answered_is_wrong_as_a_whole() -> None:
    made = editing(Form(answerable=False, items=(YesNo(id="rok", wording="Röker du?"),)))
    assert set(made.faults("rok")) == {WHOLE}
    made = editing(Form(answerable=False))
    assert set(made.faults(Head.PATIENT)) == {Head.PATIENT.value}


def test_changed_until_saved_and_what_was_typed_meanwhile_still_is() -> None:
    made = at(Head.NAME)
    made.write("name", "Dosering")
    sent = (made.name, made.form)
    made.write("name", "Doseringar")
    made.mark_saved(*sent)
    assert made.changed
    made.write("name", "Dosering")
    assert not made.changed


def test_another_version_can_be_taken_over_and_undone() -> None:
    made = at("rok")
    made.adopt("Deras", Form(items=(Text(id="hej", wording="Deras"),)))
    made.mark_saved(made.name, made.form)
    assert made.row is Head.NAME
    assert not made.changed
    made.undo()
    assert (made.name, made.form, made.row) == ("Ordination", FORM, "rok")
    assert made.changed


def test_a_full_template() -> None:
    form = Form(items=tuple(Text(id=f"t{number}") for number in range(ITEM_LIMIT)))
    assert editing(form).is_full
    assert not editing().is_full


def test_every_kind_of_item_has_a_key_of_its_own() -> None:
    assert len({kind.key for kind in KINDS}) == len({kind.type for kind in KINDS}) == 11
    assert all(len(kind.sign) <= 3 for kind in KINDS)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("row"), st.integers(0, 20)),
        st.tuples(st.just("add"), st.sampled_from([kind.type for kind in KINDS])),
        st.tuples(st.just("write"), st.text(max_size=8)),
        st.tuples(st.just("options"), st.text(alphabet="ab\n", max_size=8)),
        st.tuples(st.just("shift"), st.integers(-3, 3)),
        st.tuples(st.sampled_from(["copy", "delete", "undo", "redo", "pause"]), st.none()),
    ),
    max_size=40,
)


@given(acts=ACTS)
def test_whatever_was_done_undo_leads_back_and_redo_forth(acts: list[tuple[str, object]]) -> None:
    made = editing()
    for act, value in acts:
        perform(made, act, value)
        ids = [item.id for item in made.form.items]
        assert len(set(ids)) == len(ids)
        assert made.row in made.rows
        assert Form.model_validate(made.form.model_dump()) == made.form
    while made.can_redo:  # to where the longest way led
        made.redo()
    end = (made.name, made.form)
    while made.can_undo:
        made.undo()
        assert made.row in made.rows
    assert (made.name, made.form) == ("Ordination", FORM)
    assert not made.changed
    while made.can_redo:
        made.redo()
    assert (made.name, made.form) == end


def perform(made: Editing, act: str, value: object) -> None:
    if act == "row":
        assert isinstance(value, int)
        made.row = made.rows[value % len(made.rows)]
    elif act == "add":
        made.add(value)  # type: ignore[arg-type]
    elif act == "write" and made.row is not Head.ANSWERABLE:
        made.write(made.row.value if isinstance(made.row, Head) else "wording", value)
    elif act == "options" and isinstance(made.item, OneChoice):
        made.write("options", value)
        assert len({option.id for option in made.item.options}) == len(made.item.options)
    elif act == "shift":
        assert isinstance(value, int)
        made.shift(value)
    elif act in ("copy", "delete", "undo", "redo", "pause"):
        getattr(made, act)()
