"""Payloads in every place of the database that people write in, past all operations."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

from data import drafts
from data.domain.roles import StaffActor
from data.store import models
from tests.conftest import let_rows_be_rewritten
from tests.payloads import PAYLOADS
from tests.tui.every_screen import Say, World, every_type

SAID: dict[type[models.Table], tuple[str, ...]] = {
    models.Clinic: ("name",),
    models.Staff: ("name", "title"),
    models.Patient: ("name", "email", "phone"),
    models.ProtectedAccess: ("reason",),
    models.Template: ("name",),
    models.TemplateVersion: ("name",),
    models.TemplateChange: ("name",),
    models.TemplateDraft: ("name",),
    models.Draft: ("signature",),
    models.Case: ("signature", "title", "held_by", "held_reason"),
    models.RetentionReceipt: ("by",),
    models.AccessLog: ("actor_name",),
    models.LogReview: ("reviewer", "outcome"),
}
"""The columns that hold what people wrote, as it is."""

MADE_OF_TEXTS: dict[type[models.Table], tuple[str, ...]] = {
    models.Template: ("form",),
    models.TemplateVersion: ("form",),
    models.TemplateDraft: ("form", "unread"),
    models.TemplateChange: ("summary",),
    models.Draft: ("written",),
    models.Case: ("written", "answers", "given"),
    models.AnswerDraft: ("typed",),
    models.AccessLog: ("details",),
    models.LogReview: ("entries", "remarked"),
}
"""The columns that hold JSON with such texts in it."""

WITHOUT_STORED_TEXT = {"WelcomeScreen", "SignInScreen", "CoverScreen", "TypeList", "Palette"}
"""Screens that show the program's own words only."""

OUR_OWN = {
    *(
        "zone",
        "username",
        "name_folded",
        "password_hash",
        "role",
        "number",
        "code_hash",
        "act",
        "key",
        "reference",
        "also",
    ),
    *("digest", "event", "actor_kind", "mac", "first", "last"),
}
"""What the program alone writes, or lets nothing but letters and digits into."""


def marked(name: str) -> str:
    """The payload, behind a sign by which the test finds it on the screen."""
    return f"{sign(name)}{PAYLOADS[name]}"


def sign(name: str) -> str:
    """What stands before a payload: `¤07`."""
    return f"¤{list(PAYLOADS).index(name):02}"


def poisoned(world: World, say: Say) -> World:
    """The same world with hostile text in every column that people write in, past the operations."""

    def stored(place: str) -> str:
        return _without_surrogates(say(place))

    raw = json.dumps(with_texts(every_type(lambda place: place).model_dump(), stored))
    let_rows_be_rewritten()
    for table, columns in SAID.items():
        for row in table.select():
            for column in columns:
                setattr(row, column, stored(column))
            row.save()
    mine = models.TemplateVersion.get_by_id(world.template.version_id)
    for row in (mine, mine.template):
        row.name, row.form = mine.name, raw
        row.save()
    written = json.dumps({"box": stored("written")})
    models.Draft.update(written=written).execute()
    models.Case.update(written=written).execute()
    models.AccessLog.update(details=json.dumps({stored("name"): stored("value")})).execute()
    answers = json.dumps({"short": stored("answer"), "long": stored("answer"), "ok": True})
    models.Case.update(answers=answers).where(models.Case.id == world.answered.id).execute()
    models.AnswerDraft.update(typed=answers).execute()
    return _reread(world, say)


def with_texts(value: object, say: Callable[[str], str]) -> object:
    """The value of a form with other words: its ids and kinds stay."""
    match value:
        case dict():
            return {
                key: part if key in ("id", "kind") else with_texts(part, say) for key, part in value.items()
            }
        case list() | tuple():
            return [with_texts(part, say) for part in value]
        case str():
            return say("form")
    return value


def _without_surrogates(text: str) -> str:
    """No database and no JSON holds them: they come from a terminal or a library only."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _reread(world: World, say: Say) -> World:
    people = {username: _renamed(actor) for username, actor in world.clinic.staff.items()}
    clinic = dataclasses.replace(world.clinic, staff=people)
    draft = drafts.begin(clinic.anna, world.patient.id)
    assert draft.template is not None
    clinic = dataclasses.replace(clinic, tolvan=draft.patient)
    receipts = {
        name: getattr(world, name).model_copy(
            update={"patient": draft.patient, "template": draft.template.name}
        )
        for name in ("asked", "answered")
    }
    return World(clinic=clinic, say=say, template=draft.template, draft=draft, **receipts)


def _renamed(actor: StaffActor) -> StaffActor:
    row = models.Staff.get_by_id(actor.staff_id)
    clinic = models.Clinic.get_by_id(actor.clinic_id)
    return actor.model_copy(update={"name": row.name, "title": row.title, "clinic_name": clinic.name})
