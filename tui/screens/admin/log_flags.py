"""Why an entry of the access log deserves a look, in words; none is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator

from data.log_flags import DAY_BEGINS, DAY_ENDS, FAILURES_LEAST, MANY_LEAST, Flag
from data.log_rows import LogRow
from tui.i18n import N_, _

FLAGGED = "!"

SHORT_WORDS = {
    Flag.OWN: N_("own"),
    Flag.COLLEAGUE: N_("colleague"),
    Flag.REFUSED: N_("refused"),
    Flag.MANY: N_("many"),
    Flag.FAILURES: N_("failures"),
    Flag.PROTECTED: N_("protected"),
    Flag.HOURS: N_("hours"),
}
"""Gettext ids for a column of a list."""

LONG_WORDS = {
    Flag.OWN: N_("The patient has the same name as the person: their own data?"),
    Flag.COLLEAGUE: N_("The patient has the name of someone who works here"),
    Flag.REFUSED: N_("It was tried and not allowed"),
    Flag.MANY: N_("The person fetched {many} patients or more that day whom they sent nothing"),
    Flag.FAILURES: N_("At least {failures} failures in a row to sign in, within an hour"),
    Flag.PROTECTED: N_("The patient has a protected identity"),
    Flag.HOURS: N_("On a weekend, or outside {begins} to {ends}"),
}
"""Gettext ids that explain."""


def flag_words(row: LogRow) -> str:
    """The weightiest flag with its sign, and how many more there are; empty for an entry without."""
    if not row.flags:
        return ""
    more = f" +{len(row.flags) - 1}" if len(row.flags) > 1 else ""
    return f"{FLAGGED} {_(SHORT_WORDS[row.flags[0]])}{more}"


def flag_lines(row: LogRow) -> Iterator[str]:
    """Each flag explained."""
    for flag in row.flags:
        words = _(LONG_WORDS[flag]).format(
            many=MANY_LEAST,
            failures=FAILURES_LEAST,
            begins=f"{DAY_BEGINS:%H:%M}",
            ends=f"{DAY_ENDS:%H:%M}",
        )
        yield f"{FLAGGED} {words}"
