"""Templates that are shipped with Omvänt, written in plain Swedish (klarspråk), and the way into a clinic.

Each is a file with a name and a form. The ids of white boxes are unique in the whole library: what staff
wrote for one template must not land in another when they change their mind about which to send.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from data import audit
from data.domain.errors import Message, NotFound
from data.domain.forms import Form
from data.domain.roles import Role, StaffActor
from data.domain.text import fold, swedish_key
from data.domain.value import Frozen
from data.operation import operation
from data.store import models
from data.template_rows import Template, TemplateAct, free_name, note, store_template


class Shipped(Frozen):
    """A template of the library; `present`: the clinic has one by that name already."""

    name: str
    form: Form
    present: bool


def shipped() -> dict[str, Form]:
    """Every shipped template's form by its name, in Swedish order."""
    return dict(_read())


@operation(role=Role.ADMINISTRATOR, event=None)
def list_all(actor: StaffActor) -> tuple[Shipped, ...]:
    """The whole library, in Swedish order."""
    taken = _names(actor)
    return tuple(Shipped(name=name, form=form, present=fold(name) in taken) for name, form in _read())


@operation(role=Role.ADMINISTRATOR, event="template.added_from_library")
def add(actor: StaffActor, name: str) -> Template:
    """Copy a shipped template into the clinic as a draft.

    A name that the clinic has already gets a number, as in `Ordination (2)`. Raises `NotFound` for a name
    that is not shipped.
    """
    form = shipped().get(name)
    if form is None:
        raise NotFound(Message("There is no such template in the library"))
    audit.about(original=name)
    row = models.Template(clinic=actor.clinic_id)
    made = store_template(actor, row, free_name(actor.clinic_id, name), form)
    note(actor, row, TemplateAct.COPIED, [Message("From the library: {name}", name=name)])
    return made


def _names(actor: StaffActor) -> set[str]:
    """The names of the clinic's templates, folded."""
    rows = models.Template.select(models.Template.name_folded)
    return {row.name_folded for row in rows.where(models.Template.clinic == actor.clinic_id)}


@cache
def _read() -> tuple[tuple[str, Form], ...]:
    found = [
        json.loads(entry.read_text(encoding="utf-8"))
        for entry in files(__name__).iterdir()
        if entry.name.endswith(".json")
    ]
    forms = ((content["name"], Form.model_validate(content["form"])) for content in found)
    return tuple(sorted(forms, key=lambda one: swedish_key(one[0])))
