"""The keys: no two clash, each has its method, the README tells them, and people may move them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import data
import tui.screens
from data.operation import OPERATIONS
from tests.readme_keys import README, with_table
from tui import i18n
from tui.acts import ACTS
from tui.bindings import PLACES, Place, acts_of
from tui.keys import FORBIDDEN, Clash, clashes, key_name, load_keymap, normal_key
from tui.screens.base import BaseScreen


def screens() -> list[type[BaseScreen[object]]]:
    """Every screen of the program that is a place; not what several of them have in common."""
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    found = subclasses(BaseScreen)
    return [cls for cls in found if cls.__module__.startswith("tui.screens.") and hasattr(cls, "PLACE")]


def subclasses(cls: type[BaseScreen[object]]) -> Iterator[type[BaseScreen[object]]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


class TestBindings:
    def test_no_key_does_two_things_in_one_place(self) -> None:
        assert clashes(PLACES, ACTS) == []

    def test_no_key_is_one_that_terminals_send_as_another(self) -> None:
        bound = {key for act in ACTS.values() for key in act.keys.split(",")}
        assert bound & FORBIDDEN == set()

    def test_every_key_is_spelled_as_textual_spells_it(self) -> None:
        keys = [key for act in ACTS.values() if act.keys for key in act.keys.split(",")]
        assert [key for key in keys if normal_key(key) != key] == []

    def test_every_act_of_a_place_exists_and_every_act_has_a_place(self) -> None:
        used = {act for place in PLACES.values() for act in place.acts}
        assert used == set(ACTS)

    def test_every_screen_has_a_method_for_each_of_its_acts(self) -> None:
        missing = [
            f"{screen.__name__}.{act.method}"
            for screen in screens()
            for act in acts_of(screen.PLACE)
            if not hasattr(screen, act.method)
        ]
        assert missing == []

    @pytest.mark.parametrize("language", i18n.LANGUAGES)
    def test_every_help_fits_its_line_at_80_columns(self, language: str) -> None:
        before = i18n.language()
        i18n.install(language)
        too_long = [act.id for act in ACTS.values() if len(i18n._(act.help)) > 64]
        i18n.install(before)
        assert too_long == []

    def test_every_named_operation_exists(self) -> None:
        for module in pkgutil.iter_modules(data.__path__, "data."):
            importlib.import_module(module.name)
        named = {act.operation for act in ACTS.values() if act.operation}
        assert named - set(OPERATIONS) == set()

    def test_the_readme_has_the_current_key_table(self) -> None:
        text = README.read_text(encoding="utf-8") if README.exists() else ""
        assert text == with_table(text), "python -m tests.readme_keys writes the table"


class TestNames:
    @pytest.mark.parametrize(
        ("key", "name"),
        [
            ("n", "n"),
            ("K", "K"),
            ("slash", "/"),
            ("question_mark", "?"),
            ("enter", "Enter"),
            ("escape", "Esc"),
            ("f1", "F1"),
            ("ctrl+s", "Ctrl+S"),
            ("ctrl+up", "Ctrl+↑"),
            ("shift+f5", "Shift+F5"),
        ],
    )
    def test_keys_are_named_as_people_name_them(self, key: str, name: str) -> None:
        assert key_name(key) == name

    def test_a_key_without_a_word_is_named_in_the_language(self) -> None:
        before = i18n.language()
        i18n.install("sv")
        assert key_name("space") == "Mellanslag"
        assert key_name("space", str) == "Space"
        i18n.install(before)

    @pytest.mark.parametrize(
        ("typed", "key"),
        [
            ("Ctrl+S", "ctrl+s"),
            (" f9 ", "f9"),
            ("N", "N"),
            ("?", "question_mark"),
            ("+", "plus"),
            ("ctrl+[", "ctrl+left_square_bracket"),
            ("å", "å"),
            ("Enter", "enter"),
            ("", None),
            ("ctrl+", None),
            ("ctlr+s", None),
            ("f99", None),
        ],
    )
    def test_keys_are_understood_as_people_type_them(self, typed: str, key: str | None) -> None:
        assert normal_key(typed) == key


class TestOwnKeys:
    def load(self, folder: Path, text: str) -> tuple[dict[str, str], list[str]]:
        path = folder / "keys.toml"
        path.write_text(text, encoding="utf-8")
        keymap, messages = load_keymap(path)
        return keymap, [str(message) for message in messages]

    def test_no_file_moves_nothing(self, tmp_path: Path) -> None:
        assert load_keymap(tmp_path / "keys.toml") == ({}, [])

    def test_a_file_without_keys_moves_nothing(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, "") == ({}, [])

    def test_keys_are_moved(self, tmp_path: Path) -> None:
        keymap, messages = self.load(tmp_path, '[keys]\n"case.new" = "F9, +"\n"case.send" = "ctrl+e"\n')
        assert keymap == {"case.new": "f9,plus", "case.send": "ctrl+e"}
        assert messages == []

    def test_two_acts_may_change_keys(self, tmp_path: Path) -> None:
        keymap, messages = self.load(tmp_path, '[keys]\n"case.new" = "c"\n"case.code" = "n"\n')
        assert keymap == {"case.new": "c", "case.code": "n"}
        assert messages == []

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ('"case.fly" = "x"', "no act case.fly"),
            ('"case.new" = 3', "quotation marks"),
            ('"case.new" = ""', "not a key"),
            ('"case.new" = "ctlr+x"', "ctlr+x is not a key"),
            ('"case.new" = "Ctrl+H"', "Terminals send ctrl+h"),
            ('"case.new" = "ctrl+["', "Terminals send ctrl+left_square_bracket"),
            ('"case.new" = "tab"', "moves between fields"),
            ('"case.send" = "s"', "while you type"),
            ('"app.theme" = "f9"', "can't be given a key"),
            ('"case.new" = "f5"', "f5 already does list.refresh"),
        ],
    )
    def test_a_bad_line_is_refused_and_the_rest_applies(self, tmp_path: Path, line: str, told: str) -> None:
        keymap, messages = self.load(tmp_path, f'[keys]\n"app.lock" = "f10"\n{line}\n')
        assert keymap == {"app.lock": "f10"}
        assert len(messages) == 1
        assert told in messages[0]

    def test_of_two_moved_keys_that_clash_the_last_is_refused(self, tmp_path: Path) -> None:
        keymap, messages = self.load(tmp_path, '[keys]\n"case.new" = "f9"\n"list.refresh" = "f9"\n')
        assert keymap == {"case.new": "f9"}
        assert messages == ["f9 already does case.new in the same place, so list.refresh keeps its own key"]

    @pytest.mark.parametrize("text", ["[keys", "keys = 3", '"\\q"'])
    def test_a_broken_file_is_told(self, tmp_path: Path, text: str) -> None:
        keymap, messages = self.load(tmp_path, text)
        assert keymap == {}
        assert len(messages) == 1

    def test_a_file_that_is_not_text_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "keys.toml"
        path.write_bytes(b"\xff\xfe")
        assert len(load_keymap(path)[1]) == 1
        assert len(load_keymap(tmp_path)[1]) == 1

    def test_a_clash_names_place_key_and_acts(self) -> None:
        places = {"here": Place("Here", ("send.fetch", "send.pick"))}
        assert clashes(places, ACTS) == [Clash("here", "enter", "send.fetch", "send.pick")]
