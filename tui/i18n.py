"""The interface's words in the chosen language: gettext, with the English sentences as ids.

Modules call `_` when they show something, never at import, so that the language can be chosen at start.
Only the standard library is used: `omvant --version` should not wait for words it does not need.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

from data.domain.errors import Message

DOMAIN = "omvant"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("sv", "en")


class _Chosen:
    """The language in use; English until `install` is called."""

    language: str = "en"
    words: gettext.NullTranslations = gettext.NullTranslations()


def preferred(argument: str | None, environ: Mapping[str, str]) -> str:
    """The language that a person asked for: `--lang`, else OMVANT_LANG, else Swedish."""
    return argument or environ.get("OMVANT_LANG") or "sv"


def install(lang: str) -> None:
    """Show the interface in `lang`, one of `LANGUAGES`; ValueError for any other."""
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there is {' and '.join(LANGUAGES)}")
    if lang == "en":
        _Chosen.words = gettext.NullTranslations()
    else:
        _Chosen.words = gettext.translation(DOMAIN, LOCALE, languages=[lang])
    _Chosen.language = lang


def language() -> str:
    """The language in use, one of `LANGUAGES`."""
    return _Chosen.language


def _(message: str) -> str:
    """`message` in the chosen language; the id itself where there is no translation."""
    # The empty id is where a catalogue keeps its header, which is for no one to read.
    return _Chosen.words.gettext(message) if message else ""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a gettext id for the catalogue's extractor without translating it yet."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that suits the count `n`; `{parts}` are left for the caller to fill."""
    return _Chosen.words.ngettext(one, many, n)


class _Parts(dict[str, object]):
    """Parts to fill in, where a missing one is shown as it was written."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def say(message: Message) -> str:
    """A `Message` in the chosen language with its parts filled in.

    Never raises: a sentence about an error must not become an error. A translation that can't be filled
    gives way to English, and an English one to its bare id.
    """
    parts = _Parts({name: _said(part) for name, part in message.parts.items()})
    for text in (_(message.text), message.text):
        try:
            return text.format_map(parts)
        except (ValueError, LookupError, AttributeError, TypeError):
            continue
    return message.text


def _said(part: object) -> object:
    return say(part) if isinstance(part, Message) else part
