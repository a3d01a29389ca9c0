"""A terminal that sends and answers until it is killed, and goes on where its journal ends.

It writes to the journal what it is about to send, and what has been acknowledged: what an operation returned.
"""

from __future__ import annotations

import json
import os
import pickle
import random
from base64 import b64decode, b64encode
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from signal import SIGKILL
from typing import Any

from data import cases, drafts, inbox
from data.domain.answers import Answers
from data.domain.roles import StaffActor
from data.patients import Patient
from data.store.database import open_store
from data.store.keys import EncryptionKey
from tests.conftest import Clinic

UNTOLD = 0.02
"""How often a writer dies between doing and telling, beside those that are killed: that moment is short."""


@dataclass(frozen=True)
class Desk:
    """Who sends what to whom, in which file. One desk to each sender and patient: they share a draft."""

    database: Path
    key: EncryptionKey | None
    journal: Path
    clinic: Clinic
    sender: str
    """By user name."""
    patient: Patient

    def told(self) -> list[dict[str, Any]]:
        """The journal's lines; one that was cut off when the writer was killed is none."""
        try:
            whole, _, _ = self.journal.read_bytes().rpartition(b"\n")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in whole.splitlines()]


def work(desk: Desk, goes_on: bool) -> None:
    """Finish what was begun; then, if it `goes_on`, send, open and answer one case after another for ever."""
    store = open_store(desk.database, key=desk.key)
    told = desk.told()
    people = _People(desk)
    last = told[-1] if told else {"did": "answered"}
    if last["did"] == "sends":
        draft = pickle.loads(b64decode(last["draft"]))  # noqa: S301 - its own
        people.answer(people.send(draft), last["text"])
    elif last["did"] in {"sent", "opened"}:
        people.answer(last["case"], last["text"])
    for number in count(len(told)) if goes_on else ():
        text = f"{desk.journal.stem} {number}"
        people.answer(people.send(people.write(text)), text)
    store.close()


def answers_to(text: str) -> Answers:
    """What the patient answers to a case with that text."""
    return {"ok": True, "ovrigt": f"Svar på {text}"}


class _People:
    """The sender and the patient, signed in to the open database, and what they are told."""

    def __init__(self, desk: Desk) -> None:
        self.template = desk.clinic.question
        self.sender: StaffActor = getattr(desk.clinic, desk.sender)
        self.patient = desk.clinic.as_patient(desk.patient)
        self.journal = os.open(desk.journal, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        os.truncate(desk.journal, desk.journal.read_bytes().rfind(b"\n") + 1)  # a line that was cut off

    def write(self, text: str) -> drafts.Draft:
        """A draft that is about to be sent."""
        draft = drafts.begin(self.sender, self.patient.patient_id)
        edit = {"template": self.template, "written": {"dos": text}}
        draft = drafts.save(self.sender, draft.model_copy(update=edit))
        self._note(did="sends", text=text, draft=b64encode(pickle.dumps(draft)).decode())
        return draft

    def send(self, draft: drafts.Draft) -> int:
        """The id of the draft's case."""
        receipt = cases.send(self.sender, draft, draft.key)
        self._note(did="sent", case=receipt.id, reference=receipt.reference, text=draft.written["dos"])
        return receipt.id

    def answer(self, case: int, text: str) -> None:
        """Open and answer as the patient, and look at it as the sender."""
        inbox.open_letter(self.patient, case)
        self._note(did="opened", case=case, text=text)
        inbox.answer(self.patient, case, answers_to(text))
        self._note(did="answered", case=case, text=text)
        cases.open_case(self.sender, case)

    def _note(self, **line: object) -> None:
        """Add a line to the journal; the system outlives a kill, so that it need not be synced."""
        if random.random() < UNTOLD:
            os.kill(os.getpid(), SIGKILL)
        os.write(self.journal, json.dumps(line).encode() + b"\n")
