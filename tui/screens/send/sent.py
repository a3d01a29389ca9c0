"""Skicka nytt ärende › Skickat: it is saved and sent, and this is where the answer will be."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.cases import SentCase
from data.mailings import Mailing
from tui.acts import ACTS
from tui.desk import Stop
from tui.i18n import _, ngettext
from tui.screens.base import BaseScreen
from tui.screens.case import CaseScreen
from tui.widgets.marks import kind_words, patient_line
from tui.widgets.menu import DigitMenu
from tui.widgets.plain import Heading, Text


class ReceiptScreen(BaseScreen[None]):
    """What was sent, and the next act one key away."""

    DEFAULT_CSS = """
    ReceiptScreen Text { margin-bottom: 1; }
    """

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Sent")]

    def compose_body(self) -> ComposeResult:
        yield Heading(self._heading())
        yield Text(self._what())
        yield Text(self._where().format(mine=self._key("go.mine"), assigned=self._key("go.assigned")))
        yield DigitMenu(*(Option(words, id=onward) for onward, words in self._choices()), id="next")

    def on_mount(self) -> None:
        self.query_one("#next").focus()

    def act_case_new(self) -> None:
        self._leave("new")

    def act_app_back(self) -> None:
        self._leave("list")

    def act_go_mine(self) -> None:
        self._go("mine")

    def act_go_assigned(self) -> None:
        self._go("assigned")

    @abstractmethod
    def _heading(self) -> str:
        """That it is sent, and to how many."""

    @abstractmethod
    def _what(self) -> str:
        """What was sent to whom, in lines."""

    @abstractmethod
    def _where(self) -> str:
        """Where the answer will be; `{mine}` and `{assigned}` stand for keys."""

    def _choices(self) -> list[tuple[str, str]]:
        """Where to go from here, and the words for it."""
        return [
            ("new", _("Send a new case")),
            ("list", _("Go to {place}").format(place=self.desk.stop_title())),
        ]

    def _onward(self, choice: str) -> BaseScreen[None] | None:  # noqa: ARG002 (for subclasses)
        """The screen that a choice leads to; None for the list."""
        return None

    def _go(self, stop: Stop) -> None:
        # The list that the sending began from lies beneath this screen.
        if self.desk.current_mode == stop:
            self._leave("list")
        else:
            self.desk.go(stop)

    @on(OptionList.OptionSelected, "#next")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._leave(event.option_id or "list")

    def _leave(self, choice: str) -> None:
        """Take down the whole flow: the draft is gone, so there is nothing to go back to."""
        self.desk.finish_sending(self._onward(choice), again=choice == "new")

    def _key(self, act: str) -> str:
        return self.desk.key_of(ACTS[act])


class SentScreen(ReceiptScreen):
    """The receipt of a case to one patient."""

    PLACE = "sent"

    def __init__(self, sent: SentCase) -> None:
        super().__init__()
        self._sent = sent

    def act_case_show(self) -> None:
        self._leave("show")

    def _heading(self) -> str:
        return _("✓ The case is saved and sent")

    def _what(self) -> str:
        sent = self._sent
        return "\n".join(
            [
                patient_line(sent.patient),
                f"{sent.template}  {kind_words(sent.answerable)}",
                _("Case number {reference}").format(reference=sent.reference),
            ]
        )

    def _choices(self) -> list[tuple[str, str]]:
        again, back = super()._choices()
        return [again, ("show", _("Show this case")), back]

    def _onward(self, choice: str) -> BaseScreen[None] | None:
        return CaseScreen(self._sent.id) if choice == "show" else None

    def _where(self) -> str:
        if self._sent.answerable:
            return _(
                "You find the question and the answer under My cases ({mine}), and colleagues find them "
                "under Assigned cases ({assigned}). The status shows L when the patient has read it "
                "and S when it is answered."
            )
        return _(
            "You find the message under My cases ({mine}), and colleagues find it under "
            "Assigned cases ({assigned}). The status shows L when the patient has read it."
        )


class SentManyScreen(ReceiptScreen):
    """The receipt of a mailing: how many cases were sent."""

    PLACE = "sent_many"

    def __init__(self, mailing: Mailing) -> None:
        super().__init__()
        self._mailing = mailing

    def _heading(self) -> str:
        count = len(self._mailing.receipts)
        sent = ngettext("✓ {n} case is saved and sent", "✓ {n} cases are saved and sent", count)
        return sent.format(n=count)

    def _what(self) -> str:
        mailing = self._mailing
        return "\n".join(
            [
                f"{mailing.template}  {kind_words(mailing.answerable)}",
                _("Each patient got a case of their own, with its own number."),
            ]
        )

    def _where(self) -> str:
        if self._mailing.answerable:
            return _(
                "You find the cases and the answers under My cases ({mine}), and colleagues find them under "
                "Assigned cases ({assigned}). The status of each shows L when the patient has read it and S "
                "when it is answered."
            )
        return _(
            "You find the cases under My cases ({mine}), and colleagues find them under Assigned cases "
            "({assigned}). The status of each shows L when the patient has read it."
        )
