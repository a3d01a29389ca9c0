"""A patient's extract of the access log as a text to read and to print."""

from __future__ import annotations

from collections.abc import Iterator

from data.log_extract import Extract, ExtractLine
from tui.i18n import N_, _, ngettext
from tui.screens.admin.events import event_words
from tui.widgets.marks import PROTECTED
from tui.widgets.plain import guard, pad

_WHO = {
    "staff": N_("staff"),
    "patient": N_("you yourself"),
    "another_patient": N_("another patient"),
    "operator": N_("operator"),
    "visitor": N_("not signed in"),
}
"""Gettext ids of who acted, where no name is given."""

_GAP = "  "


def extract_text(extract: Extract) -> str:
    """The extract in the chosen language, each line safe to show; times are those of the clinics."""
    return "".join(f"{guard(line, lines=False).rstrip()}\n" for line in _text(extract))


def _text(extract: Extract) -> Iterator[str]:
    yield _("Extract of the access log")
    yield f"{extract.name}, {extract.number}"
    if extract.protected:
        yield f"{PROTECTED} " + _("Protected identity: hand it to nobody but the patient")
    yield _period(extract)
    yield _("Made: {moment}").format(moment=f"{extract.made_at:%Y-%m-%d %H:%M %Z}")
    yield ""
    yield from _table(extract)
    yield ""
    count = len(extract.lines)
    yield ngettext("{n} access", "{n} accesses", count).format(n=count)
    yield _("Each line says when, from which clinic and by whom, and what was done. Ask if you wonder.")


def _period(extract: Extract) -> str:
    if extract.first is None and extract.last is None:
        return _("Period: all that is kept")
    return _("Period: {first} to {last}").format(first=extract.first or "…", last=extract.last or "…")


def _table(extract: Extract) -> Iterator[str]:
    """Columns as wide as what stands in them."""
    titles = (_("Time"), _("Clinic"), _("By"), _("What"))
    rows = [titles, *map(_cells, extract.lines)]
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    for *cells, what in rows:
        padded = (pad(cell, width) for cell, width in zip(cells, widths, strict=True))
        yield _GAP.join([*padded, what])


def _cells(line: ExtractLine) -> tuple[str, ...]:
    what = event_words(line.event)
    if line.case:
        what = _("{what}, case {reference}").format(what=what, reference=line.case)
    if not line.allowed:
        what = _("Refused: {what}").format(what=what)
    who = _(_WHO[line.actor_kind]) if line.actor_kind in _WHO else line.actor_kind
    if line.person:
        who = line.person
    return f"{line.at:%Y-%m-%d %H:%M:%S %Z}", line.clinic or "–", who, what
