"""What is said of a message to the patient: where it comes from, how it stands, and what sending it means."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from data.domain.errors import Message
from data.inbox import Letter
from tui.i18n import _, ngettext
from tui.widgets.when import moment


def origin(letter: Letter, zone: ZoneInfo) -> str:
    """Who sent it, and when by the clinic's clock."""
    return " · ".join(filter(None, (letter.clinic, letter.signature, moment(letter.sent_at, zone))))


def why_no_answer(letter: Letter) -> Message | None:
    """Why the message can't be answered; None when it can."""
    if letter.answered_at:
        return Message("You have answered already: the answers can't be changed")
    if letter.closed_at:
        return Message("The clinic has closed this message: it can't be answered")
    if not letter.form.answerable:
        return Message("This message needs no answer: it is enough to read it")
    return None


def how_it_stands(letter: Letter, zone: ZoneInfo) -> str:
    """What to know of a message that can't be answered."""
    if letter.answered_at:
        when = moment(letter.answered_at, zone)
        return _("You answered {time}. The answers can't be changed.").format(time=when)
    if letter.form.answerable and letter.closed_at:
        when = moment(letter.closed_at, zone)
        return _("The clinic closed this message {time}: you can read it, not answer it.").format(time=when)
    return _("This message needs no answer: it is enough to read it")


def what_is_sent(left_out: int) -> str:
    """What to know before sending; `left_out` answers are to questions that are hidden now."""
    told = [_("Look through your answers: once they are sent they can't be changed. Esc goes back.")]
    if left_out:
        words = ngettext(
            "{n} answer is not sent, since its question no longer applies.",
            "{n} answers are not sent, since their questions no longer apply.",
            left_out,
        )
        told.append(words.format(n=left_out))
    return "\n".join(told)
