"""FHIR's JSON as text, with every decimal as it is: Python's own `json` can only write floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import simplejson


def written(resource: Mapping[str, Any]) -> bytes:
    """The resource as a file holds it: UTF-8, indented so that people can read and compare it."""
    text = simplejson.dumps(resource, ensure_ascii=False, indent=2, use_decimal=True, allow_nan=False)
    return f"{text}\n".encode()
