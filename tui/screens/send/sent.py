"""Skicka nytt ärende › Skickat: it is saved and sent, and this is where the answer will be."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.cases import SentCase
from tui.acts import ACTS
from tui.desk import Stop
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.case import CaseScreen
from tui.widgets.marks import kind_words, patient_line
from tui.widgets.menu import DigitMenu
from tui.widgets.plain import Heading, Text


class SentScreen(BaseScreen[None]):
    """The receipt, and the next act one key away."""

    PLACE = "sent"
    DEFAULT_CSS = """
    SentScreen Text { margin-bottom: 1; }
    """

    def __init__(self, sent: SentCase) -> None:
        super().__init__()
        self._sent = sent

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Sent")]

    def compose_body(self) -> ComposeResult:
        sent = self._sent
        yield Heading(_("✓ The case is saved and sent"))
        yield Text(
            "\n".join(
                [
                    patient_line(sent.patient),
                    f"{sent.template}  {kind_words(sent.answerable)}",
                    _("Case number {reference}").format(reference=sent.reference),
                ]
            )
        )
        yield Text(self._where())
        yield DigitMenu(
            Option(_("Send a new case")),
            Option(_("Show this case")),
            Option(_("Go to {place}").format(place=self.desk.stop_title())),
            id="next",
        )

    def on_mount(self) -> None:
        self.query_one("#next").focus()

    def act_case_new(self) -> None:
        self._leave("new")

    def act_case_show(self) -> None:
        self._leave("show")

    def act_app_back(self) -> None:
        self._leave("list")

    def act_go_mine(self) -> None:
        self._go("mine")

    def act_go_assigned(self) -> None:
        self._go("assigned")

    def _go(self, stop: Stop) -> None:
        # The list that the sending began from lies beneath this screen.
        if self.desk.current_mode == stop:
            self._leave("list")
        else:
            self.desk.go(stop)

    @on(OptionList.OptionSelected, "#next")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._leave(("new", "show", "list")[event.option_index])

    def _leave(self, onward: str) -> None:
        """Take down the whole flow: the draft is gone, so there is nothing to go back to."""
        self.desk.finish_sending(
            CaseScreen(self._sent.id) if onward == "show" else None, again=onward == "new"
        )

    def _where(self) -> str:
        if self._sent.answerable:
            text = _(
                "You find the question and the answer under My cases ({mine}), and colleagues find them "
                "under Assigned cases ({assigned}). The status shows L when the patient has read it "
                "and S when it is answered."
            )
        else:
            text = _(
                "You find the message under My cases ({mine}), and colleagues find it under "
                "Assigned cases ({assigned}). The status shows L when the patient has read it."
            )
        mine, assigned = (self.desk.key_of(ACTS[act]) for act in ("go.mine", "go.assigned"))
        return text.format(mine=mine, assigned=assigned)
