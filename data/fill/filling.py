"""Making the file: the clinics by the operations that people use, then patients, cases and log in bulk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from data.domain.errors import Conflict, Message, invalid
from data.domain.roles import Role
from data.fill import clinics, people
from data.fill.beside import Writer, writing
from data.fill.history import SEED, Plan, first_day, history
from data.fill.index import Index
from data.fill.letters import Letter, letters
from data.fill.rows import TABLES, Job, stamp
from data.library import shipped
from data.store import log_keys
from data.store.copying import making, put
from data.store.database import open_store, path_of
from data.store.loading import Loading, loading
from data.store.log_walk import last_links
from data.store.place import beside
from data.store.store import Clock, Store, wall_clock

LEAST = 100
"""Cases: fewer would leave clinics without any."""

CASES_EACH = 5
"""Cases for each patient, on average."""

Progress = Callable[[Message, float], None]
"""Hears what is being done, and which part of all is done, from 0 to 1."""

_COMMON = (
    "Ordination", "Meddelande om provsvar", "Frågor inför besök", "Kallelse med frågor",
    "Recept förnyat", "Påminnelse om provtagning", "Ombokad tid", "Uppföljning efter besök",
)  # fmt: skip
"""The library's templates that are sent most, the commonest first."""

_DRAFTS = 2
"""Unfinished cases of each sender."""

_AT_ONCE = 5_000


def fill(
    path: Path, cases: int, *, clock: Clock = wall_clock, progress: Progress = lambda _what, _share: None
) -> None:
    """Make a database with so many cases at `path`, and the file of its access log's keys beside it.

    Raises `Invalid` for fewer than `LEAST`, `Conflict` when there is such a file already, and `Unavailable`
    for what the system refuses. Cut off, it leaves no file that looks whole.
    """
    if cases < LEAST:
        raise invalid("cases", "Write a number of cases from {least}", least=LEAST)
    path = path_of(path)
    for one in (path, log_keys.path_beside(path)):
        if one.exists():
            raise Conflict(Message("There is a file at {path} already", path=one))
    with _unfinished(path) as (fresh, rows):
        job, sets = _begun(fresh, cases, clock(), progress)
        with writing(job, rows) as writer, loading(fresh) as file:
            _Bulk(file, job, sets, progress).put_in(writer, rows)
        progress(_WORDS["disk"], 0.98)
        _name(fresh, path)


_WORDS = {
    "clinics": Message("Clinics, staff and templates"),
    "patients": Message("Patients"),
    "cases": Message("Cases and the access log"),
    "copying": Message("Putting them together"),
    "indexes": Message("The database's indexes"),
    "disk": Message("Writing to the disk"),
}


@contextmanager
def _unfinished(path: Path) -> Iterator[tuple[Path, Path]]:
    """The file that is to get the name, and one for rows on their way; both go when the block ends."""
    with making(path) as fresh:
        _delete_beside(fresh)  # of an earlier time that was cut off
        try:
            yield fresh, beside(fresh, "-rows")
        finally:
            _delete_beside(fresh)


def _delete_beside(fresh: Path) -> None:
    """Delete what stands beside the unfinished file and is called after it: keys, rows, locks."""
    for file in fresh.parent.iterdir():
        if file.name.startswith(fresh.name) and file != fresh:
            file.unlink()


def _name(fresh: Path, path: Path) -> None:
    """Give the file and its keys their names: the keys first, so that no database stands without them."""
    keys = log_keys.path_beside(path)
    os.link(log_keys.path_beside(fresh), keys)
    try:
        put(fresh, path, replace=False)
    except BaseException:
        keys.unlink()
        raise


def _begun(fresh: Path, cases: int, ready: datetime, progress: Progress) -> tuple[Job, tuple[Letter, ...]]:
    """Make the clinics, and decide what will be in the file."""
    progress(_WORDS["clinics"], 0)
    chance = Random(SEED)  # noqa: S311 - nothing is secret about it
    before = first_day(cases, ready) - timedelta(days=1)
    store = open_store(fresh, create=True, clock=lambda: before, token=lambda: f"{chance.getrandbits(128):x}")
    try:
        library = shipped()
        common = {name: library[name] for name in dict.fromkeys((*_COMMON, *library))}
        texts = letters(common, max(10, cases // 100), chance)
        with store.writing():
            staff = list(clinics.make_staff())
            versions = clinics.make_templates(staff, texts)
        plan = Plan(
            cases=cases,
            patients=cases // CASES_EACH,
            senders=tuple(clinics.sender(one) for one in staff if Role.CARE_PROVIDER in one.roles),
            versions=versions,
            sets=len(texts[0].written),
            ready=ready,
        )
        return _job(plan, texts, store), texts
    finally:
        store.close()


def _job(plan: Plan, texts: Sequence[Letter], store: Store) -> Job:
    links = list(last_links())
    return Job(
        plan=plan,
        texts=tuple((one.written, one.answers) for one in texts),
        ends={one.chain: (one.number, one.mac) for one in links},
        last_entry=max(one.id for one in links),
        key_id=store.log_keys.current,
        key=store.log_keys.key,
    )


class _Bulk:
    """All that is put into the file at once."""

    def __init__(self, file: Loading, job: Job, letters: Sequence[Letter], progress: Progress) -> None:
        self._file = file
        self._job = job
        self._plan = job.plan
        self._letters = letters
        self._progress = progress
        self._uses: dict[tuple[int, int], int] = {}

    def put_in(self, writer: Writer, rows: Path) -> None:
        """Everything, in the order in which it is quickest."""
        self._file.set_aside()
        self._patients()
        index = Index(self._file, self._letters)
        self._follow(writer, index)
        index.finish()
        self._copy(rows)
        self._template_uses()
        self._drafts()
        for share in self._file.finish():
            self._progress(_WORDS["indexes"], 0.8 + 0.18 * share)

    def _patients(self) -> None:
        columns = people.FilledPatient._fields
        for first in range(1, self._plan.patients + 1, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, self._plan.patients + 1))
            self._file.insert("patient", columns, map(people.patient, some))
            self._progress(_WORDS["patients"], 0.02 + 0.03 * first / self._plan.patients)

    def _follow(self, writer: Writer, index: Index) -> None:
        """Go through the cases, to let them be found, while their rows are being written."""
        sent, done = history(self._plan), 0
        while some := list(islice(sent, _AT_ONCE)):
            for one in some:
                self._uses[one.sender.id, one.version.template_id] = one.sent_at
            index.add(some)
            done += len(some)
            self._told(done, writer.done())
        while not writer.finished:
            self._told(done, writer.done(wait=0.2))

    def _told(self, *done: int) -> None:
        part = sum(done) / len(done) / self._plan.cases
        self._progress(_WORDS["cases"], 0.05 + 0.65 * part)

    def _copy(self, rows: Path) -> None:
        for place, (table, columns) in enumerate(TABLES.items()):
            for part in self._file.copy(table, columns, rows):
                self._progress(_WORDS["copying"], 0.7 + 0.05 * (place + part))

    def _template_uses(self) -> None:
        rows = ((staff, template, stamp(at)) for (staff, template), at in sorted(self._uses.items()))
        self._file.insert("template_use", ("staff_id", "template_id", "used_at"), rows)

    def _drafts(self) -> None:
        """What each sender has left lying: one without a template, the others with half a text."""
        columns = (
            "key", "staff_id", "clinic_id", "patient_id", "template_version_id", "written", "signature",
            "changed_at", "version",
        )  # fmt: skip
        self._file.insert("draft", columns, self._draft_rows())

    def _draft_rows(self) -> Iterator[tuple[object, ...]]:
        changed_at = stamp(int(self._plan.ready.timestamp()) - 3_600)
        free = (one for one in map(people.patient, range(2, self._plan.patients + 1)))
        able = (one.id for one in free if one.reachable and not one.protected)
        for sender in self._plan.senders:
            for number, patient_id in enumerate(islice(able, _DRAFTS)):
                version = self._plan.versions[sender.clinic_id][0] if number else None
                yield (
                    f"draft-{sender.id}-{number}",
                    sender.id,
                    sender.clinic_id,
                    patient_id,
                    version and version.id,
                    self._letters[version.letter].written[number] if version else "{}",
                    sender.signature,
                    changed_at,
                    1,
                )
