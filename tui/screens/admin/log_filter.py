"""What an auditor types to narrow the access log, and what it means.

Words as they are, `person:anna patient:1912 from:2026-03-01 to:2026-03 kind:read`, days as `today`,
`yesterday` and `7d`, and `flagged`; in the language in use or in English.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.access_log import LogFilter, LogWord
from data.domain.errors import Message
from data.domain.log_kinds import LogKind, kind_of
from data.domain.text import fold
from tui.i18n import N_, _
from tui.screens.admin.events import EVENT_WORDS, events_called

FIELD_WORDS = {
    "person": N_("person"),
    "patient": N_("patient"),
    "first": N_("from"),
    "last": N_("to"),
    "kind": N_("kind"),
}
"""Gettext ids of what stands before the colon, by the field of `LogFilter`."""

KIND_WORDS = {
    LogKind.SIGN_IN: N_("sign-in"),
    LogKind.READ: N_("read"),
    LogKind.CHANGED: N_("changed"),
    LogKind.EXPORT: N_("export"),
    LogKind.ADMIN: N_("administration"),
    LogKind.REFUSED: N_("refused"),
}
"""Gettext ids of the kinds of entries."""

FLAGGED = N_("flagged")
TODAY = N_("today")
YESTERDAY = N_("yesterday")

_YEARS = range(1900, 3000)
_DAYS = re.compile(r"(?<!\S)([0-9]{1,4})(?:d| *(?:dagar|days))(?!\S)")
_TOKEN = re.compile(r'(\w+):(?:"([^"]*)"?|(\S*))|(\S+)')
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})?)?(?:-([0-9]{1,2})?)?")


@dataclass(frozen=True)
class Wanted:
    """What to list; or `fault`, what of it can't be understood."""

    words: tuple[LogWord, ...] = ()
    only: LogFilter = field(default_factory=LogFilter)
    fault: Message | None = None


class _NotUnderstood(Exception):  # noqa: N818 - it is caught where it is raised
    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def parse(text: str, today: date) -> Wanted:
    """Read what was typed; `today` is the clinic's. Of a date, the month or the day may be missing."""
    words: list[str] = []
    fields: dict[str, object] = {}
    try:
        for count in _DAYS.findall(text):
            fields["first"] = _days_back(today, int(count) - 1)
        for name, quoted, plain, word in _TOKEN.findall(_DAYS.sub(" ", text)):
            if name:
                _take(fields, name, quoted or plain, today)
            elif not _take_word(fields, fold(word), today):
                words.append(word)
    except _NotUnderstood as fault:
        return Wanted(fault=fault.message)
    only = LogFilter.model_validate(fields)
    return Wanted(tuple(LogWord(text=word, events=events_called(word)) for word in words), only)


def typed(fields: Mapping[str, str]) -> str:
    """The line that means the same as fields that were filled in, by the names of `FIELD_WORDS`."""
    parts = []
    for one, value in fields.items():
        name = _(FIELD_WORDS[one])
        if one in ("person", "patient"):
            parts += [f"{name}:{word}" for word in value.split()]
        elif value.strip():
            parts.append(f"{name}:{value.strip()}")
    return " ".join(parts)


def _take(fields: dict[str, object], name: str, value: str, today: date) -> None:
    known = {said: one for one, words in FIELD_WORDS.items() for said in _said(words)}
    of = known.get(fold(name))
    if of is None:
        raise _NotUnderstood(Message("There is no {name}: to narrow by; F1 says which there are", name=name))
    if not value:
        return
    if of == "kind":
        fields["kind"] = kind = _kind(value)
        fields["events"] = frozenset(event for event in EVENT_WORDS if kind_of(event) is kind)
    elif of in ("first", "last"):
        fields[of] = _day(value, today, last=of == "last")
    else:
        fields[of] = f"{fields.get(of, '')} {value}".strip()


def _take_word(fields: dict[str, object], word: str, today: date) -> bool:
    """Whether a word without a colon is one that has a meaning of its own."""
    if word in _said(FLAGGED):
        fields["flagged"] = True
    elif word in _said(TODAY) or word in _said(YESTERDAY):
        fields["first"] = fields["last"] = _days_back(today, int(word in _said(YESTERDAY)))
    else:
        return False
    return True


def _kind(value: str) -> LogKind:
    for kind, words in KIND_WORDS.items():
        if any(said.startswith(fold(value)) for said in _said(words)):
            return kind
    names = ", ".join(map(_, KIND_WORDS.values()))
    raise _NotUnderstood(Message("There is no kind {kind}, only {names}", kind=value, names=names))


def _day(value: str, today: date, *, last: bool) -> date:
    """A day; the first or the last of a month or year that is all there is."""
    if fold(value) in _said(TODAY) | _said(YESTERDAY):
        return _days_back(today, int(fold(value) in _said(YESTERDAY)))
    match = _DATE.fullmatch(value)
    try:
        year = int(match[1]) if match else 0
        if match is None or year not in _YEARS:
            raise ValueError
        month = int(match[2] or (12 if last else 1))
        return date(year, month, int(match[3] or (monthrange(year, month)[1] if last else 1)))
    except ValueError:
        raise _NotUnderstood(Message("{value} is no date: write it as in 2026-03-01", value=value)) from None


def _days_back(today: date, days: int) -> date:
    return today - timedelta(days=max(0, days))


def _said(words: str) -> set[str]:
    """A word with a meaning, in English and in the language in use."""
    return {fold(words), fold(_(words))}
