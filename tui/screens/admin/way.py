"""The way through Administration, as breadcrumbs say it."""

from __future__ import annotations

from tui.bindings import PLACES
from tui.i18n import _


def administration(*places: str) -> list[str]:
    """Translated names: Administration, then those of `places` (keys of `PLACES`)."""
    return [_(PLACES[place].title) for place in ("admin", *places)]


def templates_way() -> list[str]:
    """The way to the templates: cases have settings of their own, of which templates are the first."""
    admin, templates = administration("templates")
    return [admin, _("Cases"), templates]
