"""The least that Textual can be: one line of text. What starts and memory are compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT = "Hello, terminal"


class OneStatic(App[None]):
    """Shows `TEXT` until its terminal is closed."""

    def compose(self) -> ComposeResult:
        yield Static(TEXT)


def main() -> None:
    OneStatic().run(mouse=False)
