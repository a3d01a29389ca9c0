"""A scale: steps on a line, from one end to the other."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text as RichText
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from data.domain.errors import Message
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.hanging import MARKS, block, hanging


class ScaleField(Widget, can_focus=True):
    """Steps on a line, chosen with the arrows left and right or by typing the number; 1 then 0 gives 10."""

    DEFAULT_CSS = """
    ScaleField { width: 1fr; height: auto; &:disabled:can-focus { opacity: 100%; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space", "begin", show=False),
        Binding("up", "leave(-1)", show=False),
        Binding("down,enter", "leave(1)", show=False),
        Binding("backspace,delete", "clear", show=False),
        Binding("minus", "sign('-')", show=False),
        *(Binding(str(digit), f"sign('{digit}')", show=False) for digit in range(10)),
    ]

    value: reactive[int | None] = reactive[int | None](None)
    """The chosen step."""

    def __init__(self, steps: range, words: tuple[str, str] = ("", ""), value: object = None) -> None:
        """`words` say what the two ends mean; either may be empty."""
        super().__init__()
        self.steps = steps
        self.words = words
        self.guidance = Message(
            "Type a number from {least} to {most}, or go there with the arrows left and right. Backspace "
            "takes the answer away. Enter goes to the next field.",
            least=steps[0],
            most=steps[-1],
        )
        chosen = value if isinstance(value, int) and not isinstance(value, bool) else None
        self.set_reactive(ScaleField.value, chosen)
        self._begun = "" if chosen is None else str(chosen)

    @property
    def typed(self) -> int | None:
        """The chosen step."""
        return self.value

    def render(self) -> RichText:
        return block(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's hook)
        """The rows of steps and those of the words for its ends, wrapped to `width`."""
        return len(self._lines(width))

    def on_blur(self) -> None:
        self._begun = ""

    def action_begin(self) -> None:
        """Choose the first step, which the mark stands at, while none is chosen."""
        if self.value is None:
            self._choose(self.steps[0])

    def action_step(self, step: int) -> None:
        least, most = self.steps[0], self.steps[-1]
        start = least - 1 if step > 0 else most + 1
        there = (start if self.value is None else self.value) + step
        self._choose(min(max(there, least), most))

    def action_sign(self, sign: str) -> None:
        """Take a digit or a minus as the next sign of a number, or as the first one of another number."""
        for text in (self._begun + sign, sign):
            steps = [step for step in self.steps if str(step).startswith(text)]
            if steps:
                self._choose(int(text) if text != "-" and int(text) in steps else None)
                self._begun = text
                return

    def action_clear(self) -> None:
        self._choose(None)

    def action_leave(self, step: int) -> None:
        self.post_message(FieldLeft(self, step))

    def _choose(self, value: int | None) -> None:
        self._begun = ""
        self.value = value
        self.post_message(FieldChanged(self))

    def _lines(self, width: int) -> list[RichText]:
        lines = self._steps(width)
        for step, words in zip((self.steps[0], self.steps[-1]), self.words, strict=True):
            if words:
                lines += hanging(self.app.console, width, "  ", f"{step} = {words}")
        return lines

    def _steps(self, width: int) -> list[RichText]:
        """The steps, as far apart as there is room for, on more lines when they don't fit on one."""
        cells = [f"[{step}]" if step == self.value else f" {step} " for step in self.steps]
        room = max(1, width - 1)
        gap = " " if sum(map(len, cells)) + len(cells) <= room else ""
        lines = [RichText(MARKS[self.has_focus])]
        used = 0
        for step, cell in zip(self.steps, cells, strict=True):
            if used + len(cell) > room and used:
                lines.append(RichText(" "))
                used = 0
            lines[-1].append(cell, "bold" if step == self.value else "").append(gap)
            used += len(cell) + len(gap)
        return lines
