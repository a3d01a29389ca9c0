"""The form of a case: its template's version, with the words that stood for placeholders when it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from data.domain.placeholders import Given, fill
from data.store import models

if TYPE_CHECKING:
    from data.domain.forms import Form


@lru_cache(maxsize=64)
def published_form(form: str) -> Form:
    """The form of a published version, as its row holds it, which never changes: those that were asked for
    lately are kept."""
    return read_form(form)


def read_form(form: str) -> Form:
    """A form as a template's row holds it."""
    from data.domain.forms import Form  # noqa: PLC0415 - pydantic costs every start

    return Form.model_validate_json(form)


def title(form: Form, name: str, values: Mapping[str, str]) -> str:
    """What the patient sees of the case in a list: the form's own title, else the template's name."""
    return fill(form.title, values) if form.title else name


def form_as_sent(row: models.Case, *, named: bool = True) -> Form:
    """The form with its placeholders filled in, the same for ever; the patient's only if `named`."""
    form = published_form(row.template_version.form)
    given = json.loads(row.given)
    if not named:
        given.pop(Given.PATIENT, None)
    return form.filled({**given, **form.box_values(json.loads(row.written))})
