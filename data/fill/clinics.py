"""The made-up clinics: who works there, and their templates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from peewee import fn

from data import audit, case_forms, demo, templates
from data.domain.roles import Role, StaffActor
from data.domain.secret import hashed
from data.domain.text import fold
from data.fill import words
from data.fill.history import Sender, Version
from data.fill.letters import Letter
from data.store import models

STAFF = 100


def make_templates(staff: Iterable[StaffActor], letters: Sequence[Letter]) -> dict[int, tuple[Version, ...]]:
    """Publish all templates at each clinic, in the order of `letters`; returns them by clinic.

    At the first clinic by the operations that people use. The others get what those have made, with what
    the log says of it: hundreds of templates would take as long as a hundred thousand cases.
    """
    first, *others = [one for one in staff if Role.ADMINISTRATOR in one.roles]
    for letter in letters:
        made = templates.create(first, letter.name, letter.form)
        templates.publish(first, made.id, made.version)
    for administrator in others:
        _copy(first, administrator)
    return {one.clinic_id: tuple(_versions(one.clinic_id, letters)) for one in (first, *others)}


def sender(actor: StaffActor) -> Sender:
    """A care provider as histories know them."""
    signature = f"{actor.name}, {actor.title}"
    return Sender(actor.staff_id, actor.name, actor.clinic_id, actor.clinic_name, signature)


def _copy(first: StaffActor, to: StaffActor) -> None:
    template, log = models.Template, models.AccessLog
    theirs = template.select().where(template.clinic == first.clinic_id)
    ids = _add_like(template, theirs, {}, {"clinic": to.clinic_id, "changed_by": to.staff_id})
    for table, by in ((models.TemplateVersion, "published_by"), (models.TemplateChange, "staff")):
        _add_like(table, table.select().where(table.template.in_([*ids])), ids, {by: to.staff_id})
    for entry in log.select().where(log.clinic_id == first.clinic_id).order_by(log.number):
        details = json.loads(entry.details)
        details["template"] = ids[details["template"]]
        audit.append(audit.Entry(to, entry.event, clinic_id=to.clinic_id, details=details))


def _add_like(
    table: type[models.Table], rows: Any, templates: Mapping[int, int], changed: Mapping[str, object]
) -> dict[int, int]:
    """Add rows like those of a query, of templates that stand for theirs; returns the new ids by the old."""
    first = int(table.select(fn.MAX(table.id)).scalar()) + 1
    found: list[dict[str, Any]] = list(rows.order_by(table.id).dicts())
    ids = {row["id"]: new for new, row in enumerate(found, first)}
    made = [{**row, **changed, "id": ids[row["id"]]} for row in found]
    for row in made:
        if "template" in row:
            row["template"] = templates[row["template"]]
    table.insert_many(made).execute()
    return ids


def _versions(clinic_id: int, letters: Sequence[Letter]) -> Iterator[Version]:
    version, template = models.TemplateVersion, models.Template
    rows = version.select().join(template).where(template.clinic == clinic_id)
    by_name = {row.name: row for row in rows}
    for place, letter in enumerate(letters):
        row = by_name[letter.name]
        title = case_forms.title(letter.form, row.name, {})  # none in the library has a placeholder in it
        yield Version(row.id, row.template_id, row.name, title, letter.form.answerable, place)


def make_staff() -> Iterator[StaffActor]:
    """The demo's clinic and its four, who come first, then nine more clinics and the rest of the hundred.

    Ten work at each clinic: eight care providers, an administrator and a log auditor.
    """
    four = [actor for _name, actor in demo.make_staff()]
    yield from four
    password_hash = hashed(demo.PASSWORD)  # one for all: the demo's password is no secret
    clinics = [four[0].clinic_id, *(models.Clinic.create(name=name).id for name in demo.OTHER_CLINICS)]
    for number in range(len(four), STAFF):
        place = number % 10
        clinic_id = clinics[number // 10]
        role = {8: Role.ADMINISTRATOR, 9: Role.LOG_AUDITOR}.get(place, Role.CARE_PROVIDER)
        if clinic_id == clinics[0]:
            role = Role.CARE_PROVIDER  # Bo and Gun are there already
        yield _employed(number, clinic_id, role, password_hash)


def _employed(number: int, clinic_id: int, role: Role, password_hash: str) -> StaffActor:
    first = (words.WOMEN, words.WOMEN, words.MEN)[number % 3]
    name = f"{first[number * 7 % len(first)]} {words.FAMILIES[number * 11 % len(words.FAMILIES)]}"
    username = fold(name).replace(" ", ".").translate(str.maketrans("åäö", "aao"))
    title = words.TITLES[number % len(words.TITLES)] if role == Role.CARE_PROVIDER else "samordnare"
    person = models.Staff.create(
        username=username, name=name, name_folded=fold(name), title=title, password_hash=password_hash
    )
    models.StaffRole.create(staff=person, clinic=clinic_id, role=role)
    return demo.actor_of(person)
