"""The editing model: every step back, ids that never return, faults where they can be mended."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message
from data.domain.forms import (
    SECTION_DEPTH,
    Confirmation,
    Form,
    OneChoice,
    Option,
    Score,
    Section,
    ShortText,
    Text,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.limits import ITEM_LIMIT
from tui.building.content import WHOLE, Head, Row
from tui.building.editing import Editing
from tui.building.item_ids import matched, random_token
from tui.screens.builder.kinds import IMPORTED, KINDS

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

IF_SMOKING = ShownWhen(conditions=(Condition(question="rok", test=Test.EQUALS, value=True),))
TREE = Form(
    items=(
        Text(id="hej", wording="Hej!"),
        Section(
            id="vanor",
            wording="Vanor",
            items=(
                YesNo(id="rok", wording="Röker du?"),
                WholeNumber(id="antal", wording="Hur många?", shown_when=IF_SMOKING),
            ),
        ),
        ShortText(id="namn", wording="Vem?", shown_when=IF_SMOKING),
    )
)


def counting() -> Callable[[], str]:
    numbers = count(1)
    return lambda: str(next(numbers))


def editing(form: Form = FORM, name: str = "Ordination") -> Editing:
    form = copy(form)  # with nothing computed from it yet
    return Editing(name, form, token=counting())


def at(row: Row, form: Form = FORM) -> Editing:
    made = editing(form)
    made.row = row
    return made


def outline(made: Editing) -> list[str]:
    """The items' ids, a `>` before them for each section that they lie in."""
    return [">" * len(place.within) + place.item.id for place in made.form.places]


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


def test_items_move_line_by_line_and_not_beyond_the_ends() -> None:
    made = at("hej")
    made.shift(-1)
    assert not made.can_undo
    made.shift(1)
    assert outline(made) == ["val", "hej", "rok"]
    made.shift(1)
    made.shift(1)
    assert outline(made) == ["val", "rok", "hej"]
    assert made.row == "hej"


class TestSections:
    def test_from_its_heading_one_adds_first_inside(self) -> None:
        made = at("vanor", TREE)
        new = made.add(ShortText)
        assert outline(made) == ["hej", "vanor", f">{new}", ">rok", ">antal", "namn"]
        assert made.row == new

    def test_after_a_section_one_adds_from_anywhere_in_it(self) -> None:
        for row in ("vanor", "rok"):
            made = at(row, TREE)
            new = made.add(ShortText, after_section=True)
            assert outline(made) == ["hej", "vanor", ">rok", ">antal", new, "namn"]

    def test_a_section_lands_where_there_is_room_for_what_is_to_be_in_it(self) -> None:
        made = editing(Form())
        for _depth in range(SECTION_DEPTH + 2):
            made.add(Section)
        depths = [len(place.within) for place in made.form.places]
        assert depths == [0, 1, 2, 2, 2]
        assert Form.model_validate(made.form.model_dump()) == made.form

    def test_moving_leads_into_a_section_through_it_and_out_again(self) -> None:
        made = at("hej", TREE)
        seen = []
        for _step in range(5):
            made.shift(1)
            seen.append(outline(made))
        assert seen == [
            ["vanor", ">hej", ">rok", ">antal", "namn"],
            ["vanor", ">rok", ">hej", ">antal", "namn"],
            ["vanor", ">rok", ">antal", ">hej", "namn"],
            ["vanor", ">rok", ">antal", "hej", "namn"],
            ["vanor", ">rok", ">antal", "namn", "hej"],
        ]
        for _step in range(5):
            made.shift(-1)
        assert made.form == TREE

    def test_a_section_moves_with_all_that_is_in_it(self) -> None:
        made = at("vanor", TREE)
        made.shift(1)
        assert outline(made) == ["hej", "namn", "vanor", ">rok", ">antal"]

    def test_a_section_does_not_move_where_it_would_lie_too_deep(self) -> None:
        deep = Section(id="1", wording="1", items=(Section(id="2", items=(Section(id="3"),)),))
        other = Section(id="a", wording="a", items=(ShortText(id="b", wording="b"),))
        made = at("1", Form(items=(other, deep)))
        made.move_in()
        assert not made.can_undo
        made.shift(-1)
        assert outline(made) == ["1", ">2", ">>3", "a", ">b"]

    def test_in_and_out(self) -> None:
        made = at("namn", TREE)
        made.move_in()
        assert outline(made) == ["hej", "vanor", ">rok", ">antal", ">namn"]
        made.move_in()
        assert outline(made)[-1] == ">namn"
        made.row = "rok"
        made.move_out()
        assert outline(made) == ["hej", "vanor", ">antal", ">namn", "rok"]
        made.row = "hej"
        made.move_out()
        made.move_in()
        assert outline(made)[0] == "hej"

    def test_a_copy_asks_about_what_was_copied_with_it(self) -> None:
        made = at("vanor", TREE)
        made.copy()
        assert outline(made)[1:] == ["vanor", ">rok", ">antal", "q1", ">q2", ">q3", "namn"]
        copied = made.form.item("q3")
        assert isinstance(copied, WholeNumber)
        assert copied.shown_when is not None
        assert [one.question for one in copied.shown_when.conditions] == ["q2"]
        assert made.row == "q1"

    def test_a_copied_question_asks_about_what_the_first_asks_about(self) -> None:
        made = at("antal", TREE)
        made.copy()
        assert made.item == TREE.item("antal").model_copy(update={"id": "q1"})  # type: ignore[union-attr]

    def test_it_is_deleted_with_its_content_and_comes_back_in_one_step(self) -> None:
        made = at("vanor", TREE)
        made.delete()
        assert outline(made) == ["hej", "namn"]
        assert made.row == "namn"
        made.undo()
        assert made.form == TREE
        assert made.row == "vanor"

    def test_the_row_above_is_gone_to_when_the_last_is_deleted(self) -> None:
        form = Form(items=(TREE.items[1],))
        made = at("vanor", form)
        made.delete()
        assert made.row is Head.SCORES

    def test_conditions_and_scores_stay_when_their_question_goes_and_the_fault_is_named(self) -> None:
        made = at("rok", TREE.model_copy(update={"scores": (Score(id="p", name="P", questions=("rok",)),)}))
        made.delete()
        last = made.form.item("namn")
        assert isinstance(last, ShortText)
        assert last.shown_when == IF_SMOKING
        assert "gone" in str(made.content.faults("namn")["shown_when"])
        assert "gone" in str(made.content.faults(Head.SCORES)["scores"])
        made.undo()
        made.shift(1)
        assert "later" in str(made.content.faults("antal")["shown_when"])

    def test_only_what_lies_around_an_edit_is_made_anew(self) -> None:
        made = at("antal", TREE)
        made.write("wording", "Hur många om dagen?")
        assert made.form.items[0] is TREE.items[0]
        assert made.form.items[2] is TREE.items[2]
        assert made.form.item("rok") is TREE.item("rok")


class TestUnread:
    """Text that is no value of its field."""

    def made(self) -> Editing:
        made = at("antal", TREE)
        made.write("least", "3")
        made.write("least", "3x")
        return made

    def test_it_is_kept_as_typed_and_the_value_stays(self) -> None:
        made = self.made()
        assert made.value("least") == "3x"
        assert made.item is not None
        assert dict(made.item)["least"] == 3
        assert made.changed

    def test_it_must_be_mended_where_it_stands(self) -> None:
        made = self.made()
        assert made.content.faults("antal") == {"least": Message("Write a whole number with digits, like 37")}
        assert [(p.field, p.part) for p in made.content.unread_problems] == [("antal", "least")]
        made.write("least", "4")
        assert made.content.unread_problems == ()
        assert made.value("least") == "4"

    def test_undo_and_redo_take_it_back_and_forth(self) -> None:
        made = self.made()
        made.pause()
        made.write("least", "5")
        made.undo()
        assert made.value("least") == "3x"
        made.undo()
        assert made.form == TREE
        assert made.value("least") == ""
        made.redo()
        assert made.value("least") == "3x"

    def test_it_goes_with_its_item_and_is_copied_with_it(self) -> None:
        made = self.made()
        made.copy()
        assert made.value("least") == "3x"
        made.delete()
        made.row = "vanor"
        made.delete()
        assert made.content.unread_problems == ()
        assert not made.content.unread
        made.undo()
        assert made.content.unread_problems

    def test_a_version_that_is_taken_over_brings_its_own(self) -> None:
        made = editing()
        made.adopt("Ordination", TREE, {("antal", "most"): "många", ("borta", "most"): "3", ("rok", "x"): ""})
        made.row = "antal"
        assert made.value("most") == "många"
        assert list(made.content.unread) == [("antal", "most")]


class TestFieldsAsText:
    @pytest.mark.parametrize(
        ("kind", "field", "typed", "value"),
        [
            ("WholeNumber", "least", "-5", "-5"),
            ("DecimalNumber", "most", "37.50", "37,5"),
            ("DecimalNumber", "decimals", "1", "1"),
            ("Date", "least", "20260131", "2026-01-31"),
            ("Time", "most", "8.05", "08:05"),
            ("DateTime", "least", "2026-01-31 8:05", "2026-01-31 08:05"),
            ("Scale", "most", "5", "5"),
            ("Scale", "most", "10", ""),
            ("ShortText", "most_length", "300", ""),
            ("SeveralChoices", "most", "", ""),
            ("Section", "least", "0", "0"),
            ("Text", "level", 2, 2),
            ("WhiteBox", "required", False, False),
            ("WhiteBox", "name", "dos", "dos"),
        ],
    )
    def test_what_is_typed_is_shown_as_it_was_read(
        self, kind: str, field: str, typed: object, value: object
    ) -> None:
        made = editing(Form())
        made.add(next(one.type for one in KINDS if one.type.__name__ == kind))
        made.write(field, typed)
        assert made.value(field) == value
        assert not made.content.unread

    def test_an_emptied_field_has_what_it_had_from_the_start(self) -> None:
        made = editing(Form())
        made.add(ShortText)
        made.write("most_length", "20")
        made.write("most_length", "")
        assert isinstance(made.item, ShortText)
        assert made.item.most_length == 300


def test_scores_are_put_from_wherever_one_stands() -> None:
    made = at("rok", TREE)
    made.put_scores((Score(id="p", name="Poäng"),))
    assert made.form.scores[0].name == "Poäng"
    assert made.row == "rok"
    made.undo()
    assert made.form.scores == ()


def test_the_title_is_a_row_of_its_own() -> None:
    made = at(Head.TITLE)
    made.write("title", "Meddelande\nfrån oss")
    assert made.form.title == "Meddelande från oss"
    with pytest.raises(KeyError):
        made.write("staff_instruction", "Nej")


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
    assert matched(["Ja", "Ja"], [Option(id="a", wording="Ja")], (), counting()) == ["a", "o1"]


def test_options_get_points_and_stand_alone_by_the_end_of_their_line() -> None:
    made = at("val")
    made.write("options", "Nu = 2\nSen = 0,5\nVet inte !")
    assert isinstance(made.item, OneChoice)
    assert [(one.id, one.wording, str(one.points), one.exclusive) for one in made.item.options] == [
        ("a", "Nu", "2", False),
        ("b", "Sen", "0.5", False),
        ("o1", "Vet inte", "None", True),
    ]
    assert made.value("options") == "Nu = 2\nSen = 0,5\nVet inte !"


def test_what_is_wrong_is_told_by_row_and_field() -> None:
    made = editing(Form(items=(OneChoice(id="val"), WhiteBox(id="dos"))), name="")
    content = made.content
    assert {content.row_of(problem) for problem in content.problems} >= {Head.NAME, "val", "dos"}
    assert set(content.faults("val")) == {"wording", "options"}
    assert set(content.faults("dos")) == {"wording"}
    assert set(content.faults(Head.NAME)) == {"name"}
    assert content.faults(Head.STAFF) == {}


def test_problems_come_in_the_order_of_the_rows() -> None:
    made = editing(Form(items=(Text(id="hej"), Text(id="igen"))), name="")
    assert [made.content.row_of(problem) for problem in made.content.problems] == [
        Head.NAME,
        Head.ANSWERABLE,
        "hej",
        "igen",
    ]


def test_a_question_that_cannot_be_answered_is_wrong_as_a_whole() -> None:
    made = editing(Form(answerable=False, items=(YesNo(id="rok", wording="Röker du?"),)))
    assert set(made.content.faults("rok")) == {WHOLE}
    made = editing(Form(answerable=False))
    assert set(made.content.faults(Head.PATIENT)) == {Head.PATIENT.value}


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
    assert editing(form).room == 0
    assert editing().room == ITEM_LIMIT - 3


def test_every_kind_of_item_has_a_key_of_its_own() -> None:
    assert len({kind.key for kind in KINDS}) == len({kind.type for kind in KINDS}) == 15
    assert IMPORTED.type not in {kind.type for kind in KINDS}
    assert all(1 <= len(kind.sign) <= 3 for kind in (*KINDS, IMPORTED))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("row"), st.integers(0, 20)),
        st.tuples(st.just("add"), st.sampled_from([kind.type for kind in KINDS])),
        st.tuples(st.just("write"), st.text(max_size=8)),
        st.tuples(st.just("options"), st.text(alphabet="ab\n", max_size=8)),
        st.tuples(st.just("least"), st.text(alphabet="12x-", max_size=3)),
        st.tuples(st.just("shift"), st.sampled_from([-1, 1])),
        st.tuples(
            st.sampled_from(["copy", "delete", "undo", "redo", "pause", "move_in", "move_out"]), st.none()
        ),
    ),
    max_size=40,
)


@given(acts=ACTS)
def test_whatever_was_done_undo_leads_back_and_redo_forth(acts: list[tuple[str, object]]) -> None:
    made = editing()
    for act, value in acts:
        perform(made, act, value)
        ids = [place.item.id for place in made.form.places]
        assert len(set(ids)) == len(ids)
        assert {row for row, _field in made.content.unread} <= set(ids)
        assert made.row in made.rows
        assert Form.model_validate(made.form.model_dump()) == made.form
    while made.can_redo:  # to where the longest way led
        made.redo()
    end = made.content
    while made.can_undo:
        made.undo()
        assert made.row in made.rows
    assert (made.name, made.form) == ("Ordination", FORM)
    assert not made.changed
    while made.can_redo:
        made.redo()
    assert made.content == end


def perform(made: Editing, act: str, value: object) -> None:
    if act == "row":
        assert isinstance(value, int)
        made.row = made.rows[value % len(made.rows)]
    elif act == "add":
        made.add(value)  # type: ignore[arg-type]
    elif act == "write" and made.row not in (Head.ANSWERABLE, Head.SCORES):
        made.write(made.row.value if isinstance(made.row, Head) else "wording", value)
    elif act == "options" and isinstance(made.item, OneChoice):
        made.write("options", value)
        assert len({option.id for option in made.item.options}) == len(made.item.options)
    elif act == "least" and made.item is not None and "least" in type(made.item).model_fields:
        made.write("least", value)
    elif act == "shift":
        assert isinstance(value, int)
        made.shift(value)
    elif act in ("copy", "delete", "undo", "redo", "pause", "move_in", "move_out"):
        getattr(made, act)()
