"""The words: the catalogue is whole and current, and `say` never fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from string import Formatter

import pytest

from data.domain.errors import Message
from tests import catalogue
from tui import i18n


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.install(before)


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class TestCatalogue:
    """When one of these fails: `python -m tests.catalogue`, then translate what it lists in the `.po`."""

    def test_every_id_is_translated(self) -> None:
        stored = catalogue.read()
        missing = [message_id for message_id in catalogue.extract() if stored.get(message_id) is None]
        assert missing == []
        assert catalogue.untranslated(stored) == []

    def test_no_id_is_unused(self) -> None:
        used = catalogue.extract()
        assert [message.id for message in catalogue.read() if message.id and message.id not in used] == []

    def test_nothing_is_fuzzy(self) -> None:
        assert [message.id for message in catalogue.read() if message.fuzzy] == []

    def test_the_files_are_as_the_command_writes_them(self) -> None:
        catalog = catalogue.updated(catalogue.extract(), catalogue.read())
        assert catalogue.PO.read_bytes() == catalogue.po_bytes(catalog)
        assert catalogue.MO.read_bytes() == catalogue.mo_bytes(catalog), "the .mo file is stale"

    def test_translations_have_the_parts_of_their_ids(self) -> None:
        differing = []
        for message in catalogue.read():
            ids = [message.id] if isinstance(message.id, str) else message.id
            # The sentence for one may name its number or say "one"; the last must agree.
            translation = catalogue.translations(message)[-1]
            if translation and parts(translation) != parts(ids[-1]):
                differing.append(translation)
        assert differing == []

    def test_ids_are_found_wherever_they_stand(self) -> None:
        source = """
raise invalid("name", "A " "{thing}", thing=Message("nested"))
i18n.ngettext("one", "many", n)
LABEL = N_("later")
_(variable)
"""
        assert set(catalogue.ids_in(source)) == {"A {thing}", "nested", ("one", "many"), "later"}

    def test_an_f_string_is_refused(self) -> None:
        with pytest.raises(ValueError, match="f-string"):
            list(catalogue.ids_in('_(f"{n} cases")'))


class TestLanguage:
    def test_swedish_and_english(self) -> None:
        i18n.install("sv")
        assert i18n.language() == "sv"
        assert i18n._("My cases") == "Mina ärenden"
        i18n.install("en")
        assert i18n.language() == "en"
        assert i18n._("My cases") == "My cases"
        assert [i18n.ngettext("{n} case", "{n} cases", n).format(n=n) for n in (1, 2)] == [
            "1 case",
            "2 cases",
        ]

    def test_another_language_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no such language"):
            i18n.install("xx")

    def test_nothing_is_nothing(self) -> None:
        i18n.install("sv")
        assert i18n._("") == ""

    @pytest.mark.parametrize(
        ("argument", "environ", "wanted"),
        [
            (None, {}, "sv"),
            (None, {"OMVANT_LANG": "en"}, "en"),
            ("sv", {"OMVANT_LANG": "en"}, "sv"),
            (None, {"OMVANT_LANG": ""}, "sv"),
        ],
    )
    def test_preferred(self, argument: str | None, environ: dict[str, str], wanted: str) -> None:
        assert i18n.preferred(argument, environ) == wanted

    def test_only_the_standard_library_is_loaded(self) -> None:
        code = "import sys, tui.i18n; print([m for m in ('textual', 'rich', 'pydantic') if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestSay:
    def test_parts_are_filled_in_and_messages_among_them_translated(self) -> None:
        i18n.install("sv")
        said = i18n.say(Message("{value} of {most}", value=Message("Yes"), most=10))
        assert said == "Ja av 10"

    def test_a_missing_part_is_shown_as_it_is(self) -> None:
        assert i18n.say(Message("{name} is away")) == "{name} is away"

    @pytest.mark.parametrize("text", ["100 % {", "{} and {0}", "{name.nothing}", "{name[1]}", "{name:d}"])
    def test_a_bad_format_never_raises(self, text: str) -> None:
        assert i18n.say(Message(text, name=None)) == text

    def test_a_bad_translation_gives_way_to_english(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(i18n, "_", lambda _text: "{name.nothing}")
        assert i18n.say(Message("{name} is away", name="Bo")) == "Bo is away"

    def test_values_are_not_read_as_formats(self) -> None:
        assert i18n.say(Message("{name} is away", name="{name.x}")) == "{name.x} is away"
