"""The shipped templates: ready to publish, plain to read, possible to answer, and the way into a clinic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import library, templates
from data.domain import placeholders
from data.domain.answers import Writer, check
from data.domain.errors import NotFound
from data.domain.forms import (
    AnyItem,
    Choice,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Question,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.totals import totals
from data.library import shipped
from data.templates import TemplateState
from tests.conftest import Clinic
from tests.forms_strategy import answers_to

FORMS = shipped()
EVERY_KIND = (
    *(Text, Section, WhiteBox, ShortText, LongText, YesNo, Confirmation, OneChoice, SeveralChoices),
    *(Date, Time, DateTime, WholeNumber, DecimalNumber, Scale),
)
"""All but `File`, which can't be received yet."""

EACH = pytest.mark.parametrize("name", FORMS)

REQUIRED = (
    "Ordination",
    "Meddelande om provsvar",
    "Kallelse med frågor",
    "Frågor inför besök",
    "Hälsodeklaration",
    "Uppföljning efter besök",
    "Läkemedelsavstämning",
    "Frågor inför sjukskrivning",
    "Bifoga bild",
    "Påminnelse om provtagning",
    "Levnadsvanor",
    "Smittspårning",
)
SENSITIVE = ("Smittspårning", "Inskrivning hos barnmorska", "Levnadsvanor")
"""Their names would say too much beside the patient's name in an inbox."""

SENTENCE_MOST = 25
"""Words; the plain-language advice is 15 to 20 on average."""

PARAGRAPH_MOST = 500
"""Characters."""

LIX_MOST, LIX_MOST_FOR_STAFF = 30, 55
"""Björnsson's readability index (Läsbarhet, 1968): below 30 very easy, 40–50 newspapers, above 60 hard."""

UNKIND = re.compile(
    r"\b(måste|slarva\w*|missköt\w*|vägra\w*|trots att|inte följt|glömt|underlåt\w*|felaktigt)\b", re.I
)
OFFICIAL = re.compile(
    r"\b(erhålla|avseende|beträffande|vederbörande|samt|enligt ovan|nedan|ovanstående|ej)\b", re.I
)
CONTACT = re.compile(r"1177|112|\{mottagning\}|[Rr]ing|vi hör av oss")


def for_the_patient(form: Form) -> Iterator[str]:
    """Every text that the patient reads."""
    yield from (form.title, form.patient_instruction)
    for place in form.places:
        item = place.item
        yield item.wording
        yield from () if isinstance(item, Text | WhiteBox) else (item.help,)
        yield from (option.wording for option in item.options) if isinstance(item, Choice) else ()
        yield from (item.least_words, item.most_words) if isinstance(item, Scale) else ()


def for_staff(form: Form) -> Iterator[str]:
    yield form.staff_instruction
    yield from (box.help for box in form.white_boxes)


def sentences(text: str) -> list[list[str]]:
    parts = (re.findall(r"[^\W\d_]+", part) for part in re.split(r"[.!?:]\s|\n|[.!?:]$", text))
    return [words for words in parts if words]


def lix(texts: Iterator[str]) -> float:
    found = [sentence for text in texts for sentence in sentences(text)]
    words = [word for sentence in found for word in sentence]
    return len(words) / len(found) + 100 * sum(len(word) > 6 for word in words) / len(words)


def all_answered(items: tuple[AnyItem, ...], *, agreeing: bool) -> dict[str, object]:
    """An answer to every question, hidden ones too: the first possible for the agreeing, else the last."""
    given: dict[str, object] = {}
    for item in items:
        if isinstance(item, Section) and item.repeats:
            times = item.most if agreeing else item.least
            given[item.id] = [all_answered(item.items, agreeing=agreeing) for _ in range(times)]
        elif isinstance(item, Section):
            given |= all_answered(item.items, agreeing=agreeing)
        elif isinstance(item, Question):
            given[item.id] = an_answer(item, agreeing=agreeing)
    return given


def an_answer(question: Question, *, agreeing: bool) -> object:
    chosen: object = "Så här är det"
    match question:
        case Confirmation():
            chosen = True
        case YesNo():
            chosen = agreeing
        case OneChoice():
            chosen = question.options[0 if agreeing else -1].id
        case SeveralChoices():
            chosen = [question.options[0 if agreeing else -1].id]
        case Scale():
            chosen = question.steps[-1 if agreeing else 0]
        case WholeNumber() | DecimalNumber():
            chosen = str(question.most if agreeing else question.least)
        case Date():
            chosen = "2026-02-01"
        case Time():
            chosen = question.least or "07:30"
        case DateTime():
            chosen = "2026-02-01 08:30"
        case ShortText(pattern=pattern) if pattern:
            chosen = "123 45" if question.id == "postnummer" else "070-123 45 67"
    return chosen


def test_what_every_clinic_needs_is_there() -> None:
    assert set(REQUIRED) <= FORMS.keys()
    assert len(FORMS) >= 15
    assert not FORMS["Meddelande om provsvar"].answerable
    assert {form.answerable for form in FORMS.values()} == {True, False}


@EACH
def test_each_can_be_published_as_it_is(name: str) -> None:
    assert FORMS[name].problems() == ()
    assert Form.model_validate_json(FORMS[name].model_dump_json()) == FORMS[name]


def test_they_show_what_the_builder_can_do() -> None:
    items = [place.item for form in FORMS.values() for place in form.places]
    conditions = [shown for item in items if (shown := dict(item).get("shown_when")) is not None]

    assert {type(item) for item in items} == set(EVERY_KIND)
    assert any(isinstance(item, Section) and item.repeats for item in items)
    assert any(len(shown.conditions) > 1 and shown.every for shown in conditions)
    assert any(len(shown.conditions) > 1 and not shown.every for shown in conditions)
    assert any(option.exclusive for item in items if isinstance(item, Choice) for option in item.options)
    assert any(item.other for item in items if isinstance(item, Choice))
    assert any(dict(item).get("pattern") for item in items)
    assert any(form.scores for form in FORMS.values())


def test_what_is_written_for_one_template_never_lands_in_another() -> None:
    """A draft keeps what was written by the white box's id when another template is chosen."""
    ids = Counter(box.id for form in FORMS.values() for box in form.white_boxes)

    assert [box for box, times in ids.items() if times > 1] == []


@EACH
def test_each_helps_staff_and_tells_the_patient_what_to_do(name: str) -> None:
    form = FORMS[name]
    words = " ".join(for_the_patient(form))

    assert form.staff_instruction
    assert form.patient_instruction
    assert all(box.help for box in form.white_boxes)
    assert CONTACT.search(words), "says nowhere whom to turn to"


@EACH
def test_each_is_in_plain_language(name: str) -> None:
    form = FORMS[name]
    texts = [*for_the_patient(form), *for_staff(form)]
    told = [place.item.wording for place in form.places if isinstance(place.item, Text)]

    assert [s for text in texts for s in sentences(text) if len(s) > SENTENCE_MOST] == []
    assert [p for text in texts for p in text.split("\n") if len(p) > PARAGRAPH_MOST] == []
    assert lix(for_the_patient(form)) < LIX_MOST
    assert lix(iter([form.patient_instruction, *told])) < LIX_MOST
    assert lix(for_staff(form)) < LIX_MOST_FOR_STAFF
    assert [text for text in for_the_patient(form) if UNKIND.search(text) or OFFICIAL.search(text)] == []


def test_a_sensitive_name_is_hidden_behind_a_title() -> None:
    for name in SENSITIVE:
        title = FORMS[name].title
        assert title
        assert not set(name.casefold().split()) & set(title.casefold().split()), title


@EACH
def test_placeholders_name_what_is_filled_in_before_sending(name: str) -> None:
    """A white box that may be left empty would stop the sending."""
    form = FORMS[name]
    written = {placeholders.key_of(box.name) for box in form.white_boxes if box.required and box.name}
    used = {one for text in for_the_patient(form) for one in placeholders.names_in(text)}

    assert {one for one in used if not placeholders.is_given(one)} <= written


@EACH
@pytest.mark.parametrize("agreeing", [True, False])
def test_each_can_be_answered(name: str, agreeing: bool) -> None:
    form = FORMS[name]
    given = all_answered(form.items, agreeing=agreeing)
    first = check(form, given, Writer.PATIENT)
    again = check(form, first.values, Writer.PATIENT)

    assert first.problems == ()
    assert (again.values, again.problems, again.left_out) == (first.values, (), ())
    assert bool(first.values) == form.answerable


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_a_patient_does_every_fault_is_named(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(list(FORMS)))]
    checked = check(form, data.draw(answers_to(form)), Writer.PATIENT)

    assert all(str(problem.message) for problem in checked.problems)
    assert check(form, checked.values, Writer.PATIENT).values == checked.values


def test_scores_say_what_a_sum_means_and_only_to_staff() -> None:
    form = FORMS["Levnadsvanor"]
    lightly = {"roker": "aldrig", "snusar": "nej", "alkohol-vecka": "1-4", "alkohol-tillfalle": "sallan"}
    lightly |= {"traning": "under-30", "vardag": "90-150"}
    heavily = {"roker": "dagligen", "snusar": "nej", "alkohol-vecka": "5-9", "alkohol-tillfalle": "manad"}
    heavily |= {"traning": "ingen", "vardag": "90-150"}

    def said(answers: dict[str, str]) -> dict[str, str]:
        food = {"gronsaker": "vecka", "frukt": "vecka", "fisk": "en", "sott": "dagligen"}
        return {one.score.id: one.band.wording for one in totals(form, {**answers, **food}) if one.band}

    assert not any(score.shown_to_patient for one in FORMS.values() for score in one.scores)
    # 15 minutes of exercise count twice: 30 + 120 reach the 150 that the guidelines ask for.
    assert said(lightly)["rorelse-summa"] == "150 eller mer"
    assert said(heavily)["rorelse-summa"].startswith("under 150")
    assert said(lightly)["alkohol-summa"] == "under gränserna för riskbruk"
    assert said(heavily)["alkohol-summa"].startswith("över")
    assert said(heavily)["tobak-summa"].endswith("erbjud stöd")
    assert said(lightly)["mat-summa"].startswith("stort behov")


@EACH
def test_every_sum_has_one_meaning(name: str) -> None:
    for score in FORMS[name].scores:
        for points in range(600):
            bands = [
                band
                for band in score.bands
                if (band.least is None or band.least <= points) and (band.most is None or points <= band.most)
            ]
            assert len(bands) == 1, (score.id, points)


def test_a_high_blood_pressure_says_at_once_what_to_do() -> None:
    form = FORMS["Egna mätningar av blodtryck"]
    reading = {"dag": "2026-02-01", "klockan": "07:30", "over": 130, "under": 112}
    shown = check(form, {"matning": [reading, {**reading, "under": 80}]}, Writer.PATIENT).shown

    assert [one.path for one in shown if one.item.id == "hogt"] == ["matning[0]/hogt"]


def test_a_shipped_template_comes_into_the_clinic_as_a_draft(clinic: Clinic) -> None:
    made = library.add(clinic.bo, "Smittspårning")

    assert (made.name, made.state) == ("Smittspårning", TemplateState.DRAFT)
    assert made.form == FORMS["Smittspårning"]
    assert "Smittspårning" not in [one.name for one in templates.published(clinic.anna)]
    assert templates.publish(clinic.bo, made.id, made.version).state is TemplateState.PUBLISHED


def test_a_name_that_the_clinic_has_gets_a_number(clinic: Clinic) -> None:
    """The clinic has an Ordination already; its own is left as it is."""
    before = [row for row in templates.list_all(clinic.bo) if row.name == "Ordination"]

    assert [library.add(clinic.bo, "Ordination").name for _ in range(2)] == [
        "Ordination (2)",
        "Ordination (3)",
    ]
    assert [row for row in templates.list_all(clinic.bo) if row.name == "Ordination"] == before
    assert library.add(clinic.dag, "Ordination").name == "Ordination"


def test_what_is_not_shipped_can_not_be_added(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        library.add(clinic.bo, "Finns inte")
