"""The search index of what is filled in, made by the tokens that `data.store.search` makes for one case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from data.domain.text import fold
from data.fill import people
from data.fill.history import Sent
from data.fill.letters import Letter
from data.fill.rows import reference
from data.store.loading import Loading
from data.store.search_tokens import BEGINNINGS, CaseText, tokens, words_of

_HASH = 256
"""Megabytes of tokens that FTS5 sorts in memory before it writes them; each time makes a piece that is merged
with the others in the end."""
_HASH_DEFAULT = 1 << 20


class Index:
    """The index of a file that is being loaded."""

    def __init__(self, file: Loading, letters: Sequence[Letter]) -> None:
        self._file = file
        self._written = [[words_of(text, None, None) for text in letter.written] for letter in letters]
        self._answers = [list(_answered(letter)) for letter in letters]
        self._words: set[tuple[int, tuple[str, ...]]] = set()
        file.execute("INSERT INTO case_search (case_search, rank) VALUES ('hashsize', ?)", (_HASH << 20,))

    def add(self, cases: Iterable[Sent]) -> None:
        """Let cases be found."""
        self._file.insert("case_search", ("rowid", "tokens"), self._rows(cases))

    def finish(self) -> None:
        """Let beginnings of words be found, and merge what was written piece by piece."""
        least = min(BEGINNINGS)
        known = {(clinic, word) for clinic, words in self._words for word in words if len(word) >= least}
        self._file.insert("search_word", ("clinic_id", "word"), sorted(known))
        self._file.execute("INSERT INTO case_search (case_search, rank) VALUES ('optimize', 0)")
        self._file.execute(
            "INSERT INTO case_search (case_search, rank) VALUES ('hashsize', ?)", (_HASH_DEFAULT,)
        )

    def _rows(self, cases: Iterable[Sent]) -> Iterator[tuple[int, str]]:
        for one in cases:
            clinic, version = one.sender.clinic_id, one.version
            words = self._written[version.letter][one.written]
            self._words.add((clinic, words))
            if one.answered_at is not None:
                answered = self._answers[version.letter][one.answers]
                self._words.add((clinic, answered))
                words = tuple(dict.fromkeys(words + answered))
            name = people.folded_name(people.name_of(one.patient_id))
            number = people.number_of(one.patient_id)
            text = CaseText(clinic, one.sender.id, version.id, name, number, fold(reference(one.id)), words)
            yield one.id, tokens(text)


def _answered(letter: Letter) -> Iterator[tuple[str, ...]]:
    form = letter.form.model_dump_json()
    return (words_of("{}", text, form) for text in letter.answers)
