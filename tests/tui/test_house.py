"""Rules of the house that no type checker knows: how modules of `tui` may show text."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
from textual.dom import DOMNode

import tui

TUI = Path(__file__).parents[2] / "tui"
ONLY_HERE = TUI / "widgets" / "plain.py"

READS_MARKUP = {
    "Button", "Collapsible", "Digits", "Label", "Link", "Log", "Markdown", "MarkdownViewer", "Placeholder",
    "Pretty", "RichLog", "Static", "Tooltip", "Welcome",
}  # fmt: skip
"""Textual's widgets that show a string as markup, or raw; `tui.widgets.plain` has what stands in for them."""


def breaches(source: str) -> list[str]:
    """What in a module's source goes past `tui.widgets.plain`, as "line: what"."""
    tree = ast.parse(source)
    textual_names = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and _is_textual(node.module))
        for alias in node.names
        if isinstance(node, ast.ImportFrom) or _is_textual(alias.name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_textual(node.module):
            names = {alias.name for alias in node.names}
            found += [f"{node.lineno}: imports {name}" for name in sorted(names & (READS_MARKUP | {"*"}))]
        elif isinstance(node, ast.Attribute) and node.attr in READS_MARKUP and _root(node) in textual_names:
            found.append(f"{node.lineno}: uses {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and _name(node.func) == "notify" and not _markup_is_off(node):
            found.append(f"{node.lineno}: notify() without markup=False")
    return found


def _is_textual(module: str | None) -> bool:
    return module is not None and module.split(".")[0] == "textual"


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _name(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _markup_is_off(call: ast.Call) -> bool:
    return any(
        keyword.arg == "markup" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in call.keywords
    )


def test_text_is_shown_through_plain_only() -> None:
    modules = [path for path in sorted(TUI.rglob("*.py")) if path != ONLY_HERE]
    found = [
        f"{path.relative_to(TUI.parent)}:{breach}"
        for path in modules
        for breach in breaches(path.read_text())
    ]
    assert not found, "\n".join(["Show text with tui.widgets.plain:", *found])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from textual.widgets import Input, Static", ["1: imports Static"]),
        ("from textual.widgets import Label as L", ["1: imports Label"]),
        ("from textual.widgets._rich_log import RichLog", ["1: imports RichLog"]),
        ("from textual.widgets import *", ["1: imports *"]),
        ("import textual.widgets\ntextual.widgets.Markdown('x')", ["2: uses textual.widgets.Markdown"]),
        ("import textual.widgets as w\nw.Pretty(1)", ["2: uses w.Pretty"]),
        ("from textual import widgets\nwidgets.Button('x')", ["2: uses widgets.Button"]),
        ("self.app.notify(text)", ["1: notify() without markup=False"]),
        ("notify(text, markup=flag)", ["1: notify() without markup=False"]),
        ("self.notify(text, markup=False)", []),
        ("from textual.widgets import Input, OptionList, TextArea", []),
        ("from tui.widgets.plain import Text\nfrom data.domain.forms import Label", []),
    ],
)
def test_the_rule_finds_every_way_past(source: str, expected: list[str]) -> None:
    assert breaches(source) == expected


MEANT = {
    "_on_paste",
    "_get_left_gutter_width",
    "_default_virtual_size",
    "_handle_exception",
    "_fatal_error",
    "_typed",
    "_compositor_refresh",
    "_screen_resized",
}
"""Textual's own private names that we replace on purpose."""


def test_no_private_name_of_textual_is_taken_by_accident() -> None:
    """Textual's classes have hundreds of private names: one of ours among them replaces it silently."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    taken = {
        f"{cls.__name__}.{name}"
        for cls in subclasses(DOMNode)
        if cls.__module__.startswith("tui.")
        for name in vars(cls)
        if name.startswith("_") and not name.startswith("__") and name not in MEANT
        if any(name in vars(base) for base in cls.__mro__ if base.__module__.startswith("textual"))
        if not name.startswith(
            ("_abc", "_css", "_merged", "_decorated", "_inherit", "_has", "_computes", "_reactives")
        )
    }
    assert taken == set()


def subclasses(cls: type) -> set[type]:
    return {cls, *(deeper for one in cls.__subclasses__() for deeper in subclasses(one))}
