"""A terminal that edits what others edit at the same time, as a person would: read, change, save, and after a
conflict read again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier

from data import drafts, staff, templates
from data.domain.errors import Conflict, OmvantError, Unavailable
from data.store.database import open_store
from tests.conftest import Clinic, Place

THINKING = 0.01
"""Seconds between reading and saving, at most. Without them, who has SQLite's lock takes it again while the
others sleep, and nobody meets anybody."""


@dataclass(frozen=True)
class Rows:
    """The rows that everybody edits, and in which database."""

    place: Place
    clinic: Clinic
    draft: int
    template: int
    person: int


@dataclass
class Told:
    """What a terminal has seen: edits acknowledged for each row, and what it was told otherwise."""

    saved: dict[str, int]
    conflicts: int = 0
    unavailable: int = 0
    other: tuple[str, ...] = ()


def edit(rows: Rows, times: int, together: Barrier) -> Told:
    """Add one to the number in each row's text in turn, `times` in all."""
    store = open_store(rows.place.url, log_keys=rows.place.log_keys)
    told = Told(saved=dict.fromkeys(EDITS, 0))
    names = list(EDITS)
    together.wait()
    for turn in range(times):
        name = names[turn % len(names)]
        while not _tried(EDITS[name], rows, told):
            pass
        told.saved[name] += 1
    store.close()
    return told


def _tried(add_one: Callable[[Rows], None], rows: Rows, told: Told) -> bool:
    try:
        add_one(rows)
    except Conflict:
        told.conflicts += 1
        return False
    except Unavailable as error:
        told.unavailable += 1
        told.other += (str(error),)
        return False
    except OmvantError as error:
        told.other += (str(error),)
    return True


def number(text: str) -> int:
    """The number that a text ends with."""
    return int(text.rpartition(" ")[2])


def _one_more(text: str) -> str:
    """The text with the next number, and whose it is: the same from two would be no conflict."""
    time.sleep(random.uniform(0, THINKING))
    return f"terminal {os.getpid()} {number(text) + 1}"


def _edit_draft(rows: Rows) -> None:
    draft = next(draft for draft in drafts.list_mine(rows.clinic.anna) if draft.id == rows.draft)
    written = {"dos": _one_more(draft.written["dos"])}
    drafts.save(rows.clinic.anna, draft.model_copy(update={"written": written}))


def _edit_template(rows: Rows) -> None:
    template = templates.get(rows.clinic.bo, rows.template)
    words = _one_more(template.form.patient_instruction)
    form = template.form.model_copy(update={"patient_instruction": words})
    templates.save(rows.clinic.bo, template.model_copy(update={"form": form}))


def _edit_person(rows: Rows) -> None:
    person = next(one for one in staff.list_staff(rows.clinic.bo) if one.id == rows.person)
    staff.change(rows.clinic.bo, person.model_copy(update={"title": _one_more(person.title)}))


EDITS: dict[str, Callable[[Rows], None]] = {
    "draft": _edit_draft,
    "template": _edit_template,
    "person": _edit_person,
}
