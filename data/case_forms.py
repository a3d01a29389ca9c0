"""The form of a case: its template's version, with the words that stood for placeholders when it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from data.domain.forms import Form
from data.domain.placeholders import Given, fill
from data.store import models


def title(form: Form, name: str, values: Mapping[str, str]) -> str:
    """What the patient sees of the case in a list: the form's own title, else the template's name."""
    return fill(form.title, values) if form.title else name


def form_as_sent(row: models.Case, *, named: bool = True) -> Form:
    """The form with its placeholders filled in, the same for ever; the patient's only if `named`."""
    form = Form.model_validate_json(row.template_version.form)
    given = json.loads(row.given)
    if not named:
        given.pop(Given.PATIENT, None)
    return form.filled({**given, **form.box_values(json.loads(row.written))})
