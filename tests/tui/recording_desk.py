"""A program that only notes what screens ask of it."""

from __future__ import annotations

from data.domain.errors import Message
from data.domain.roles import Actor
from data.domain.session import Ended
from tui.desk import Desk


class RecordingDesk(Desk):
    """For tests: `asked` holds what was asked, in order."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.asked: list[str] = []

    def go(self, stop: str) -> None:
        self.asked.append(stop)

    def lock(self) -> None:
        self.asked.append("lock")

    def change_password(self) -> None:
        self.asked.append("change_password")

    def away(self) -> None:
        self.asked.append("away")

    def end_session(self, reason: Ended | Message) -> None:
        self.asked.append(f"end_session: {reason}")

    def leave(self) -> None:
        self.asked.append("leave")

    def sign_out(self) -> None:
        self.asked.append("sign_out")

    def toggle_look(self) -> None:
        self.asked.append("toggle_look")
