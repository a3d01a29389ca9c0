"""The patient's side: sign in with a code, read, answer once. Patients reach nothing but their own cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from data import audit
from data.case_forms import form_as_sent
from data.domain.answers import Answers, Writer, check, kept
from data.domain.errors import Conflict, Invalid, Message, NotFound, NotYours, invalid
from data.domain.forms import AnyItem, Choice, Form, WhiteBox, mapped
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge, Page
from data.domain.roles import PatientActor, Role, Visitor
from data.domain.secret import matches
from data.domain.session import Ended, Standing
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import now, operation, outside, to_change
from data.store import models, search
from data.store.paging import rows_at


class LetterRow(Frozen):
    """A line of the patient's inbox; `begun` when answers were filled in but not submitted."""

    id: int
    sent_at: datetime
    clinic: str
    title: str
    answerable: bool
    read_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    begun: bool


class Letter(Frozen):
    """A case as its patient sees it, without words to staff, and scores and points that are staff's alone.

    `typed` is what was filled in but not submitted; `answers` what was submitted, None before.
    """

    id: int
    clinic: str
    title: str
    form: Form
    written: Answers
    signature: str
    sent_at: datetime
    read_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    typed: dict[str, object]
    typed_version: int
    answers: Answers | None


class TypedElsewhere(Conflict):
    """The patient has filled in something else at another terminal; both are still there."""


@operation(role=Role.VISITOR, event="patient.signed_in")
def sign_in(actor: Visitor, number: PersonalIdentityNumber, code: str) -> PatientActor | None:  # noqa: ARG001
    """The patient, if the code is the one that was issued, has tries left and is not too old; else None.

    A code works once, for a short while, and each wrong try uses one up, at however many terminals they are
    made (OWASP ASVS 5.0, 6.5.1, 6.6.3). A number without a code costs the same work as one with.
    """
    patient = models.Patient.get_or_none(models.Patient.number == number.digits)
    issued = to_change(models.PatientCode, models.PatientCode.patient == patient) if patient else None
    alive = issued if issued and issued.tries_left > 0 and issued.expires_at > now() else None
    right = outside(matches, clean(code, limit=20).replace(" ", ""), alive.code_hash if alive else None)
    if patient is None or alive is None or not right:
        if alive is not None:
            alive.tries_left -= 1
            alive.save()
        audit.instead("patient.sign_in_failed")
        audit.about(patient=patient.id if patient else None, number=str(number))
        return None
    alive.delete_instance()
    found = PatientActor(patient_id=patient.id, number=number, name=patient.name, signed_in_at=now())
    audit.instead("patient.signed_in", actor=found)
    return found


@operation(role=Role.PATIENT, event="patient.signed_out", standing=Standing.ENDED)
def sign_out(actor: PatientActor, ended: Ended | None = None) -> None:  # noqa: ARG001
    """Record that the patient has left, or that the program ended the session for a reason."""
    if ended:
        audit.about(ended=ended)


@operation(role=Role.PATIENT, event="inbox.listed", repeatable=True)
def list_mine(actor: PatientActor, edge: Edge) -> Page[LetterRow]:
    """A page of the patient's own messages, the unread first and then the newest; recorded when it is read
    from an end. One patient's messages are few, so they are sorted at each read."""
    query = (
        models.Case.select(models.Case, models.Clinic.name)
        .join_from(models.Case, models.Clinic)
        .where(models.Case.patient == actor.patient_id)
    )
    unread = models.Case.read_at.is_null()
    found, at_start, at_end = rows_at(query, models.Case.sent_at, models.Case.id, edge, ahead=unread)
    drafts = models.AnswerDraft.select().where(models.AnswerDraft.case.in_([row.id for row in found]))
    begun = {draft.case_id for draft in drafts}
    if edge.at is not None:
        audit.instead(None)
    rows = tuple(
        LetterRow(
            id=row.id,
            sent_at=row.sent_at,
            clinic=row.clinic.name,
            title=row.title,
            answerable=row.answerable,
            read_at=row.read_at,
            answered_at=row.answered_at,
            closed_at=row.closed_at,
            begun=row.id in begun,
        )
        for row in found
    )
    return Page[LetterRow](rows=rows, at_start=at_start, at_end=at_end)


@operation(role=Role.PATIENT, event="inbox.opened", repeatable=True)
def open_letter(actor: PatientActor, case_id: int) -> Letter:
    """One of the patient's own messages; the first opening marks it read (L). Raises `NotFound`."""
    row = _own(actor, case_id)
    if row.read_at is None:
        row.read_at = now()
        row.save(only=[models.Case.read_at])
    return _letter(row)


@operation(role=Role.PATIENT, event="inbox.draft_saved")
def save_typed(
    actor: PatientActor, case_id: int, typed: Mapping[str, object], version: int | None = 0
) -> int:
    """Keep what the patient has filled in so far; what is no answer to a question is left out.

    `version` is the `Letter.typed_version` that was read, 0 when nothing was kept then; None stores over
    whatever is kept. Returns the new one. Raises `Conflict` once the case is answered, and `TypedElsewhere`
    when the patient has gone on at another terminal since.
    """
    row = _own(actor, case_id)
    if row.answered_at is not None:
        raise Conflict(Message("You have answered already: the answers can't be changed"))
    stored = json.dumps(kept(form_as_sent(row), typed, Writer.PATIENT), ensure_ascii=False)
    draft = models.AnswerDraft.get_or_none(models.AnswerDraft.case == row)
    if draft is None:
        return int(models.AnswerDraft.create(case=row, typed=stored, changed_at=now()).version)
    if draft.typed == stored:
        audit.instead(None)
        return int(draft.version)
    if version is not None and draft.version != version:
        raise TypedElsewhere(Message("You went on with these answers at another terminal"))
    draft.typed, draft.changed_at, draft.version = stored, now(), draft.version + 1
    draft.save()
    return int(draft.version)


@operation(role=Role.PATIENT, event="inbox.answered", repeatable=True)
def answer(actor: PatientActor, case_id: int, typed: Mapping[str, object]) -> Letter:
    """Submit the answers, once (S). The same answers again return the first result.

    Raises `Invalid` naming each question by its id, and `Conflict` for other answers after the first and for
    a case that the clinic has closed; what was kept of half an answer is then still there.
    """
    row = _own(actor, case_id)
    form = form_as_sent(row)
    if not form.answerable:
        raise invalid("answers", "This message can't be answered")
    checked = check(form, typed, Writer.PATIENT)
    if row.answered_at is not None:
        if not checked.problems and json.loads(row.answers or "{}") == checked.values:
            audit.about(repeated=True)
            return _letter(row)
        raise Conflict(Message("You have answered already: the answers can't be changed"))
    if row.closed_at is not None:
        raise Conflict(
            Message("The clinic has closed this message: it can't be answered. What you wrote is kept.")
        )
    if checked.problems:
        raise Invalid(*checked.problems)
    row.answered_at = now()
    row.read_at = row.read_at or row.answered_at
    row.answers = json.dumps(checked.values, ensure_ascii=False)
    row.version += 1
    with search.changing([row.id]):
        row.save()
    models.AnswerDraft.delete().where(models.AnswerDraft.case == row).execute()
    return _letter(row)


def _own(actor: PatientActor, case_id: int) -> models.Case:
    """One of the patient's own messages, to be changed."""
    row = to_change(models.Case, models.Case.id == case_id)
    missing = Message("There is no such message")
    if row is None:
        raise NotFound(missing)
    audit.about(patient=row.patient_id, case=row.id, clinic=row.clinic_id)
    if row.patient_id != actor.patient_id:
        audit.about(signed_in_as=str(actor.number))  # the entry is about the patient whose message it is
        raise NotYours(missing)
    return row


def _letter(row: models.Case) -> Letter:
    typed = models.AnswerDraft.get_or_none(models.AnswerDraft.case == row)
    return Letter(
        id=row.id,
        clinic=row.clinic.name,
        title=row.title,
        form=_as_patients_see(form_as_sent(row)),
        written=json.loads(row.written),
        signature=row.signature,
        sent_at=row.sent_at,
        read_at=row.read_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        typed=json.loads(typed.typed) if typed else {},
        typed_version=typed.version if typed else 0,
        answers=json.loads(row.answers) if row.answers else None,
    )


def _as_patients_see(form: Form) -> Form:
    scores = tuple(score for score in form.scores if score.shown_to_patient)
    summed = {question for score in scores for question in score.questions}

    def of_patients(item: AnyItem) -> AnyItem:
        if isinstance(item, WhiteBox):
            return item.model_copy(update={"help": "", "name": "", "default": ""})
        if isinstance(item, Choice) and item.id not in summed:
            options = tuple(option.model_copy(update={"points": None}) for option in item.options)
            return item.model_copy(update={"options": options})
        return item

    items = mapped(form.items, of_patients)
    return form.model_copy(update={"staff_instruction": "", "items": items, "scores": scores})
