"""Whatever is in a file, it is read or refused in words, and the checks never raise."""

from __future__ import annotations

import copy
import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import Invalid, NotFound, Unavailable
from data.exchange.fhir import schema
from data.exchange.fhir.check_questionnaire import check_questionnaire
from data.exchange.fhir.check_response import check_response
from data.exchange.fhir.reading import DEPTH_LIMIT, FILE_LIMIT, ITEM_LIMIT, parse_resource, read_resource
from tests.data.fhir_forms import Json, answer, coding, extension, group, item, questionnaire, response, when

NAMES = sorted({name for elements in schema.SCHEMA.values() for name in elements})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.sampled_from(
        ["Questionnaire", "QuestionnaireResponse", "a", "g", "2022-06", "group", "choice", "completed"]
    )
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=5)
    ),
    max_leaves=25,
)

ASKED = questionnaire(
    item(
        "g",
        "group",
        repeats=True,
        required=True,
        item=[
            item("a", "boolean"),
            item(
                "b",
                "decimal",
                extension=[extension("minValue", valueDecimal=1)],
                enableWhen=[when("a", "=", answerBoolean=True)],
            ),
        ],
    ),
    item("c", "choice", repeats=True, answerOption=[{"valueCoding": coding("x")}, {"valueString": "y"}]),
    item("d", "dateTime", extension=[extension("maxValue", valueDateTime="2022-06")]),
    item("e", "quantity"),
    item("f", "attachment"),
    item("h", "string", maxLength=3, answerValueSet="#v"),
    contained=[
        {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"concept": [{"code": "x"}]}]}}
    ],
)
GIVEN = response(
    group("g", answer("a", {"valueBoolean": True}), answer("b", {"valueDecimal": Decimal("1.50")})),
    answer("c", {"valueCoding": coding("x")}, {"valueString": "y"}),
    answer("d", {"valueDateTime": "2022-06-01T10:00:00Z"}),
    answer("e", {"valueQuantity": {"value": 1, "unit": "kg"}}),
    answer("f", {"valueAttachment": {"contentType": "text/plain", "data": "aGVq"}}),
    answer("h", {"valueString": "abc"}),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every part of a JSON value, as what holds it and under which key."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


def mutated(data: st.DataObject, value: Json) -> Json:
    changed = copy.deepcopy(value)
    for _time in range(data.draw(st.integers(0, 3))):
        found = [place for place in places(changed) if place[1] != "resourceType"]
        holder, key = data.draw(st.sampled_from(range(len(found))).map(found.__getitem__))
        holder[key] = data.draw(ANYTHING)
    return changed


@given(ANYTHING, ANYTHING)
def test_the_checks_never_raise_for_any_json(asked: Any, answered: Any) -> None:
    for kind in ("Questionnaire", "QuestionnaireResponse"):
        for resource in (asked, answered):
            if isinstance(resource, dict):
                named = {**resource, "resourceType": kind}
                check_questionnaire(named)
                check_response(ASKED, named)
                check_response(named, GIVEN)


@given(st.data())
def test_the_checks_never_raise_for_what_was_valid(data: st.DataObject) -> None:
    asked, answered = mutated(data, ASKED), mutated(data, GIVEN)
    report = check_questionnaire(asked) + check_response(asked, answered)
    for one in (*report.problems, *report.unsupported):
        assert one.field
        assert not {unicodedata.category(character) for character in str(one)} & {"Cc", "Cf", "Cs"}


# Reading


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON: line 1, column 1"),
        (b"{", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"a": "\xff"}', "not in UTF-8, from byte 8"),
        ('{"a": 1}'.encode("utf-16"), "not in UTF-8, from byte 1"),
        (b'{"a": 1, "a": 2}', "“a” stands twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1e99999999999999999999}', "too large"),
        (b"[" * 100_000, "Too many levels"),
        (b'{"a":' * 1_000 + b"1" + b"}" * 1_000, "Too many levels"),
        (b'{"a":' * (DEPTH_LIMIT + 1) + b"1" + b"}" * (DEPTH_LIMIT + 1), "Too many levels"),
        (b'{"item": [' + b"0," * ITEM_LIMIT + b"0]}", "too many items"),
        (b" " * (FILE_LIMIT + 1), "too large: at most 5 MB"),
    ],
)
def test_what_can_not_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        parse_resource(content)


def test_numbers_and_text_are_kept_as_written() -> None:
    read = parse_resource(
        b'\xef\xbb\xbf{"a": 1.50, "b": 1e2, "c": 1, "d": "\xc3\xa5", "e": ' + b"1" * 5_000 + b"}"
    )
    assert [str(read[name]) for name in "abcd"] == ["1.50", "1E+2", "1", "å"]
    assert isinstance(read["c"], int)
    assert read["e"] == Decimal("1" * 5_000)


def test_at_the_limits_all_is_read() -> None:
    deep = b'{"a":' * DEPTH_LIMIT + b"1" + b"}" * DEPTH_LIMIT
    assert parse_resource(deep)
    assert parse_resource(json.dumps({"item": [{}] * ITEM_LIMIT}).encode())


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_resource(tmp_path / "ingen.json")
    with pytest.raises(Unavailable):
        read_resource(tmp_path)


def test_too_much_for_the_checks_is_unsupported() -> None:
    deep: Json = {}
    for _level in range(50_000):
        deep = {"item": [deep]}
    for report in (
        check_questionnaire({**deep, "resourceType": "Questionnaire"}),
        check_response(ASKED, {**deep, "resourceType": "QuestionnaireResponse"}),
    ):
        assert (len(report.problems), len(report.unsupported)) == (0, 1)
    while deep:  # its own destructor would recurse
        deep = deep["item"].pop()


def test_large_forms_are_checked_in_good_time() -> None:
    """A check that looks through the whole form for each question would take minutes."""
    count = 4_900
    asked = questionnaire(
        item("first", "boolean"),
        *(
            item(
                f"q{n}",
                "choice",
                required=True,
                answerOption=[{"valueCoding": coding("x")}],
                enableWhen=[when("first", "exists", answerBoolean=True)],
            )
            for n in range(count)
        ),
    )
    answers = (answer(f"q{n}", {"valueCoding": coding("x")}) for n in range(count))
    report = check_response(asked, response(answer("first", {"valueBoolean": True}), *answers))
    assert report.is_valid
    assert len(check_response(asked, response(answer("first", {"valueBoolean": True}))).problems) == 1_001
