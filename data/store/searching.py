"""What every kind of database gives to the search for cases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from peewee import ColumnBase, ModelSelect, Node, Source, fn

from data.domain.value import Frozen
from data.store import models
from data.store.search_tokens import CaseText


class Matching(Frozen, kw_only=False):
    """What a list is joined with, as `join`, where `key` is the case's id, so that `condition` holds for the
    cases that are found. `first`: what the list is to be ordered by before the key; it changes nothing of the
    order, and decides which index is used."""

    source: Source
    join: str
    key: ColumnBase
    condition: Node
    first: ColumnBase | None = None


class CaseIndex(ABC):
    """The index of one database. It is changed in the transaction that changes the cases."""

    @abstractmethod
    def settled(self, query: ModelSelect[models.Case]) -> ModelSelect[models.Case]:
        """A query for cases and their patients, so that what it finds stays so until the transaction ends."""

    @abstractmethod
    def add(self, cases: Mapping[int, CaseText]) -> None:
        """Let cases that are not in it, by their ids, be found."""

    @abstractmethod
    def remove(self, cases: Mapping[int, CaseText]) -> None:
        """Take cases out of it, which are as they were when they were added."""

    @abstractmethod
    def forget_words(self, words: Mapping[int, Iterable[str]]) -> None:
        """Keep none of these words, by clinic, unless a case has it still."""

    @abstractmethod
    def matching(self, clinic: int, words: Iterable[str], sender: int | None) -> Matching:
        """The cases of a clinic in which every word, folded, stands somewhere; of one sender if named."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether nothing is in it."""

    @abstractmethod
    def has(self, case_id: int, case: CaseText) -> bool:
        """Whether a case is found by all that it should be found by."""

    @abstractmethod
    def ids_apart(self) -> Iterator[int]:
        """Some cases that are missing in it, and some that are no more; none when it is true."""


def tuples(query: ModelSelect[Any]) -> Iterable[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    return cast("Iterable[tuple[Any, ...]]", query.tuples())


def senders_named(clinic: int, word: str) -> list[int]:
    """Those who have sent cases of a clinic and whose names hold the word."""
    staff, case = models.Staff, models.Case
    sent = case.select(case.id).where(case.sender == staff.id, case.clinic == clinic)
    named = staff.select(staff.id).where(staff.name_folded.contains(word), fn.EXISTS(sent))
    return [found for (found,) in tuples(named)]


def versions_named(clinic: int, word: str) -> list[int]:
    """The versions of a clinic's templates whose names hold the word."""
    version, template = models.TemplateVersion, models.Template
    named = (
        version.select(version.id)
        .join(template)
        .where(template.clinic == clinic, version.name_folded.contains(word))
    )
    return [found for (found,) in tuples(named)]
