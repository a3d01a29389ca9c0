"""What other systems get of a template and its answers: valid FHIR R4 that says all that the form says."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import assume, given
from hypothesis import strategies as st

from data.domain.answers import Writer, check
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Invalid
from data.domain.forms import Form, Option, Section, SeveralChoices, ShortText, YesNo
from data.exchange.fhir.check_questionnaire import check_questionnaire
from data.exchange.fhir.check_response import check_response
from data.exchange.fhir.export import export_questionnaire
from data.exchange.fhir.export_response import export_response
from data.exchange.fhir.reading import parse_resource
from data.exchange.fhir.writing import written
from data.library import shipped
from tests.data.fhir_every_type import ANSWERED, EVERYTHING, WRITTEN
from tests.forms_strategy import answers_to, forms

HL7 = "http://hl7.org/fhir/StructureDefinition/"
OURS = "https://omvant.se/fhir/StructureDefinition/"
AUTHORED = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


def exported(form: Form, name: str = "Besök") -> dict[str, Any]:
    """The questionnaire as another system reads it from the file."""
    return dict(parse_resource(written(export_questionnaire(name, form, version=3, status="active"))))


def answered(form: Form, answers: dict[str, Any], boxes: dict[str, Any] | None = None) -> dict[str, Any]:
    made = export_response(form, answers, boxes or {}, authored=AUTHORED)
    return dict(parse_resource(written(made)))


def found(item: dict[str, Any], url: str) -> Any:
    """The value of an item's extension."""
    for one in item.get("extension", ()):
        if one["url"] in {f"{HL7}{url}", f"{OURS}{url}"}:
            return next(
                (value for name, value in one.items() if name.startswith("value")), one.get("extension")
            )
    return None


@pytest.fixture(scope="module")
def items() -> dict[str, dict[str, Any]]:
    return {item["linkId"]: item for item in exported(EVERYTHING)["item"]}


def test_the_patient_sees_the_title_and_never_the_clinics_own_name() -> None:
    made = exported(EVERYTHING, "Smittspårning")
    assert made["title"] == "Frågor inför besöket, {namn}"
    assert found(made, "templateName") == "Smittspårning"
    assert made["description"].startswith("Svara i lugn och ro.\n")
    assert (made["version"], made["status"], made["subjectType"]) == ("3", "active", ["Patient"])
    assert found(made, "staffInstruction") == "Skriv dosen"
    untitled = exported(Form(items=(YesNo(id="a", wording="?"),)), "Smittspårning")
    assert untitled["title"] == "Smittspårning"
    assert found(untitled, "templateName") is None


def test_each_type_is_the_standards(items: dict[str, dict[str, Any]]) -> None:
    assert {link_id: item["type"] for link_id, item in items.items()} == {
        "rubrik": "display", "dos": "text", "post": "string", "fritt": "text", "rok": "boolean",
        "antal": "integer", "temp": "decimal", "dag": "date", "tid": "time", "moment": "dateTime",
        "ont": "integer", "val": "open-choice", "besvar": "choice", "lakemedel": "group", "ok": "boolean",
    }  # fmt: skip


def test_limits_are_standard_elements_and_hl7s_extensions(items: dict[str, dict[str, Any]]) -> None:
    assert items["post"]["maxLength"] == 6
    assert found(items["post"], "minLength") == 5
    assert found(items["post"], "regex") == r"\d{3} ?\d{2}"
    assert (found(items["antal"], "minValue"), found(items["antal"], "maxValue")) == (1, 80)
    assert found(items["antal"], "questionnaire-unit") == {"display": "cigaretter"}
    assert found(items["temp"], "minValue") == Decimal("34.5")
    assert found(items["temp"], "maxDecimalPlaces") == 1
    assert found(items["tid"], "maxValue") == "16:30:00"
    assert found(items["moment"], "minValue") == "2026-01-01T00:00:00+01:00"
    assert items["dos"]["initial"] == [{"valueString": "1 tablett"}]


def test_choices_carry_points_and_exclusive_options(items: dict[str, dict[str, Any]]) -> None:
    options = items["val"]["answerOption"]
    assert options[1]["valueCoding"] == {"code": "ibland", "display": "Ibland"}
    assert found(options[1], "ordinalValue") == Decimal("1.5")
    assert found(items["besvar"]["answerOption"][2], "questionnaire-optionExclusive") is True
    assert items["besvar"]["repeats"] is True
    assert found(items["besvar"], "questionnaire-maxOccurs") == 2


def test_conditions_are_enable_when(items: dict[str, dict[str, Any]]) -> None:
    assert items["antal"]["enableWhen"] == [{"question": "rok", "operator": "=", "answerBoolean": True}]
    assert items["dag"]["enableWhen"][0]["answerDecimal"] == Decimal("37.5")
    assert items["besvar"]["enableBehavior"] == "any"
    assert items["besvar"]["enableWhen"][0]["answerCoding"] == {"code": "ibland", "display": "Ibland"}


def test_a_section_that_repeats_says_how_often(items: dict[str, dict[str, Any]]) -> None:
    section = items["lakemedel"]
    assert (section["repeats"], section["required"]) == (True, True)
    assert found(section, "questionnaire-maxOccurs") == 5
    assert [item["linkId"] for item in section["item"]] == ["lakemedel#help", "namn", "mer"]


def test_help_and_the_ends_of_a_scale_are_displays_as_others_show_them(
    items: dict[str, dict[str, Any]],
) -> None:
    lower, upper = items["ont"]["item"]
    assert (lower["text"], upper["text"]) == ("Inte alls", "Värsta tänkbara")
    assert found(lower, "questionnaire-itemControl")["coding"][0]["code"] == "lower"
    assert found(items["post"]["item"][0], "questionnaire-itemControl")["coding"][0]["code"] == "help"


def test_what_only_we_have_has_urls_of_our_own(items: dict[str, dict[str, Any]]) -> None:
    assert found(items["dos"], "whiteBox") is True
    assert found(items["ok"], "confirmation") is True
    assert found(items["rubrik"], "headingLevel") == 2
    assert found(items["post"], "patternMessage") == "Skriv fem siffror, som 123 45"


def test_decimals_stand_in_the_file_as_numbers_to_the_last_digit() -> None:
    text = written({"a": Decimal("34.5"), "b": Decimal("0.000001"), "c": Decimal("123456789012.123456")})
    assert text == b'{\n  "a": 34.5,\n  "b": 0.000001,\n  "c": 123456789012.123456\n}\n'


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_whole_library_is_valid_fhir(name: str) -> None:
    made = exported(shipped()[name], name)
    assert check_questionnaire(made).is_valid
    Questionnaire.model_validate_json(written(made))


def test_everything_is_valid_by_fhir_resources_and_by_our_own_check() -> None:
    made, given = exported(EVERYTHING), answered(EVERYTHING, ANSWERED, WRITTEN)
    Questionnaire.model_validate_json(written(made))
    QuestionnaireResponse.model_validate_json(written(given))
    assert EVERYTHING.problems() == ()
    assert check_questionnaire(made).is_valid
    assert check_response(made, given).is_valid


@given(forms(sound=True))
def test_what_can_be_published_is_exported_without_a_problem(form: Form) -> None:
    assume(not form.problems())
    made = exported(form)
    assert check_questionnaire(made).is_valid
    Questionnaire.model_validate_json(written(made))


@given(st.data())
def test_answers_get_the_same_verdict_after_the_export(data: st.DataObject) -> None:
    form = data.draw(forms(sound=True))
    assume(not form.problems())
    typed = data.draw(answers_to(form))
    checked = check(form, typed, Writer.PATIENT)
    given = None
    with suppress(Invalid):
        given = answered(form, typed, {box.id: "Text" for box in form.white_boxes})
    if given is None:  # not even of the question's kind
        assert checked.problems
        return
    QuestionnaireResponse.model_validate_json(written(given))
    assert check_response(exported(form), given).is_valid is not bool(checked.problems)


def test_an_exclusive_option_answers_alone_however_many_are_asked_for() -> None:
    options = tuple(Option(id=name, wording=name, exclusive=name == "none") for name in ("a", "b", "none"))
    form = Form(items=(SeveralChoices(id="q", wording="?", least=2, options=options),))
    for chosen, accepted in ((["a"], False), (["a", "b"], True), (["none"], True)):
        assert check_response(exported(form), answered(form, {"q": chosen})).is_valid is accepted
        assert bool(check(form, {"q": chosen}, Writer.PATIENT).problems) is not accepted


def test_times_are_written_with_swedens_offset_of_that_day() -> None:
    made = answered(EVERYTHING, ANSWERED, WRITTEN)
    values = {item["linkId"]: item.get("answer") for item in made["item"]}
    assert values["moment"] == [{"valueDateTime": "2026-06-30T07:05:00+02:00"}]
    assert values["tid"] == [{"valueTime": "08:30:00"}]
    assert values["temp"] == [{"valueDecimal": Decimal("38.2")}]
    assert values["val"] == [{"valueString": "Varannan vecka"}]
    assert values["dos"] == [{"valueString": "2 tabletter"}]
    assert made["authored"] == "2026-07-01T08:00:00+02:00"


def test_a_section_that_repeats_is_there_once_for_each_time() -> None:
    made = answered(EVERYTHING, ANSWERED, WRITTEN)
    times = [item for item in made["item"] if item["linkId"] == "lakemedel"]
    assert [time["item"][0]["answer"] for time in times] == [
        [{"valueString": "Alvedon"}],
        [{"valueString": "Waran"}],
    ]


def test_hidden_items_are_left_out_with_their_stale_answers_and_unanswered_ones_stand() -> None:
    made = answered(EVERYTHING, {**ANSWERED, "rok": False, "fritt": ""}, WRITTEN)
    items = {item["linkId"]: item for item in made["item"]}
    assert "antal" not in items
    assert items["fritt"] == {"linkId": "fritt", "text": "Berätta"}


def test_an_answer_of_another_kind_is_told_by_its_path() -> None:
    form = Form(items=(Section(id="s", wording="S", repeats=True, items=(YesNo(id="q", wording="?"),)),))
    with pytest.raises(Invalid) as caught:
        answered(form, {"s": [{"q": True}, {"q": "kanske"}]})
    assert caught.value.problems[0].field == "s[1]/q"


def test_a_draft_is_json_that_any_reader_takes() -> None:
    gone = ShownWhen(conditions=(Condition(question="gone", test=Test.EQUALS, value="x"),))
    form = Form(items=(ShortText(id="a", shown_when=gone), Section(id="s")))
    made = json.loads(written(export_questionnaire("Utkast", form, status="draft")))
    assert "enableWhen" not in made["item"][0]
    Questionnaire.model_validate(made)
