"""Placeholders: known names are filled in, unknown ones stop publishing, unfilled ones stop sending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import cases, drafts, inbox
from data.domain.errors import Invalid
from data.domain.forms import (
    AnyItem,
    Confirmation,
    Form,
    OneChoice,
    Option,
    Scale,
    Section,
    ShortText,
    Text,
    WhiteBox,
)
from data.domain.placeholders import fill, key_of, names_in
from data.operation import today
from tests.conftest import Clinic, publish

DOSE = WhiteBox(id="box", wording="Dosering", name="Dos", required=False)
NO = Option(id="no", wording="Nej")
OK = Confirmation(id="ok", wording="Jag, {namn}, tar {dos}")


def test_known_names_are_filled_in_whatever_their_case_and_language() -> None:
    values = {"namn": "Åsa {dos} Öberg", "dos": "2 st"}

    assert fill("Hej {namn}, {NAME}: {Dos}.", values) == "Hej Åsa {dos} Öberg, Åsa {dos} Öberg: 2 st."
    assert fill("{{namn}} {okänt} {", values) == "{namn} {okänt} {"


@given(st.text(alphabet="{}ab \n", max_size=30))
def test_a_text_without_names_only_loses_doubled_braces(text: str) -> None:
    names = list(names_in(text))
    assert fill(text, {key_of(name): f"<{name}>" for name in names}).count("<") == len(names)


@pytest.mark.parametrize("text", ["Hej {namm}", "Ta {dosering}", "{" + "lång" * 30 + "}"])
def test_an_unknown_name_stops_publishing(text: str) -> None:
    form = Form(items=(DOSE, Section(id="s", wording=text, items=(OK,))))

    assert [(one.field, one.part) for one in form.problems()] == [("s", "wording")]


@pytest.mark.parametrize("name", ["namn", "Clinic", "a{b"])
def test_a_white_box_has_a_name_of_its_own(name: str) -> None:
    box = DOSE.model_copy(update={"name": name})
    assert [
        (one.field, one.part) for one in Form(items=(box, Confirmation(id="ok", wording="Ok"))).problems()
    ] == [("box", "name")]
    twice = Form(items=(DOSE, DOSE.model_copy(update={"id": "two"}), OK))
    assert [(one.field, one.part) for one in twice.problems()] == [("two", "name")]


@pytest.mark.parametrize("text", ["Hej {namn", "Hej namn}", "{}", "{namn}}", "{{namn}", "{a\nb}"])
def test_a_brace_that_stands_alone_stops_publishing(text: str) -> None:
    problems = Form(items=(DOSE, Section(id="s", wording=text, items=(OK,)))).problems()

    assert [(one.field, one.part) for one in problems] == [("s", "wording")]
    assert "write {name} for a name, and {{ or }} for a brace" in str(problems[0])
    assert Form(patient_instruction="{{ och }}, {namn}", items=(DOSE, OK)).problems() == ()


@pytest.mark.parametrize(
    ("item", "part"),
    [
        (WhiteBox(id="i", wording="I", default="Hej {namn}"), "default"),
        (Scale(id="i", wording="I", most_words="som {Dos}"), "most_words"),
        (ShortText(id="i", wording="I", pattern="a", pattern_message="{clinic}"), "pattern_message"),
        (
            OneChoice(id="i", wording="I", options=(Option(id="a", wording="{dos}"), NO)),
            "options",
        ),
    ],
)
def test_a_name_where_none_is_filled_in_stops_publishing(item: AnyItem, part: str) -> None:
    assert [(one.field, one.part) for one in Form(items=(DOSE, item, OK)).problems()] == [("i", part)]


def test_braces_that_are_no_names_stay_in_options() -> None:
    item = OneChoice(id="i", wording="I", options=(Option(id="a", wording="{x} }"), NO))
    assert Form(items=(DOSE, item)).problems() == ()


def test_the_title_holds_no_white_box() -> None:
    assert [one.field for one in Form(title="Ta {dos}", items=(DOSE, OK)).problems()] == ["title"]


FORM = Form(
    title="Från {mottagning}",
    patient_instruction="Hej {namn}! {signatur} skriver {datum}.",
    items=(DOSE, Text(id="t", wording="Ta {dos}."), OK),
)


def test_the_patient_reads_what_stood_when_it_was_sent(clinic: Clinic) -> None:
    template = publish(clinic.bo, "Dos", FORM)
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)
    draft = draft.model_copy(update={"template": template, "written": {"box": "{namn} 2 st"}})
    sent = cases.send(clinic.anna, draft, draft.key)

    letter = inbox.open_letter(clinic.as_patient(), sent.id)
    assert letter.title == "Från Vårdcentralen Björken"
    day = today(clinic.anna).isoformat()
    assert letter.form.patient_instruction == (
        f"Hej Tolvan Tolvansson! Anna Andersson, sjuksköterska skriver {day}."
    )
    assert [item.wording for item in letter.form.items[1:]] == [
        "Ta {namn} 2 st.",
        "Jag, Tolvan Tolvansson, tar {namn} 2 st",
    ]
    case = cases.open_case(clinic.anna, sent.id)
    assert case.form.items[1] == letter.form.items[1]
    assert (case.template, case.title) == ("Dos", letter.title)


def test_an_unfilled_name_stops_sending_at_its_white_box(clinic: Clinic) -> None:
    template = publish(clinic.bo, "Dos", FORM)
    draft = drafts.begin(clinic.anna, clinic.tolvan.id).model_copy(update={"template": template})

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft, draft.key)
    assert [(one.field, str(one.message)) for one in error.value.problems] == [
        ("box", "Write here before you send: a text uses {dos}")
    ]


def test_a_sensitive_name_is_not_in_the_inbox(clinic: Clinic) -> None:
    form = Form(title="Frågor från mottagningen", items=(Confirmation(id="ok", wording="Ok"),))
    template = publish(clinic.bo, "Smittspårning klamydia", form)
    draft = drafts.begin(clinic.anna, clinic.tolvan.id).model_copy(update={"template": template})
    sent = cases.send(clinic.anna, draft, draft.key)

    letter = inbox.open_letter(clinic.as_patient(), sent.id)
    assert "klamydia" not in repr(letter)
    assert letter.title == "Frågor från mottagningen"
