"""The base of values that check themselves: what is read from files, forms and tables as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Validated(BaseModel):
    """An immutable value whose parts are checked when it is read; a field that it does not know is an error.

    A model takes milliseconds to make, and pydantic a tenth of a second to import: what a list or the sign-in
    screen shows is a `data.domain.value.Frozen`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
