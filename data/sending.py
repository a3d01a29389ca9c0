"""What makes a case of a draft: for `cases.send` to one patient, and `mailings.send` to many.

A `Letter` is all that is the same for everybody who gets it: it is checked once, whoever many they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from data.case_forms import published_form, title
from data.case_rows import next_id
from data.domain.errors import Conflict, Invalid, Message, Problem, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.placeholders import Given, given
from data.domain.roles import StaffActor
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.drafts import Draft
from data.operation import now, store, today
from data.store import models, search
from data.store.models import PatientRow
from data.store.prepared import Prepared, insert, insert_unless
from data.store.search_tokens import CaseText, words_written
from data.template_rows import PublishedTemplate, clinics_version

if TYPE_CHECKING:
    from data.domain.answers import Checked
    from data.domain.forms import Form

REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
"""No vowels (no words by accident), and nothing that is mistaken for another sign when read aloud."""

UNREACHABLE = Message("The patient can't be reached digitally: phone or write a letter instead")

_as_json = json.JSONEncoder(ensure_ascii=False).encode


class Letter(Frozen):
    """A draft that can be sent, without those whom it goes to. `written`: what staff wrote, as the table has
    it, and `found_by` its words that cases are found by; `given`: what placeholders stand for, with the name
    of one of the patients."""

    actor: StaffActor
    template: PublishedTemplate
    written: str
    found_by: tuple[str, ...]
    signature: str
    given: dict[str, str]
    date: date
    moment: datetime

    def columns(self, patient: PatientRow, key: str) -> dict[str, object]:
        """The row of one patient's case, all but its id and its reference."""
        template, values = self.template, {**self.given, Given.PATIENT: patient.name}
        return {
            "key": key,
            "clinic": self.actor.clinic_id,
            "sender": self.actor.staff_id,
            "patient": patient.id,
            "template_version": template.version_id,
            "answerable": template.form.answerable,
            "title": title(template.form, template.name, values),
            "written": self.written,
            "given": _as_json(values),
            "signature": self.signature,
            "sent_at": self.moment,
        }

    def text(self, patient: PatientRow, reference: str) -> CaseText:
        """What one patient's case is found by."""
        return CaseText(
            clinic=self.actor.clinic_id,
            sender=self.actor.staff_id,
            version=self.template.version_id,
            name=patient.name_folded,
            number=patient.number,
            reference=fold(reference),
            words=self.found_by,
        )


def letter_of(actor: StaffActor, draft: Draft, names: Iterable[str], faults: Iterable[Problem]) -> Letter:
    """The draft as it goes to patients of these names.

    Raises `Invalid` naming each white box (by item id), the template or the signature at fault, together
    with `faults`, those of the patients.
    """
    template = _template(actor, draft)
    form = template.form
    checked = checked_words(form, draft)
    signature = clean(draft.signature, limit=LINE_LIMIT)
    problems = [*checked.problems, *faults]
    if not signature:
        problems.append(Problem("signature", Message("Sign the message with your name")))
    date_here = today(actor)
    # A name that is missing is missing from one case only, but from no less than that.
    values = given(patient=min(names), clinic=actor.clinic_name, signature=signature, date=date_here)
    known = {key for key, value in values.items() if value} | form.box_values(checked.values).keys()
    reported = {problem.field for problem in problems}
    problems += [problem for problem in form.unfilled(known) if problem.field not in reported]
    if problems:
        raise Invalid(*problems)
    return Letter(
        actor=actor,
        template=template,
        written=_as_json(checked.values),
        found_by=words_written(checked.values),
        signature=signature,
        given=values,
        date=date_here,
        moment=now(),
    )


def store_case(letter: Letter, patient: PatientRow, key: str) -> tuple[int, str]:
    """Store the case of one patient, and let it be found; its id and reference."""
    columns, known_id = letter.columns(patient, key), next_id()
    if known_id is not None:
        columns["id"] = known_id
    case_id = None
    while case_id is None:
        reference = _reference()
        case_id = insert_unless(models.Case, models.Case.reference, reference=reference, **columns)
    search.add_new({case_id: letter.text(patient, reference)})
    return case_id, reference


def finish(letter: Letter, draft: Draft) -> None:
    """The draft is sent: it is gone, and its template stands first the next time."""
    staff, template = letter.actor.staff_id, letter.template.template_id
    if not _used_again.do(letter.moment, staff, template):
        insert(models.TemplateUse, staff=staff, template=template, used_at=letter.moment)
    _no_draft.do(draft.id)


_used_again = Prepared(
    lambda moment, staff, template: models.TemplateUse.update(
        {models.TemplateUse.used_at: moment.stored_as(models.TemplateUse.used_at)}
    ).where(models.TemplateUse.staff == staff, models.TemplateUse.template == template)
)

_no_draft = Prepared(lambda draft: models.Draft.delete().where(models.Draft.id == draft))


def sent_before(actor: StaffActor, key: str) -> models.Case | None:
    """The case that the actor has sent with this key already; None when there is none."""
    case = models.Case
    return case.get_or_none(case.key == key, case.sender == actor.staff_id, case.clinic == actor.clinic_id)


def check_same_words(first: models.Case, draft: Draft) -> None:
    """Raises `Conflict` when a case that was sent with the draft's key says something else: other words must
    not be taken for sent."""
    checked = checked_words(published_form(first.template_version.form), draft)
    again = (
        draft.template and draft.template.version_id,
        checked.values,
        clean(draft.signature, limit=LINE_LIMIT),
    )
    if again != (first.template_version_id, json.loads(first.written), first.signature):
        raise sent_otherwise(first)


def sent_otherwise(first: models.Case) -> Conflict:
    """That the draft was sent already, and not as it is here."""
    return Conflict(
        Message(
            "Case {reference} was sent from another of your terminals, with other words",
            reference=first.reference,
        )
    )


def checked_words(form: Form, draft: Draft) -> Checked:
    """Texts for the boxes of a template that was chosen earlier stay in the draft, and are not sent."""
    from data.domain.answers import Writer, check  # noqa: PLC0415 - pydantic costs every start

    written = draft.written
    asked = {box.id: written[box.id] for box in form.white_boxes if box.id in written}
    return check(form, asked, Writer.STAFF)


def new_references(count: int) -> list[str]:
    """References that no case has, each once."""
    free = dict[str, None]()
    while len(free) < count:
        made = {_reference(): None for _one in range(count - len(free))}
        for (taken,) in _taken(list(made)):
            made.pop(taken, None)
        free.update(made)
    return list(free)


_taken = Prepared(
    lambda references: models.Case.select(models.Case.reference).where(
        references.lists(models.Case.reference)
    )
)


def _reference() -> str:
    signs = store().signs(REFERENCE_ALPHABET, 7)
    return f"{signs[:3]}-{signs[3:]}"


def _template(actor: StaffActor, draft: Draft) -> PublishedTemplate:
    if draft.template is None:
        raise invalid("template", "Choose a template")
    template, in_use = clinics_version(actor, draft.template.version_id)
    if not in_use:
        raise invalid("template", "The template has been changed or retired: go back and choose again")
    return template
