"""Hostile text in every place where people write: stored, found and read back without a control sign."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from data import access_log, cases, drafts, inbox, patients, staff, templates
from data.access_log import LogWord
from data.case_rows import CaseFilter
from data.domain.errors import Invalid
from data.domain.forms import Confirmation, Form, LongText, OneChoice, Option, ShortText, Text, WhiteBox
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.roles import Role
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.patients import NewPatient
from data.staff import NewPerson
from tests.conftest import Clinic

OURS = [
    "\x1b]52;c;aGVq\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "[/b]",
    "[bold red]x",
    "a\u202eb\u2066c",
    "\x00",
    "\ud800",
    "\U000e0041\U000e0042",
    "e" + "\u0301" * 500,
    "\u200b",
    '\'; DROP TABLE "case"; --',
    "{name}",
    "%s%n",
    "\r\nX: y",
]
BATCH = 40


def _batches(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


@pytest.fixture(scope="session")
def hostile(conformance: Path) -> list[str]:
    naughty = json.loads((conformance / "text" / "naughty.json").read_text(encoding="utf-8"))
    return [*OURS, *naughty]


def is_safe(text: str) -> bool:
    """Whether a terminal would only draw it."""
    return all(
        unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or sign in "\n\t" for sign in text
    )


def strings(value: object) -> list[str]:
    """Every text in a value from an operation."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for part in value for text in strings(part)]
    if isinstance(value, BaseModel):
        return strings(value.model_dump())
    if isinstance(value, Frozen):
        return strings(vars(value))
    if is_dataclass(value):
        return strings([getattr(value, field.name) for field in fields(value)])
    return [value] if isinstance(value, str) else []


def test_patients_names(clinic: Clinic, hostile: list[str], conformance: Path) -> None:
    numbers = json.loads((conformance / "personnummer" / "somePins.json").read_text())
    for text, digits in zip(hostile, numbers, strict=False):
        number = PersonalIdentityNumber(digits)
        name = clean(text, limit=300)
        if not name:
            with pytest.raises(Invalid):
                patients.register(clinic.anna, NewPatient(number=number, name=text))
            continue
        made = patients.register(clinic.anna, NewPatient(number=number, name=text, email=text, phone=text))
        assert made.name == name
        assert patients.fetch(clinic.anna, number) == made
        assert is_safe(made.name)


def test_templates_names_and_wordings(clinic: Clinic, hostile: list[str]) -> None:
    taken: set[str] = set()
    for text in hostile:
        form = Form(
            staff_instruction=text,
            patient_instruction=text,
            items=(
                Text(id="t", wording=text),
                WhiteBox(id="w", wording=text, help=text, default=text),
                OneChoice(
                    id="c", wording=text, options=(Option(id="a", wording=text), Option(id="b", wording="b"))
                ),
            ),
        )
        name = clean(text, limit=300)
        if not name or fold(name) in taken:
            with pytest.raises(Invalid):
                templates.create(clinic.bo, text, form)
            continue
        taken.add(fold(name))
        made = templates.create(clinic.bo, text, form)
        assert templates.get(clinic.bo, made.id) == made
        assert all(map(is_safe, strings(made)))
    assert len(templates.list_all(clinic.bo)) > 100


def test_what_staff_write_and_patients_answer(clinic: Clinic, hostile: list[str]) -> None:
    for batch in _batches(hostile):
        form = Form(
            items=(
                *(WhiteBox(id=f"w{index}", wording="?", required=False) for index in range(len(batch))),
                *(ShortText(id=f"s{index}", wording="?", required=False) for index in range(len(batch))),
                *(LongText(id=f"l{index}", wording="?", required=False) for index in range(len(batch))),
                Confirmation(id="ok", wording="Läst"),
            )
        )
        made = templates.create(clinic.bo, f"Mall {batch[0]!r}", form)
        templates.publish(clinic.bo, made.id, made.version)
        template = next(one for one in templates.published(clinic.anna) if one.name == made.name)

        draft = clinic.draft(template, written={f"w{index}": text for index, text in enumerate(batch)})
        draft = drafts.save(clinic.anna, draft.model_copy(update={"signature": f"A {batch[0]}"}))
        sent = cases.send(clinic.anna, draft, draft.key)
        typed: dict[str, object] = {"ok": True}
        typed |= {f"s{index}": text for index, text in enumerate(batch)}
        typed |= {f"l{index}": text for index, text in enumerate(batch)}
        inbox.save_typed(clinic.as_patient(), sent.id, typed)
        letter = inbox.open_letter(clinic.as_patient(), sent.id)
        assert all(map(is_safe, strings(letter)))
        assert inbox.answer(clinic.as_patient(), sent.id, letter.typed).answers is not None

        case = cases.open_case(clinic.anna, sent.id)
        answers = case.answers or {}
        for index, text in enumerate(batch):
            assert case.written.get(f"w{index}", "") == clean(text, lines=True)
            assert answers.get(f"l{index}", "") == clean(text, lines=True)
            assert answers.get(f"s{index}", "") == clean(clean(text, lines=True))
        assert all(map(is_safe, strings(case)))


def test_staffs_names(clinic: Clinic, hostile: list[str]) -> None:
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    for text in hostile:
        if not clean(text):
            continue
        person = staff.change(clinic.bo, person.model_copy(update={"name": text, "title": text}))
        assert (person.name, person.title) == (clean(text, limit=300), clean(text, limit=300))


@pytest.mark.parametrize("text", OURS)
def test_names_and_passwords_at_the_door(clinic: Clinic, text: str) -> None:
    assert staff.sign_in(clinic.visitor, text, text).refused
    new = NewPerson(
        username=f"x{text}".replace(" ", "").replace("\n", ""),
        password=f"lösenord {text}",
        name=f"X {text}",
        roles=frozenset({Role.LOG_AUDITOR}),
    )
    try:
        made = staff.add(clinic.bo, new)
    except Invalid:
        assert any(sign.isspace() for sign in clean(new.username))
        return
    assert not staff.sign_in(clinic.visitor, made.username, new.password).refused


def test_filters_and_what_the_log_keeps_of_them(clinic: Clinic, hostile: list[str]) -> None:
    clinic.send()
    for text in hostile:
        cases.list_assigned(clinic.anna, CaseFilter(words=(text,)), Edge())
        access_log.list_entries(clinic.gun, (LogWord(text=text),), Edge())

    rows = access_log.list_entries(clinic.gun, (), Edge()).rows
    assert len(rows) > 100
    assert all(map(is_safe, strings(rows)))
