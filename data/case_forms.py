"""The form of a case: its template's version, with the words that stood for placeholders when it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from data.domain.forms import Form
from data.domain.placeholders import fill
from data.store import models


def title(form: Form, name: str, values: Mapping[str, str]) -> str:
    """What the patient sees of the case in a list: the form's own title, else the template's name."""
    return fill(form.title, values) if form.title else name


def form_as_sent(row: models.Case) -> Form:
    """The form with its placeholders filled in, the same for ever."""
    form = Form.model_validate_json(row.template_version.form)
    return form.filled({**json.loads(row.given), **form.box_values(json.loads(row.written))})
