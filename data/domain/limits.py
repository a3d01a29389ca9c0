"""How much of something there may be: for whoever takes in text without knowing what a form is."""

from __future__ import annotations

LINE_LIMIT = 300
"""Characters of one line."""

TEXT_LIMIT = 8_000
"""Characters of a text of several lines."""

TYPED_LIMIT = 100_000
"""Characters of one unfinished text: far more than may be sent, so that a draft loses nothing of it."""

ITEM_LIMIT = 500
"""Items of a form."""

ID_LIMIT = 64
"""Characters of an item's id."""
