"""The search for cases: an index of who they are about and what was written, kept true at every change.

A case is found by part of the patient's name, of the number or of the reference; by part of the template's or
the sender's name; and by a word of what staff wrote or the patient answered, from its beginning. Parts of one
or two letters count only at the beginning of a name's words, and as whole words of a text.

```python
search.add_new({case.id: text})         # after the rows were inserted
with search.changing([case.id]):        # around a change of what it is found by
    row.save()
search.forget([case.id])                # before the rows are deleted
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from peewee import Database, Expression, Field, ModelSelect, SqliteDatabase

from data.domain.errors import Message
from data.domain.limits import LINE_LIMIT
from data.domain.text import clean, fold
from data.store import models
from data.store.changing import has_one_writer
from data.store.pieces import in_pieces
from data.store.prepared import Prepared
from data.store.search_sqlite import SqliteIndex
from data.store.search_tokens import CaseText, digits_of, words_of
from data.store.searching import CaseIndex, Matching, tuples

WORD_LIMIT = 20
"""Words of a filter; SQLite refuses expressions that are 1,000 deep."""

_ROWS = 500
"""Cases that are read at a time."""

_LOOKED_AT = 100
"""Cases that are looked at closely in a check."""


def searched(words: Iterable[str]) -> tuple[str, ...]:
    """The words that count, safe to store and folded; blank ones match everything and are left out."""
    folded = (fold(clean(word, limit=LINE_LIMIT)) for word in words)
    return tuple(filter(None, folded))[:WORD_LIMIT]


def number_contains(number: Field[str], word: str) -> Expression | None:
    """Whether a stored identity number holds the digits of `word`; None for a word of other signs."""
    digits = digits_of(word)
    return number.contains(digits) if digits else None


def add(case_ids: Sequence[int]) -> None:
    """Let new cases be found."""
    for texts in _texts(case_ids):
        _index().add(texts)


def add_new(cases: Mapping[int, CaseText]) -> None:
    """Let cases be found, by their ids, whose rows and patients this transaction knows; they are read all the
    same where another one may have changed a patient meanwhile."""
    if has_one_writer():
        _index().add(cases)
    else:
        add(list(cases))


@contextmanager
def changing(case_ids: Sequence[int]) -> Iterator[None]:
    """A change of the rows of cases, or of their patients, within the block."""
    for texts in _texts(case_ids):
        _index().remove(texts)
    yield
    add(case_ids)


def forget(case_ids: Sequence[int]) -> None:
    """Let cases that are about to be destroyed be found no more, and leave none of their words behind."""
    words: dict[int, set[str]] = {}
    for texts in _texts(case_ids):
        _index().remove(texts)
        for case in texts.values():
            words.setdefault(case.clinic, set()).update(case.words)
    _index().forget_words(words)


def fill_if_empty(database: Database) -> None:
    """Let all cases of a database be found, if none is: after a migration that made or emptied the index."""
    case = models.Case
    with database.bind_ctx([models.Table, case, models.Patient, models.TemplateVersion]):
        if _index().is_empty():
            for some in in_pieces((key for (key,) in tuples(case.select(case.id).order_by(case.id))), _ROWS):
                add(some)


def matching(clinic: int, words: Iterable[str], *, sender: int | None = None) -> Matching:
    """The cases of a clinic in which every word stands somewhere, of one sender if named, for a list to be
    joined with. `words` as `searched` gives them, at least one."""
    return _index().matching(clinic, words, sender)


def faults() -> list[Message]:
    """How the index differs from the cases: which it holds, and whether the newest are found by all that they
    should be found by."""
    index, case = _index(), models.Case
    if apart := list(index.ids_apart()):
        return [Message("the search does not agree with case {id}", id=key) for key in apart]
    newest = [key for (key,) in tuples(case.select(case.id).order_by(case.id.desc()).limit(_LOOKED_AT))]
    found = _of_rows(list(tuples(_columns().where(case.id.in_(newest)))))
    wrong = [key for key, texts in found.items() if not index.has(key, texts)]
    return [Message("the search does not agree with case {id}", id=key) for key in sorted(wrong)[:3]]


def _index() -> CaseIndex:
    database = models.bound_to(models.Case)
    if isinstance(database, SqliteDatabase):
        return SqliteIndex(database)
    from data.store.search_postgres import PostgresIndex  # noqa: PLC0415 - only where there is a server

    return PostgresIndex(database)


def _texts(case_ids: Iterable[int]) -> Iterator[dict[int, CaseText]]:
    """What cases are found by, as their rows are now, some at a time; it stays so in this transaction."""
    for some in in_pieces(case_ids, _ROWS):
        yield _of_rows(_rows(some))


def _rows(case_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if len(case_ids) == 1:
        return _row(case_ids[0])
    return list(tuples(_settled(models.Case.id.in_(case_ids))))


def _settled(condition: Expression) -> ModelSelect[models.Case]:
    return _index().settled(_columns().where(condition))


def _columns() -> ModelSelect[models.Case]:
    case, patient = models.Case, models.Patient
    return case.select(
        case.id, case.clinic, case.sender, case.template_version,
        patient.name_folded, patient.number, case.reference, case.written, case.answers,
    ).join(patient)  # fmt: skip


_row = Prepared(lambda case_id: _settled(models.Case.id == case_id))


def _of_rows(rows: Sequence[tuple[Any, ...]]) -> dict[int, CaseText]:
    forms = _forms({version for _, _, _, version, *_, answers in rows if answers})
    return {
        key: CaseText(
            clinic, sender, version, name, number, fold(reference),
            words_of(written, answers, forms.get(version)),
        )
        for key, clinic, sender, version, name, number, reference, written, answers in rows
    }  # fmt: skip


def _forms(versions: set[int]) -> dict[int, str]:
    if not versions:
        return {}
    version = models.TemplateVersion
    return dict(tuples(version.select(version.id, version.form).where(version.id.in_(versions))))
