"""Moving a clinic with everything from one database to another: from a file to a server when it outgrows the
file, back, or to another of the same kind.

Nobody works in it meanwhile. All rows are copied as they are, with their ids, so that the access log's chain
goes on; what finds rows is made anew. Both sides are counted and compared, and the log is verified, before
the new database is there for anyone; then the old one says where the clinic is, and opens for nobody. Cut
off at any moment, the clinic is whole in one of them, and the same move again does what is left to do.

The operator's; the entry that tells of it stands in the logs of both (OWASP ASVS 5.0, 16.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from peewee import Database

from data import audit, log_check
from data.domain.errors import Conflict, Message, Unavailable
from data.domain.roles import OperatorActor, Role
from data.domain.value import Frozen
from data.operation import operation
from data.store import models, search
from data.store.database import use
from data.store.moving.rows import Chunk, Counting, Rows, name_of
from data.store.moving.sides import Place, Source, Target, allow_again, begun, found, held
from data.store.searching import tuples

EVENT = "database.moved"

Progress = Callable[[Message, float], None]
"""Hears what is being done, and which part of all is done, from 0 to 1."""

_CASES_AT_ONCE = 500


class MovedTable(Frozen):
    """A table that is the same at both places: its rows, and the SHA-256 of all that stands in them."""

    name: str
    rows: int
    digest: str


class Moved(Frozen):
    """A move that was done. `source` and `target` name the places to people; `log_keys` is where the keys of
    the access log are now. No `tables`: a run before, which was cut off at its very end, had moved and
    verified everything. `entries` of the log were verified."""

    source: str
    target: str
    log_keys: Path
    tables: tuple[MovedTable, ...] = ()
    entries: int = 0


class _Told:
    """Tells of progress: each step's share of all, by what takes long with very many cases."""

    _SHARES: Mapping[str, tuple[float, float]] = {
        "rows": (0.0, 0.3),
        "search": (0.3, 0.7),
        "indexes": (0.7, 0.8),
        "comparing": (0.8, 0.88),
        "log": (0.88, 1.0),
    }
    _WORDS = {
        "rows": Message("Copying everything"),
        "search": Message("Making the search index"),
        "indexes": Message("The database's indexes"),
        "comparing": Message("Comparing both databases"),
        "log": Message("Verifying the access log"),
    }

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(self, step: str, part: float) -> None:
        first, last = self._SHARES[step]
        self._progress(self._WORDS[step], first + (last - first) * min(part, 1.0))

    def rows(self, step: str, before: int, total: int) -> Callable[[int], None]:
        """Tells of rows of one table, as part of the rows of all; those of others are `before` them."""
        return lambda rows: self(step, (before + rows) / total)


def move(
    actor: OperatorActor,
    source: Place,
    target: Place,
    *,
    progress: Progress = lambda _what, _share: None,
    with_broken_log: bool = False,
) -> Moved:
    """Move everything, and leave the source so that it says where its clinic is.

    Raises `Conflict` when others have the source open or there is something at the target, and `Unavailable`
    when either can't be reached, when what was put there is not the same, and for an access log that is not
    as it was written, unless `with_broken_log`; then the source is as it was, and nothing is at the target.
    """
    with held(source) as old:
        entry = _entry_of_before(target, old)
        if entry is not None:
            done = Moved(source=old.shown, target=target.shown, log_keys=target.log_keys_path)
        else:
            with begun(target, old.keys) as new:
                done, entry = _moved(actor, old, new, _Told(progress), with_broken_log=with_broken_log)
        old.leave(entry, done.target)
    return done


def undo(actor: OperatorActor, source: Place) -> None:
    """Let people work again in a database that was moved; what has happened since at the other place is not
    in it. Raises `Conflict` for one that was not moved."""
    store = source.open(even_moved=True)
    with store.writing():
        if not allow_again(store, source):
            raise Conflict(Message("The clinic was not moved from here"))
        stayed(actor)


@operation(role=Role.OPERATOR, event=EVENT)
def moved(actor: OperatorActor, source: str, target: str, cases: int) -> None:  # noqa: ARG001
    """Record that the clinic was moved, where from and where to."""
    audit.about(moved_from=source, moved_to=target, cases=cases)


@operation(role=Role.OPERATOR, event="database.move_undone")
def stayed(actor: OperatorActor) -> None:
    """Record that people work again in a database that was moved."""


def _entry_of_before(target: Place, old: Source) -> Chunk | None:
    """The entry that tells of the move, when the target holds all of what is at the source already: its log
    goes on from the source's last entry with it. A run that was cut off can leave it so."""
    last = old.rows.last_entry()
    with found(target) as rows:
        if rows is None or last is None:
            return None
        entry_id, mac = last
        same, next_ = rows.entry(entry_id), rows.entry(entry_id + 1)
        if same is None or next_ is None or same[1] != mac or next_[0] != EVENT:
            return None
        return _line(rows, entry_id + 1)


def _moved(
    actor: OperatorActor, old: Source, new: Target, told: _Told, *, with_broken_log: bool
) -> tuple[Moved, Chunk]:
    """Put everything into the target, verify it and record it; with the entry that tells of it."""
    with new.loading() as rows:
        tables = tuple(_copied(old.rows, rows, told))
        cases = next(one.rows for one in tables if one.name == name_of(models.Case))
        _index(new.database, cases, told)
        for part in new.finish():
            told("indexes", part)
        _compare(rows, tables, told)
    with new.opened() as (store, rows):
        use(store)
        told("log", 0)
        states = log_check.verify(actor)
        if any(state.broken for state in states) and not with_broken_log:
            raise Unavailable(
                Message(
                    "The access log is not as it was written: see omvant log verify. Nothing was moved; "
                    "--with-broken-log moves it as it is"
                )
            )
        moved(actor, old.shown, new.place.shown, cases)
        last_id, _mac = rows.last_entry() or (0, "")
        entry = _line(rows, last_id)
    entries = sum(state.count for state in states)
    done = Moved(
        source=old.shown,
        target=new.place.shown,
        log_keys=new.place.log_keys_path,
        tables=tables,
        entries=entries,
    )
    return done, entry


def _line(rows: Rows, entry_id: int) -> Chunk:
    return b"".join(rows.lines(models.AccessLog, only=entry_id))


def _copied(old: Rows, new: Rows, told: _Told) -> Iterator[MovedTable]:
    """Copy all tables, one after the other."""
    counts = [old.count(table) for table in models.TABLES]
    done = 0
    for table, count in zip(models.TABLES, counts, strict=True):
        counting = Counting()
        new.put(table, _told_of(old.lines(table), counting, told.rows("rows", done, sum(counts))))
        done += count
        yield _counted(table, counting)


def _compare(rows: Rows, tables: Sequence[MovedTable], told: _Told) -> None:
    """Read everything again where it was put. Raises `Unavailable` for a table that is not the same."""
    done, total = 0, sum(one.rows for one in tables)
    for table, put in zip(models.TABLES, tables, strict=True):
        counting = Counting()
        for _chunk in _told_of(rows.lines(table), counting, told.rows("comparing", done, total)):
            pass
        done += put.rows
        if _counted(table, counting) != put:
            raise Unavailable(
                Message(
                    "The table {table} is not the same at the new place, so nothing was moved", table=put.name
                )
            )


def _told_of(chunks: Iterable[Chunk], counting: Counting, tell: Callable[[int], None]) -> Iterator[Chunk]:
    """The chunks, counted; `tell` hears how many rows have passed by."""
    for chunk in counting.passing(chunks):
        yield chunk
        tell(counting.rows)


def _counted(table: type[models.Table], counting: Counting) -> MovedTable:
    return MovedTable(name=name_of(table), rows=counting.rows, digest=counting.digest)


def _index(database: Database, cases: int, told: _Told) -> None:
    """Let all cases be found in a database that is being loaded."""
    done = 0
    with database.bind_ctx([models.Table, models.Case, models.Patient, models.TemplateVersion]):
        for some in _cases():
            search.add(some)
            done += len(some)
            told("search", done / cases)


def _cases() -> Iterator[list[int]]:
    """The ids of all cases, some at a time."""
    case, last = models.Case, 0
    while True:
        query = case.select(case.id).where(case.id > last).order_by(case.id).limit(_CASES_AT_ONCE)
        some = [case_id for (case_id,) in tuples(query)]
        if not some:
            return
        yield some
        last = some[-1]
