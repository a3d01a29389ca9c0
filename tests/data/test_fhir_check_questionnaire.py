"""The check of a questionnaire by itself: each rule of R4, and nothing against what R4 permits."""

from __future__ import annotations

from typing import Any

import pytest

from data.exchange.fhir.check_questionnaire import check_questionnaire
from tests.data.fhir_forms import HL7, SDC, Json, coding, extension, item, questionnaire, when

TEXT = item("t", "string", text="Vad?")
CODED = {"valueCoding": coding("a")}
EXPRESSION = {"valueExpression": {"language": "text/fhirpath", "expression": "true"}}


def problems(resource: Any) -> list[str]:
    return [str(problem) for problem in check_questionnaire(resource).problems]


def unsupported(resource: Any) -> list[str]:
    return [str(problem) for problem in check_questionnaire(resource).unsupported]


@pytest.mark.parametrize(
    "resource",
    [
        questionnaire(TEXT),
        {"resourceType": "Questionnaire", "status": "draft"},
        questionnaire(item("g", "group", item=[TEXT], required=True, repeats=True)),
        questionnaire(item("d", "display", text="Hej")),
        questionnaire(item("c", "choice", answerOption=[CODED, {"valueString": "b"}, {"valueInteger": 1}])),
        questionnaire(item("c", "open-choice", answerValueSet="http://example.org/vs", maxLength=10)),
        questionnaire(item("s", "string", initial=[{"valueString": "x"}])),
        questionnaire(item("s", "choice", repeats=True, initial=[CODED, {"valueCoding": coding("b")}])),
        questionnaire(TEXT, item("u", "string", enableWhen=[when("t", "exists", answerBoolean=True)])),
        questionnaire(
            item("n", "decimal"),
            item(
                "u",
                "string",
                enableBehavior="any",
                enableWhen=[when("n", ">", answerDecimal=1), when("n", "<", answerInteger=0)],
            ),
        ),
        questionnaire(
            item(
                "n",
                "integer",
                extension=[extension("minValue", valueInteger=1), extension("maxValue", valueInteger=1)],
            )
        ),
        questionnaire(item("q", "quantity", extension=[extension("minValue", valueDecimal=1)])),
        questionnaire(item("q", "string", extension=[extension("regex", valueString="(?=.*[0-9]).{4,}")])),
        questionnaire(
            item("s", "text", extension=[{"url": "http://example.org/x", "valueAddress": {"city": "X"}}])
        ),
        questionnaire(
            item("s", "string", _text={"extension": [{"url": "http://x.org", "valueString": "y"}]})
        ),
        questionnaire(
            TEXT,
            subjectType=["Patient"],
            effectivePeriod={"start": "2020", "end": "2020-06"},
            meta={"profile": ["http://example.org/p"]},
            date="2022-06",
            experimental=True,
            identifier=[{"use": "official", "value": "1"}],
            contact=[{"name": "A"}],
            text={"status": "generated", "div": "<div>x</div>"},
            contained=[{"resourceType": "ValueSet", "id": "v"}],
        ),
    ],
)
def test_what_r4_permits_is_valid(resource: Json) -> None:
    report = check_questionnaire(resource)
    assert report.is_valid, report


@pytest.mark.parametrize(
    ("broken", "field", "words"),
    [
        # invariants
        (item("q", "group"), "q", "(que-1)"),
        (item("q", "display", item=[item("r", "string")]), "q", "(que-1)"),
        (item("q", "display", code=[coding("a")]), "q", "(que-3)"),
        (item("q", "choice", answerOption=[CODED], answerValueSet="http://x.org"), "q", "(que-4)"),
        (item("q", "boolean", answerOption=[CODED]), "q", "(que-5)"),
        (item("q", "text", answerValueSet="http://x.org"), "q", "(que-5)"),
        (item("q", "display", required=False), "q", "(que-6)"),
        (item("q", "display", repeats=True), "q", "(que-6)"),
        (item("q", "string", enableWhen=[when("t", "exists", answerString="x")]), "q", "(que-7)"),
        (item("q", "group", item=[item("r", "string")], initial=[{"valueString": "x"}]), "q", "(que-8)"),
        (item("q", "display", initial=[{"valueString": "x"}]), "q", "(que-8)"),
        (item("q", "display", readOnly=True), "q", "(que-9)"),
        (item("q", "date", maxLength=3), "q", "(que-10)"),
        (item("q", "choice", answerOption=[CODED], initial=[CODED]), "q", "(que-11)"),
        (
            item(
                "q", "string", enableWhen=[when("t", "=", answerString="x"), when("t", "=", answerString="y")]
            ),
            "q",
            "(que-12)",
        ),
        (item("q", "string", initial=[{"valueString": "x"}, {"valueString": "y"}]), "q", "(que-13)"),
        (item("t", "string"), "t", "(que-2)"),
        # types
        (item("q", "question"), "q", "“type” is question"),
        (item("q", "sträng"), "q", "“type” is sträng"),
        ({"linkId": "q"}, "q", "“type” is missing"),
        ({"type": "string"}, "Questionnaire.item[2]", "“linkId” is missing"),
        (item("", "string"), "Questionnaire.item[2]", "“linkId” is empty"),
        (item("q", "string", required="true"), "q", "“required” must be true or false"),
        (item("q", "string", maxLength="3"), "q", "“maxLength” must be a number"),
        (item("q", "string", maxLength=-1), "q", "maxLength is less than zero"),
        (item("q", "string", text=3), "q", "“text” must be text"),
        (item("q", "string", text=""), "q", "“text” is empty"),
        (item("q", "string", prefix="a\x01"), "q", "does not take for string"),
        (item("q", "string", wording="x"), "q", "“wording” is no element"),
        (item("q", "string", _item={}), "q", "“_item” is no element"),
        (item("q", "string", _text={}), "q", "“_text” may hold"),
        (item("q", "string", _text=1), "q", "“_text” must be an object"),
        (item("q", "string", item={}), "q", "“item” must be a list"),
        (item("q", "string", item=[]), "q", "“item” is empty"),
        (item("q", "string", item=[3]), "q", "“item[1]” must be an object"),
        (item("q", "string", code=[None]), "q", "“code[1]” must be an object"),
        (item("q", "string", code=[{"codes": "a"}]), "q", "“code[1].codes” is no element"),
        (item("q", "string", extension=[{"valueString": "x"}]), "q", "“extension[1].url” is missing"),
        (item("q", "string", extension=[{"url": "http://x.org"}]), "q", "(ext-1)"),
        (
            item("q", "string", extension=[{"url": "http://x.org", "valueString": "x", "valueCode": "y"}]),
            "q",
            "several values",
        ),
        # options and initial values
        (
            item("q", "choice", answerOption=[{"valueDecimal": 1}]),
            "q",
            "“answerOption[1].valueDecimal” is no",
        ),
        (
            item("q", "choice", answerOption=[{"initialSelected": True}]),
            "q",
            "“answerOption[1].value[x]” is missing",
        ),
        (item("q", "integer", answerOption=[{"valueString": "1"}]), "q", "“answerOption” has valueString"),
        (item("q", "date", answerOption=[{"valueDate": "2022-02-30"}]), "q", "2022-02-30"),
        (item("q", "integer", initial=[{"valueString": "x"}]), "q", "“initial” has valueString"),
        (item("q", "string", initial=[{"valueDate": "2020", "valueString": "x"}]), "q", "several values"),
        # conditions
        (item("q", "string", enableWhen=[when("x", "exists", answerBoolean=True)]), "q", "which is no item"),
        (item("q", "string", enableWhen=[when("q", "=", answerString="x")]), "q", "the item itself"),
        (
            item(
                "q",
                "group",
                item=[item("r", "group", item=[item("s", "boolean")])],
                enableWhen=[when("s", "exists", answerBoolean=True)],
            ),
            "q",
            "“s”, the item itself or one inside it",
        ),
        (
            item("q", "string", enableWhen=[when("t", "~", answerString="x")]),
            "q",
            "“enableWhen[1].operator” is ~",
        ),
        (item("q", "string", enableWhen=[when("t", "=")]), "q", "“enableWhen[1].answer[x]” is missing"),
        (item("q", "string", enableWhen=[when("t", "=", answerInteger=1)]), "q", "never its answer"),
        (
            item("q", "group", item=[item("r", "string", enableWhen=[when("q", "=", answerString="x")])]),
            "r",
            "without answers",
        ),
        (item("q", "string", enableBehavior="some"), "q", "“enableBehavior” is some"),
        # extensions
        (
            item(
                "q",
                "integer",
                extension=[extension("minValue", valueInteger=3), extension("maxValue", valueInteger=2)],
            ),
            "q",
            "minValue 3 is more than maxValue 2",
        ),
        (
            item(
                "q",
                "date",
                extension=[
                    extension("minValue", valueDate="2022"),
                    extension("maxValue", valueDate="2021-12"),
                ],
            ),
            "q",
            "minValue 2022",
        ),
        (item("q", "date", extension=[extension("minValue", valueInteger=3)]), "q", "does not suit"),
        (item("q", "string", extension=[extension("maxValue", valueInteger=3)]), "q", "does not suit"),
        (item("q", "integer", extension=[extension("minValue", valueString="3")]), "q", "must be given as"),
        (
            item("q", "string", maxLength=2, extension=[extension("minLength", valueInteger=3)]),
            "q",
            "minLength 3 is more than maxLength 2",
        ),
        (
            item(
                "q",
                "string",
                repeats=True,
                extension=[
                    extension("questionnaire-minOccurs", valueInteger=3),
                    extension("questionnaire-maxOccurs", valueInteger=2),
                ],
            ),
            "q",
            "minOccurs 3",
        ),
        (
            item("q", "string", extension=[extension("questionnaire-maxOccurs", valueInteger=2)]),
            "q",
            "set repeats",
        ),
        (
            item("q", "decimal", extension=[extension("maxDecimalPlaces", valueDecimal=2)]),
            "q",
            "maxDecimalPlaces must",
        ),
        (
            item("q", "decimal", extension=[extension("maxDecimalPlaces", valueInteger=-2)]),
            "q",
            "less than zero",
        ),
        (
            item(
                "q",
                "string",
                extension=[extension("regex", valueString="a"), extension("regex", valueString="b")],
            ),
            "q",
            "several regex",
        ),
        (
            item(
                "q",
                "quantity",
                extension=[
                    {"url": f"{SDC}minQuantity", "valueQuantity": {"value": 3, "unit": "kg"}},
                    {"url": f"{SDC}maxQuantity", "valueQuantity": {"value": 2, "unit": "kg"}},
                ],
            ),
            "q",
            "minQuantity 3",
        ),
    ],
)
def test_every_rule_is_told_of_its_item(broken: Json, field: str, words: str) -> None:
    found = problems(questionnaire(TEXT, broken))
    assert any(line.startswith(f"{field}: ") and words in line for line in found), found


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"status": "ready"}, "“status” is ready"),
        ({"status": 1}, "“status” must be text"),
        ({"url": "a b"}, "“url” is a b"),
        ({"date": "2022-13"}, "“date” is 2022-13"),
        ({"subjectType": "Patient"}, "“subjectType” must be a list"),
        ({"subjectType": [None]}, "“subjectType[1]” must be text"),
        ({"effectivePeriod": {"start": "2021", "end": "2020"}}, "(per-1)"),
        ({"contained": [{}]}, "no resourceType"),
        ({"answers": []}, "“answers” is no element"),
        ({"useContext": [{"code": {}}]}, "“useContext[1].value[x]” is missing"),
    ],
)
def test_the_questionnaire_as_a_whole(parts: Json, words: str) -> None:
    found = problems({**questionnaire(TEXT), **parts})
    assert any(line.startswith("Questionnaire: ") and words in line for line in found), found


def test_a_missing_status_is_told() -> None:
    assert problems({"resourceType": "Questionnaire"}) == ["Questionnaire: “status” is missing: add it"]


def test_a_linkid_deep_inside_is_compared_too() -> None:
    deep = item("g", "group", item=[item("h", "group", item=[item("t", "date")])])
    assert problems(questionnaire(TEXT, deep)) == ["t: Another item has the same linkId: change one (que-2)"]


@pytest.mark.parametrize(
    "unsure",
    [
        item("q", "string", modifierExtension=[{"url": "http://example.org/not", "valueBoolean": True}]),
        item("q", "string", extension=[extension("regex", valueString="[")]),
        item("q", "string", enableWhen=[when("c", ">", answerCoding=coding("a"))]),
    ],
)
def test_what_can_not_be_judged_is_unsupported(unsure: Json) -> None:
    resource = questionnaire(item("c", "choice"), unsure)
    assert problems(resource) == []
    assert [line.partition(":")[0] for line in unsupported(resource)] == ["q"]


def test_expressions_do_not_touch_the_questionnaire_itself() -> None:
    urls = [f"{SDC}calculatedExpression", f"{SDC}enableWhenExpression", f"{HL7}cqf-expression"]
    asked = item("q", "string", extension=[{"url": url, **EXPRESSION} for url in urls])
    assert check_questionnaire(questionnaire(asked)).is_valid


@pytest.mark.parametrize("resource", [{}, {"resourceType": "Patient"}, {"resourceType": ["Questionnaire"]}])
def test_another_resource_is_unsupported(resource: Json) -> None:
    report = check_questionnaire(resource)
    assert report.problems == ()
    assert [str(one) for one in report.unsupported] == ["Questionnaire: It is not a Questionnaire"]


def test_problems_without_end_are_cut() -> None:
    found = problems(questionnaire(*(item(f"q{n}", "group") for n in range(1_500))))
    assert len(found) == 1_001
    assert found[-1] == "…: There is more: these are the first 1000"
