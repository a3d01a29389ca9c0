"""Short signs with a fixed meaning, the same on every screen; none is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.i18n import _

if TYPE_CHECKING:
    from data.case_rows import CaseRow
    from data.patients import Patient

PROTECTED = "◆"
"""Protected identity (skyddade personuppgifter)."""

UNSEEN = "●"
"""An answer that its sender has not opened."""

CLOSED = "A"
"""A closed case (avslutad): a letter, as L is read and S answered."""


def status_letters(row: CaseRow) -> str:
    """L for read, S for answered, A for closed, and a dot while its sender has not seen the answer."""
    stood = {"L": row.read_at or row.answered_at, "S": row.answered_at, CLOSED: row.closed_at}
    letters = " ".join(letter for letter, at in stood.items() if at)
    if not row.unseen:
        return letters
    # In the six cells of the column there is no room for a space before the dot as well as for three letters.
    return f"{letters}{UNSEEN}" if row.closed_at else f"{letters} {UNSEEN}"


def kind_words(answerable: bool) -> str:
    """(Fråga) for what can be answered, else (Information)."""
    return _("(Question)") if answerable else _("(Information)")


def version_title(number: int) -> str:
    """Which version of a template: version 2."""
    return _("version {number}").format(number=number)


def name_with_mark(name: str, protected: bool) -> str:
    """A patient's name, with the sign of protected identity before it."""
    return f"{PROTECTED} {name}" if protected else name


def patient_line(patient: Patient) -> str:
    """Name, number and age on one line."""
    age = () if patient.age is None else (_("{age} years").format(age=patient.age),)
    return " · ".join([name_with_mark(patient.name, patient.protected), str(patient.number), *age])


def attention(patient: Patient) -> Iterator[str]:
    """What must not be overlooked about a patient, one sentence each."""
    if patient.protected:
        yield _("Protected identity: say nothing about where the patient lives or can be reached")
        if patient.reason:
            yield _("Your reason: {reason}").format(reason=patient.reason)
    if not patient.reachable:
        yield _("The patient can't be reached digitally: phone or write a letter instead")
