"""Bring the Swedish catalogue up to date with the source: `python -m tests.catalogue`.

Collects every gettext id in `data/` and `tui/`, adds the new ones to the `.po` file without a translation,
removes those that are no longer used, keeps all translations, and compiles the `.mo` file. Entries are in
alphabetical order and carry no places, times or names, so that a diff shows only words that changed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCES = ("data", "tui")
PO = ROOT / "tui/locale/sv/LC_MESSAGES/omvant.po"
MO = PO.with_suffix(".mo")

KEYWORDS = {"_": (0,), "N_": (0,), "ngettext": (0, 1), "Message": (0,), "Refused": (0,), "invalid": (1,)}
"""Names of the calls that hold ids, and at which positions."""

Id = str | tuple[str, str]
"""A gettext id, or the two ids of a sentence with a count."""


class SwedishCatalog(Catalog):
    """A catalogue whose header says only what gettext needs and never changes by itself."""

    def __init__(self) -> None:
        super().__init__(
            locale="sv", header_comment="# Omvänt in Swedish; see tests/catalogue.py", fuzzy=False
        )

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", "sv"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        ]


def extract(root: Path = ROOT) -> dict[Id, set[str]]:
    """Every gettext id in the source, with the files that use it, relative to `root`.

    Reads syntax trees: they join implicitly concatenated strings and see calls inside calls, which a
    scan of tokens misses.
    """
    found: dict[Id, set[str]] = {}
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            for message_id in ids_in(path.read_text(encoding="utf-8"), name):
                found.setdefault(message_id, set()).add(name)
    return found


def ids_in(source: str, name: str = "<source>") -> Iterator[Id]:
    """The gettext ids in one module. ValueError for an f-string: it can't be looked up in a catalogue."""
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        positions = KEYWORDS.get(called, ())
        arguments = [node.args[position] for position in positions if position < len(node.args)]
        if any(isinstance(argument, ast.JoinedStr) for argument in arguments):
            raise ValueError(f"{name}:{node.lineno}: an f-string can't be translated; use {{parts}}")
        texts = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if texts and len(texts) == len(positions):
            yield (texts[0], texts[1]) if len(texts) == 2 else texts[0]


def read(path: Path = PO) -> Catalog:
    """The catalogue as it is stored; an empty one where there is no file."""
    if not path.exists():
        return SwedishCatalog()
    with path.open("rb") as file:
        return read_po(file, locale="sv")


def updated(found: Iterable[Id], old: Catalog) -> Catalog:
    """A catalogue of exactly the ids in `found`, with the translations that `old` has of them."""
    catalog = SwedishCatalog()
    for message_id in found:
        known = old.get(message_id)
        same_kind = known is not None and known.id == message_id
        catalog.add(
            message_id,
            known.string if known is not None and same_kind else None,
            flags=known.flags & {"fuzzy"} if known is not None else (),
        )
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as text for translators."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=110, sort_output=True)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue as `gettext` reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def untranslated(catalog: Catalog) -> list[Id]:
    """The ids that lack a translation, in whole or for one of the counts."""
    return [cast(Id, message.id) for message in catalog if message.id and not all(translations(message))]


def translations(message: Message) -> list[str]:
    """The translations of an entry: one, or one for each count."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def main() -> int:
    found = extract()
    catalog = updated(found, read())
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalog))
    MO.write_bytes(mo_bytes(catalog))
    for message_id in untranslated(catalog):
        print(f"untranslated: {message_id!r} in {', '.join(sorted(found[message_id]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
