"""Questionnaires as others write them: what becomes of each part, and that nothing is lost unseen."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Invalid
from data.domain.forms import (
    DateTime,
    DecimalNumber,
    File,
    Form,
    LongText,
    OneChoice,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WholeNumber,
    YesNo,
)
from data.exchange.fhir.export import export_questionnaire
from data.exchange.fhir.import_questionnaire import Imported, read_questionnaire
from data.exchange.fhir.import_response import read_response
from data.exchange.fhir.reading import parse_resource
from tests.data.fhir_every_type import EVERYTHING
from tests.data.fhir_forms import Json, answer, coding, extension, group, item, questionnaire, response, when
from tests.data.test_fhir_check_any import ANYTHING, ASKED, GIVEN, places
from tests.forms_strategy import forms


def read(*items: Json, **parts: Any) -> Imported:
    return read_questionnaire(questionnaire(*items, title="Mall", **parts))


def losses(imported: Imported) -> list[str]:
    return [str(problem) for problem in imported.losses]


def only(imported: Imported) -> Any:
    (made,) = imported.form.items
    return made


def control(code: str) -> Json:
    return extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})


# What has a place


def test_groups_become_sections_and_the_name_is_kept() -> None:
    imported = read(
        item("g", "group", text="Om dig", item=[item("a", "boolean", text="Röker du?", required=True)])
    )
    inside = YesNo(id="a", wording="Röker du?")
    assert imported == Imported("Mall", Form(items=(Section(id="g", wording="Om dig", items=(inside,)),)), ())


def test_a_prefix_stands_before_the_wording() -> None:
    assert only(read(item("a", "boolean", prefix="1.", text="Röker du?"))).wording == "1. Röker du?"


@pytest.mark.parametrize("at", ["answerOption", "valueCoding"])
@pytest.mark.parametrize("url", ["ordinalValue", "itemWeight"])
def test_points_are_found_where_others_put_them(at: str, url: str) -> None:
    points = extension(url, valueDecimal=Decimal("1.5"))
    option: Json = {"valueCoding": {"code": "x", "display": "X"}}
    (option if at == "answerOption" else option["valueCoding"])["extension"] = [points]
    assert only(read(item("a", "choice", answerOption=[option]))).options[0].points == Decimal("1.5")


def test_options_of_any_type_become_words_and_conditions_find_them() -> None:
    options = [{"valueInteger": 2}, {"valueString": "Ja, ofta"}, {"valueDate": "2026-01-01"}]
    imported = read(
        item("a", "choice", answerOption=options),
        item("b", "boolean", enableWhen=[when("a", "=", answerString="Ja, ofta")]),
    )
    choice, shown = imported.form.items
    assert isinstance(choice, OneChoice)
    assert [option.wording for option in choice.options] == ["2", "Ja, ofta", "2026-01-01"]
    assert shown.shown_when.conditions[0].value == choice.options[1].id  # type: ignore[union-attr]
    assert losses(imported) == []


def test_a_contained_value_set_gives_the_options() -> None:
    concepts = [{"code": "y", "display": "Ja"}, {"code": "n", "display": "Nej"}]
    contained = [{"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"concept": concepts}]}}]
    imported = read(item("a", "choice", answerValueSet="#v"), contained=contained)
    assert [(one.id, one.wording) for one in only(imported).options] == [("y", "Ja"), ("n", "Nej")]
    assert losses(imported) == []


def test_a_date_that_names_a_month_bounds_by_its_days() -> None:
    ends = [extension("minValue", valueDate="2026"), extension("maxValue", valueDate="2026-02")]
    made = only(read(item("a", "date", extension=ends)))
    assert (made.least, made.most) == ("2026-01-01", "2026-02-28")


def test_a_moment_elsewhere_is_the_same_moment_in_sweden() -> None:
    made = only(
        read(item("a", "dateTime", extension=[extension("minValue", valueDateTime="2026-01-01T00:00:00Z")]))
    )
    assert made == DateTime(id="a", required=False, least="2026-01-01T01:00")


def test_a_form_as_lhc_forms_writes_it() -> None:
    def often(code: str, words: str, points: int) -> Json:
        marks = [
            extension("questionnaire-optionPrefix", valueString=str(points)),
            extension("ordinalValue", valueDecimal=points),
        ]
        return {
            "extension": marks,
            "valueCoding": {"system": "http://loinc.org", "code": code, "display": words},
        }

    def asked(link_id: str, words: str, **parts: Any) -> Json:
        help_item = item(
            f"{link_id}-help", "display", text="Senaste två veckorna", extension=[control("help")]
        )
        options = [often("LA6568-5", "Aldrig", 0), often("LA6569-3", "Flera dagar", 1)]
        shown_as = [control("drop-down")]
        return item(
            link_id, "choice", text=words, answerOption=options, extension=shown_as, item=[help_item], **parts
        )

    imported = read(
        asked("/44250-9", "Lite intresse", required=True, prefix="1."),
        asked("/44255-8", "Nedstämd", enableWhen=[
            when("/44250-9", "=", answerCoding={"system": "http://loinc.org", "code": "LA6569-3"})
        ]),
        subjectType=["Patient", "Person"],
    )  # fmt: skip
    first, second = imported.form.items
    assert isinstance(first, OneChoice)
    assert (first.id, first.wording, first.help) == ("44250-9", "1. Lite intresse", "Senaste två veckorna")
    assert [(one.id, one.wording, one.points) for one in first.options] == [
        ("LA6568-5", "0 Aldrig", 0), ("LA6569-3", "1 Flera dagar", 1),
    ]  # fmt: skip
    wanted = Condition(question="44250-9", test=Test.EQUALS, value="LA6569-3")
    assert second.shown_when == ShownWhen(conditions=(wanted,))  # type: ignore[union-attr]
    assert losses(imported) == [
        "/44250-9: The options' code system (http://loinc.org) is left out (the same in 1 more)",
        "/44250-9: It is called 44250-9 here: its linkId can't be kept (the same in 1 more)",
    ]


# What becomes something else, and is told


def test_sections_that_lie_too_deep_become_headings_with_their_condition() -> None:
    deepest = item("a", "string", text="Fråga", maxLength=10)
    inner: Json = item(
        "g4", "group", text="Djupt", item=[deepest], enableWhen=[when("q", "=", answerBoolean=True)]
    )
    for number in (3, 2, 1):
        inner = item(f"g{number}", "group", text=str(number), item=[inner])
    imported = read(item("q", "boolean"), inner)
    shown = ShownWhen(conditions=(Condition(question="q", test=Test.EQUALS, value=True),))
    heading, question = imported.form.item("g4"), imported.form.item("a")
    assert heading == Text(id="g4", wording="Djupt", level=3, shown_when=shown)
    assert question == ShortText(id="a", wording="Fråga", required=False, most_length=10, shown_when=shown)
    assert losses(imported) == ["g4: Sections lie at most 3 deep: it becomes a heading"]


def test_what_stands_under_a_question_follows_it_once_it_is_answered() -> None:
    below = item("b", "date", text="När?")
    imported = read(item("a", "boolean", text="Opererad?", item=[below]))
    assert [made.id for made in imported.form.items] == ["a", "b"]
    assert imported.form.item("b").shown_when.conditions == (Condition(question="a", test=Test.ANSWERED),)  # type: ignore[union-attr]
    assert losses(imported) == ["a: What stands in it stands after it, and is shown once it is answered"]


def test_a_question_with_several_answers_stands_in_a_section_that_repeats() -> None:
    imported = read(
        item(
            "a",
            "decimal",
            text="Värde",
            repeats=True,
            extension=[extension("questionnaire-maxOccurs", valueInteger=3)],
        )
    )
    made = only(imported)
    assert (made.repeats, made.least, made.most, made.wording) == (True, 1, 3, "Värde")
    assert made.items == (DecimalNumber(id="a", wording="Värde", required=False),)
    assert losses(imported) == ["a: It can be answered several times: it stands in a section that repeats"]


def test_types_that_we_lack_become_the_nearest() -> None:
    imported = read(
        item("u", "url", maxLength=50),
        item(
            "q",
            "quantity",
            extension=[extension("questionnaire-unitOption", valueCoding={"display": "mmHg"})],
        ),
        item("f", "attachment"),
        item("r", "reference", text="Vilken enhet?"),
    )
    assert imported.form.items == (
        ShortText(id="u", required=False, most_length=50),
        DecimalNumber(id="q", required=False, unit="mmHg"),
        File(id="f", required=False),
    )
    assert losses(imported) == [
        "u: It asks for a web address: here it takes any short text",
        "q: The amount with a unit becomes a number in that unit",
        "r: Questions of the type reference can't be asked here: it is left out",
    ]


def test_a_slider_is_a_scale_when_its_steps_are_few() -> None:
    def slider(most: int) -> Any:
        ends = [
            extension("minValue", valueInteger=0),
            extension("maxValue", valueInteger=most),
            control("slider"),
        ]
        return read(item("a", "integer", extension=ends))

    assert only(slider(10)) == Scale(id="a", required=False)
    assert only(slider(100)) == WholeNumber(id="a", required=False, least=0, most=100)
    assert losses(slider(100)) == ["a: The slider becomes a whole number: a scale has at most 21 steps"]


def test_a_long_answer_needs_a_long_text_and_limits_are_told_once() -> None:
    imported = read(item("a", "string", maxLength=1000), item("b", "text"), item("c", "text"))
    assert imported.form.items[0] == LongText(id="a", required=False, most_length=1000)
    assert losses(imported) == [
        "a: It takes more than 300 characters: it becomes a long text",
        "b: Its answers have at most 8000 characters here (the same in 1 more)",
    ]


def test_ids_that_we_cannot_use_are_new_and_conditions_follow() -> None:
    imported = read(
        item("/44249-1/q 1", "boolean"),
        item("44249-1/q-1", "boolean", enableWhen=[when("/44249-1/q 1", "=", answerBoolean=False)]),
        item("44249-1/q-1", "boolean"),
    )
    assert [made.id for made in imported.form.items] == ["44249-1/q-1-2", "44249-1/q-1", "44249-1/q-1-3"]
    asked = imported.form.items[1].shown_when.conditions[0]  # type: ignore[union-attr]
    assert asked == Condition(question="44249-1/q-1-2", test=Test.EQUALS, value=False)
    assert (
        "/44249-1/q 1: It is called 44249-1/q-1-2 here: its linkId can't be kept (the same in 1 more)"
        in losses(imported)
    )


# What is left out, and is told


def test_options_from_elsewhere_are_told_and_nothing_is_fetched() -> None:
    imported = read(item("a", "choice", answerValueSet="http://loinc.org/vs/LL360-9"))
    assert only(imported).options == ()
    assert losses(imported) == [
        "a: Its options stand in http://loinc.org/vs/LL360-9, which is not in the file: write the options"
    ]


def test_a_condition_that_cannot_be_kept_is_told_and_the_item_shown() -> None:
    imported = read(
        item("r", "reference"),
        item("a", "boolean", enableWhen=[when("r", "exists", answerBoolean=True)]),
        item("b", "boolean", enableWhen=[when("a", "=", answerString="ja")]),
    )
    assert [made.shown_when for made in imported.form.items] == [None, None]  # type: ignore[union-attr]
    told = losses(imported)
    assert "a: Its condition on r is left out: no such question is here" in told
    assert "a: It is shown always, since none of its conditions could be kept" in told
    assert "b: Its condition on a is left out: = ja can't be asked of it here" in told


def test_what_stood_under_a_question_that_is_left_out_keeps_its_condition() -> None:
    below = item("b", "boolean")
    left_out = item("r", "reference", item=[below], enableWhen=[when("a", "=", answerBoolean=True)])
    imported = read(item("a", "boolean"), left_out)
    shown = ShownWhen(conditions=(Condition(question="a", test=Test.EQUALS, value=True),))
    assert imported.form.items[1] == YesNo(id="b", required=False, shown_when=shown)


def test_unknown_extensions_codes_and_elements_are_told_once_each() -> None:
    strange = {"url": "http://example.org/x", "valueString": "?"}
    items = [
        item(name, "boolean", extension=[strange], code=[{"code": "1"}], readOnly=True, foo=1)
        for name in "abc"
    ]
    assert losses(read(*items, publisher="Region X", subjectType=["Device"])) == [
        "a: Not as FHIR R4 has it: “foo” is no element of FHIR R4: remove it (the same in 2 more)",
        "a: The other system fills it in, here it is asked: delete it if not wanted (the same in 2 more)",
        "a: “code” is left out: there is nothing like it here (the same in 2 more)",
        "a: “http://example.org/x” is left out: there is nothing like it here (the same in 2 more)",
        "Questionnaire: It is about something else than a patient: Device",
        "Questionnaire: “publisher” is left out: there is nothing like it here",
    ]


def test_extensions_with_long_urls_are_told_by_their_names() -> None:
    names = ("sdc-questionnaire-launchContext", "sdc-questionnaire-preferredTerminologyServer")
    urls = [f"http://hl7.org/fhir/uv/sdc/StructureDefinition/{name}" for name in names]
    asked = item("a", "boolean", extension=[{"url": url, "valueString": "x"} for url in urls])
    assert losses(read(asked)) == [
        f"a: “…/{name}” is left out: there is nothing like it here" for name in names
    ]


def test_what_may_change_the_meaning_is_told_first() -> None:
    modifier = {"url": "http://example.org/not", "valueBoolean": True}
    imported = read(item("a", "boolean", code=[{"code": "x"}], modifierExtension=[modifier]), publisher="X")
    assert losses(imported)[0] == (
        "a: A modifier extension that is not known changes what this means: http://example.org/not"
    )


def test_hidden_and_computed_items() -> None:
    imported = read(
        item("h", "integer", extension=[extension("questionnaire-hidden", valueBoolean=True)]),
        item("c", "boolean", enableWhen=[], extension=[
            {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
             "valueExpression": {"language": "text/fhirpath", "expression": "true"}},
        ]),
    )  # fmt: skip
    assert [made.id for made in imported.form.items] == ["c"]
    told = losses(imported)
    assert "h: It is hidden in the file, with all inside it: it is left out" in told
    assert "c: It is shown always: its condition is a program" in told


def test_texts_are_made_safe_and_cuts_are_told() -> None:
    imported = read(item("a", "display", text="\x1b[2J\u202eHej" + "a" * 9000))
    assert only(imported).wording.startswith("[2JHej")
    assert len(only(imported).wording) == 8000
    told = losses(imported)
    assert any("is cut after 8000 characters" in one for one in told)
    assert not any("\x1b" in one for one in told)


def test_initial_values_are_told() -> None:
    told = losses(read(item("a", "boolean", initial=[{"valueBoolean": True}])))
    assert told == ["a: “initial” is left out: there is nothing like it here"]


# What is refused


@pytest.mark.parametrize(
    ("json", "words"),
    [
        ({}, "no Questionnaire"),
        ([], "no Questionnaire"),
        (None, "no Questionnaire"),
        ({"resourceType": "Patient"}, "no Questionnaire of FHIR, but: Patient"),
        (questionnaire(*(item(str(number), "boolean") for number in range(501))), "at most 500 items"),
        (questionnaire(*(item(str(number), "boolean") for number in range(10_001))), "too many items"),
    ],
)
def test_what_is_no_form_is_refused_in_words(json: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_questionnaire(json)


def test_depth_is_bounded() -> None:
    deep = item("a", "boolean")
    for number in range(100):
        deep = item(f"g{number}", "group", item=[deep])
    with pytest.raises(Invalid, match="Too many levels"):
        read(deep)


def imports_or_refuses(json: Any) -> None:
    try:
        imported = read_questionnaire(json)
    except Invalid:
        return
    assert all(str(problem) for problem in imported.losses)
    Form.model_validate(imported.form.model_dump())
    again = read_questionnaire(export_questionnaire(imported.name, imported.form, status="draft"))
    assert (again.form, again.losses) == (imported.form, ())


@given(ANYTHING)
def test_any_json_is_imported_or_refused(json: Any) -> None:
    imports_or_refuses(json)
    imports_or_refuses(questionnaire(json, item("a", "choice", answerOption=[json]), json))


@given(st.data())
def test_any_damage_to_a_questionnaire_is_survived(data: st.DataObject) -> None:
    ours = [export_questionnaire("Namn", form, status="draft") for form in (EVERYTHING, data.draw(forms()))]
    json = copy.deepcopy(data.draw(st.sampled_from([ASKED, *ours])))
    for _time in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(json)))
        holder[key] = data.draw(ANYTHING)
    imports_or_refuses(json)


# Answers


def test_answers_of_others_are_found_by_link_id_code_and_words() -> None:
    form = read(
        item("g", "group", text="G", item=[item("a", "choice", answerOption=[{"valueCoding": coding("x")}])]),
        item("b", "open-choice", repeats=True, answerOption=[{"valueString": "Ja"}]),
    ).form
    given = response(
        group("g", answer("a", {"valueCoding": {"system": "http://other", "code": "x"}})),
        answer("b", {"valueCoding": {"display": "Ja"}}, {"valueString": "Kanske"}),
        answer("gone", {"valueString": "?"}),
    )
    found = read_response(form, given)
    assert found.answers == {"a": "x", "b": ["Ja", {"other": "Kanske"}]}
    assert [str(one) for one in found.losses] == [
        "gone: There is no such item in this form: what it holds is left out"
    ]


def test_an_answer_that_cannot_be_read_is_told() -> None:
    form = Form(items=(WholeNumber(id="a"), SeveralChoices(id="b")))
    found = read_response(
        form, response(answer("a", {"valueDecimal": Decimal("1.5")}), answer("b", {"valueString": "x"}))
    )
    assert found.answers == {}
    assert [problem.field for problem in found.losses] == ["a", "b"]


@given(st.data())
def test_any_damage_to_a_response_is_survived(data: st.DataObject) -> None:
    json = copy.deepcopy(GIVEN)
    holder, key = data.draw(st.sampled_from(places(json)))
    holder[key] = data.draw(ANYTHING)
    form = read_questionnaire(ASKED).form
    try:
        assert all(str(problem) for problem in read_response(form, json).losses)
    except Invalid:
        assert json.get("resourceType") != "QuestionnaireResponse"


def test_a_file_with_an_exponent_that_no_memory_holds_is_survived() -> None:
    content = b'{"resourceType":"Questionnaire","status":"active","item":[{"linkId":"a","type":"integer","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueDecimal":1e999999}]}]}'
    imported = read_questionnaire(parse_resource(content))
    assert only(imported) == WholeNumber(id="a", required=False)
    assert [problem.field for problem in imported.losses] == ["a"]
