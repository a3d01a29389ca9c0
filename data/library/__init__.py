"""Example templates that are shipped with Omvänt, written in plain Swedish (klarspråk)."""

from __future__ import annotations

import json
from importlib.resources import files

from data.domain.forms import Form


def shipped() -> dict[str, Form]:
    """Every shipped template's form by its name, in the order of the files' names."""
    folder = files(__name__)
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name
    )
    contents = [json.loads(entry.read_text(encoding="utf-8")) for entry in found]
    return {content["name"]: Form.model_validate(content["form"]) for content in contents}
