"""Cases: send, list, open. A case is a template's version, what staff wrote, and the patient's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from peewee import fn

from data import audit, case_rows, protected
from data.case_forms import form_as_sent, title
from data.case_rows import CaseFilter, CaseRow, Hold, all_rows, hold_of, left_out, next_id, page, shown_to
from data.domain.answers import Answers, Checked, Writer, check
from data.domain.errors import Conflict, Invalid, Message, Problem, invalid
from data.domain.form_problems import unfilled
from data.domain.forms import LINE_LIMIT, Form
from data.domain.paging import Edge, Page
from data.domain.placeholders import given
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.drafts import Draft, current_row
from data.operation import now, operation, store, today
from data.patients import Patient, as_value
from data.store import models
from data.templates import clinics_version

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the newest entry of the access log may lie ahead of this computer's clock."""

REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
"""No vowels (no words by accident), and nothing that is mistaken for another sign when read aloud."""


class Case(Frozen):
    """A case as the clinic sees it; `title` is what the patient sees instead of the template's name.

    `template_number` says which version of the template it was sent with: answers belong to that one.
    """

    id: int
    reference: str
    patient: Patient
    template: str
    template_number: int
    title: str
    form: Form
    written: Answers
    signature: str
    sender: str
    sent_at: datetime
    read_at: datetime | None
    answered_at: datetime | None
    answers: Answers | None
    version: int
    closed_at: datetime | None
    closed_by: str
    """Who closed it; empty while it is open."""
    hold: Hold | None


class SentCase(Frozen):
    """The receipt of a sending."""

    id: int
    reference: str
    patient: Patient
    template: str
    answerable: bool
    sent_at: datetime


class News(Frozen):
    """Whether anything happened: `token` differs after a change by someone else.

    `unseen` counts answers that their sender has not opened, `drafts` the sender's unfinished cases.
    `clock_behind`: this computer's clock was set back, or is wrong, and gives the access log wrong times
    (OWASP ASVS 5.0, 16.2.2).
    """

    token: int
    unseen: int
    drafts: int
    clock_behind: bool


@operation(role=Role.CARE_PROVIDER, event="case.sent")
def send(actor: StaffActor, draft: Draft, key: str) -> SentCase:
    """Send a draft to its patient, once for each key: a repeat returns the first receipt.

    Raises `Invalid` naming each white box (by item id), the template or the patient (`number`) at fault;
    `Conflict` when another terminal of the sender saved the draft, or sent it with other words, after it
    was read here; `NotFound` when the draft was discarded there; `ReasonNeeded` for a patient with protected
    identity. Nothing is lost: `draft` is still whole.
    """
    first = models.Case.get_or_none(
        models.Case.key == key,
        models.Case.sender == actor.staff_id,
        models.Case.clinic == actor.clinic_id,
    )
    if first is not None:
        return _repeated(actor, first, draft)
    patient = current_row(actor, draft).patient
    audit.about(patient=patient.id)
    protected.require(actor, patient)
    version = _version(actor, draft)
    form = Form.model_validate_json(version.form)
    checked = _check(form, draft)
    signature = clean(draft.signature, limit=LINE_LIMIT)
    problems = list(checked.problems)
    if not patient.reachable:
        problems.append(
            Problem(
                "number", Message("The patient can't be reached digitally: phone or write a letter instead")
            )
        )
    if not signature:
        problems.append(Problem("signature", Message("Sign the message with your name")))
    values = given(patient=patient.name, clinic=actor.clinic_name, signature=signature, date=today(actor))
    known = {key for key, value in values.items() if value} | form.box_values(checked.values).keys()
    reported = {problem.field for problem in problems}
    problems += [problem for problem in unfilled(form, known) if problem.field not in reported]
    if problems:
        raise Invalid(*problems)
    moment = now()
    row = models.Case.create(
        id=next_id(),
        reference=_new_reference(),
        key=key,
        clinic=actor.clinic_id,
        sender=actor.staff_id,
        patient=patient.id,
        template_version=version.id,
        answerable=form.answerable,
        title=title(form, version.name, values),
        written=_json(checked.values),
        given=_json(values),
        signature=signature,
        sent_at=moment,
    )
    use = models.TemplateUse
    use.delete().where(use.staff == actor.staff_id, use.template == version.template_id).execute()
    use.create(staff=actor.staff_id, template=version.template_id, used_at=moment)
    models.Draft.delete().where(models.Draft.id == draft.id).execute()
    audit.about(case=row.id)
    return _receipt(actor, row)


@operation(role=Role.CARE_PROVIDER, event="cases.listed_mine")
def list_mine(actor: StaffActor, wanted: CaseFilter, edge: Edge) -> Page[CaseRow]:
    """A page of the cases that the actor sent, newest first; recorded as `case_rows.page` says."""
    return page(actor, all_rows().where(models.Case.sender == actor.staff_id), wanted, edge)


@operation(role=Role.CARE_PROVIDER, event="cases.listed_assigned")
def list_assigned(actor: StaffActor, wanted: CaseFilter, edge: Edge) -> Page[CaseRow]:
    """A page of all cases of the clinic that the actor may see in a list, whoever sent them, newest first."""
    return page(actor, all_rows().where(shown_to(actor)), wanted, edge)


@operation(role=Role.CARE_PROVIDER, event=None)
def count_left_out(actor: StaffActor) -> int:
    """How many cases of the clinic `list_assigned` leaves out, since the patient's identity is protected.

    Without regard to any filter: a search for a name must not be answered by a number. Not recorded, since it
    tells of nobody.
    """
    return left_out(actor)


@operation(role=Role.CARE_PROVIDER, event=None)
def news(actor: StaffActor) -> News:
    """What a list asks every second or two; holds no patient data, hence not recorded."""
    unseen = (
        models.Case.select()
        .where(
            models.Case.sender == actor.staff_id,
            models.Case.clinic == actor.clinic_id,
            models.Case.answered_at.is_null(False),
            models.Case.answer_seen_at.is_null(),
        )
        .count()
    )
    unfinished = models.Draft.select().where(
        models.Draft.staff == actor.staff_id, models.Draft.clinic == actor.clinic_id
    )
    newest = models.AccessLog.select(fn.MAX(models.AccessLog.at)).scalar()
    return News(
        token=store().changes(),
        unseen=unseen,
        drafts=unfinished.count(),
        clock_behind=newest is not None and newest - now() > CLOCKS_DIFFER,
    )


@operation(role=Role.CARE_PROVIDER, event="case.opened")
def open_case(actor: StaffActor, case_id: int) -> Case:
    """One case of the clinic. Opened by its sender, the answer counts as seen.

    Raises `NotFound`, and `ReasonNeeded` for a patient with protected identity.
    """
    row = case_rows.of_clinic(actor, case_id)
    protected.require(actor, row.patient, row.id)
    if row.answered_at and not row.answer_seen_at and row.sender_id == actor.staff_id:
        row.answer_seen_at = now()
        row.save(only=[models.Case.answer_seen_at])
    return Case(
        id=row.id,
        reference=row.reference,
        patient=as_value(actor, row.patient),
        template=row.template_version.name,
        template_number=row.template_version.number,
        title=row.title,
        form=form_as_sent(row),
        written=json.loads(row.written),
        signature=row.signature,
        sender=row.sender.name,
        sent_at=row.sent_at,
        read_at=row.read_at,
        answered_at=row.answered_at,
        answers=json.loads(row.answers) if row.answers else None,
        version=row.version,
        closed_at=row.closed_at,
        closed_by=row.closed_by.name if row.closed_by else "",
        hold=hold_of(row),
    )


def _repeated(actor: StaffActor, first: models.Case, draft: Draft) -> SentCase:
    """The first receipt for the same message again; other words must not be taken for sent."""
    checked = _check(Form.model_validate_json(first.template_version.form), draft)
    again = (
        draft.patient.id,
        draft.template and draft.template.version_id,
        checked.values,
        clean(draft.signature, limit=LINE_LIMIT),
    )
    sent = (first.patient_id, first.template_version_id, json.loads(first.written), first.signature)
    if again != sent:
        raise Conflict(
            Message(
                "Case {reference} was sent from another of your terminals, with other words",
                reference=first.reference,
            )
        )
    version = first.template_version
    audit.about(
        patient=first.patient_id,
        case=first.id,
        template=version.template_id,
        name=version.name,
        repeated=True,
    )
    return _receipt(actor, first)


def _check(form: Form, draft: Draft) -> Checked:
    """Texts for the boxes of a template that was chosen earlier stay in the draft, and are not sent."""
    boxes = {box.id for box in form.white_boxes}
    written = {item: text for item, text in draft.written.items() if item in boxes}
    return check(form, written, Writer.STAFF)


def _version(actor: StaffActor, draft: Draft) -> models.TemplateVersion:
    if draft.template is None:
        raise invalid("template", "Choose a template")
    version = clinics_version(actor, draft.template.version_id)
    if version.template.retired or version.number != version.template.published_number:
        raise invalid("template", "The template has been changed or retired: go back and choose again")
    return version


def _new_reference() -> str:
    while True:
        signs = store().signs(REFERENCE_ALPHABET, 7)
        reference = f"{signs[:3]}-{signs[3:]}"
        if not models.Case.select().where(models.Case.reference == reference).exists():
            return reference


def _receipt(actor: StaffActor, row: models.Case) -> SentCase:
    return SentCase(
        id=row.id,
        reference=row.reference,
        patient=as_value(actor, row.patient),
        template=row.template_version.name,
        answerable=row.answerable,
        sent_at=row.sent_at,
    )


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)
