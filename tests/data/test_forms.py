"""Forms: what may be stored, and what keeps a form from being published."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from data.domain.forms import (
    ITEM_LIMIT,
    LINE_LIMIT,
    QUESTION_TYPES,
    SCALE,
    TEXT_LIMIT,
    Confirmation,
    Form,
    OneChoice,
    Option,
    SeveralChoices,
    Text,
    WhiteBox,
    YesNo,
)
from data.library import shipped
from tests.conftest import INFORMATION, QUESTION

YES = Option(id="ja", wording="Ja")
NO = Option(id="nej", wording="Nej")


def told(form: Form) -> list[tuple[str, str]]:
    return [(problem.field, str(problem.message)) for problem in form.problems()]


@pytest.mark.parametrize("form", [INFORMATION, QUESTION, *shipped().values()])
def test_forms_that_are_ready(form: Form) -> None:
    assert form.problems() == ()


@pytest.mark.parametrize("form", [INFORMATION, QUESTION, *shipped().values()])
def test_a_stored_form_comes_back_the_same(form: Form) -> None:
    assert Form.model_validate_json(form.model_dump_json()) == form


def test_parts_of_a_form() -> None:
    assert [box.id for box in QUESTION.white_boxes] == ["dos"]
    assert [question.id for question in QUESTION.questions] == ["ok", "rok", "ovrigt", "hjalp"]
    assert QUESTION.item("dos") == QUESTION.items[0]
    assert QUESTION.item("none") is None


def test_a_question_needs_a_question() -> None:
    form = Form(answerable=True, items=(Text(id="t", wording="Hej"),))

    assert told(form) == [("items", "Add a question, or let the patient only read")]


def test_an_information_has_no_question() -> None:
    form = Form(answerable=False, items=(YesNo(id="q", wording="Mår du bra?"),))

    assert told(form) == [("q", "The patient can't answer this message: delete the question")]


def test_an_empty_information_says_nothing() -> None:
    assert told(Form(answerable=False)) == [("items", "Write something for the patient to read")]
    assert told(Form(answerable=False, patient_instruction="Läs")) == []


@pytest.mark.parametrize("item", [Text(id="x"), WhiteBox(id="x"), *(one(id="x") for one in QUESTION_TYPES)])
def test_every_item_needs_its_wording(item: Text | WhiteBox) -> None:
    form = Form(items=(item, Confirmation(id="ok", wording="Läst")))

    assert "x" in [field for field, _ in told(form)]


@pytest.mark.parametrize("kind", [OneChoice, SeveralChoices])
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "Write at least two options"),
        ((YES,), "Write at least two options"),
        ((YES, Option(id="x")), "Write the wording of every option"),
        ((YES, Option(id="x", wording="JA")), "Two options say the same: change or delete one"),
        (
            (YES, NO.model_copy(update={"id": "ja"})),
            "Two options have the same id: delete one and write it anew",
        ),
    ],
)
def test_options(
    kind: type[OneChoice] | type[SeveralChoices], options: tuple[Option, ...], reason: str
) -> None:
    form = Form(items=(kind(id="v", wording="Välj", options=options),))

    assert told(form) == [("v", reason)]
    assert told(Form(items=(kind(id="v", wording="Välj", options=(YES, NO)),))) == []


def test_two_items_with_the_same_id() -> None:
    form = Form(items=(YesNo(id="q", wording="A"), YesNo(id="q", wording="B"), YesNo(id="r", wording="C")))

    assert told(form) == [("q", "Two items have the same id")]


@pytest.mark.parametrize("item_id", ["", "Å", "a b", "-a", "a" * 41, "a\n", "A", "../a"])
def test_ids_are_short_and_plain(item_id: str) -> None:
    with pytest.raises(ValidationError):
        YesNo(id=item_id, wording="A")


def test_texts_are_cleaned_and_cut() -> None:
    question = YesNo(id="q", wording="a\x1b[2J\r\nb\u202e", help="rad\nett" + "x" * 1_000)

    assert question.wording == "a[2J\nb"
    assert question.help.startswith("rad ett")
    assert len(question.help) == LINE_LIMIT
    assert len(Text(id="t", wording="x" * 100_000).wording) == TEXT_LIMIT


@pytest.mark.parametrize("value", [None, 1, True, ["a"]])
def test_what_is_no_text_is_not_taken_for_one(value: object) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate({"id": "t", "wording": value})


def test_a_form_has_an_end() -> None:
    many = [{"kind": "text", "id": f"t{index}", "wording": "x"} for index in range(ITEM_LIMIT + 1)]

    assert len(Form.model_validate({"items": many[:-1]}).items) == ITEM_LIMIT
    with pytest.raises(ValidationError):
        Form.model_validate({"items": many})


def test_unknown_parts_are_refused() -> None:
    for strange in ({"colour": "red"}, {"items": [{"kind": "video", "id": "v"}]}):
        with pytest.raises(ValidationError):
            Form.model_validate(strange)


def test_the_scale_is_zero_to_ten() -> None:
    assert (SCALE[0], SCALE[-1], len(SCALE)) == (0, 10, 11)
