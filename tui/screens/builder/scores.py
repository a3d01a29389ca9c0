"""The scores of a form: which questions are summed, and what a sum means in words."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from data.domain.errors import Message
from data.domain.forms import Choice, Form, Scale, Score
from data.domain.reading import Refused
from data.domain.text import clean
from tui.acts import ACTS
from tui.building.band_lines import bands_in, lines_of
from tui.building.item_ids import fresh, random_token
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.widgets.condition_words import short_name
from tui.widgets.fields import (
    FieldChanged,
    FieldLeft,
    FieldRefused,
    LineField,
    LinesField,
    OptionsField,
    TickField,
)
from tui.widgets.labelled import Labelled
from tui.widgets.outline import Line, Outline
from tui.widgets.plain import ErrorText, Note
from tui.work import lead

_NONE = Message("There is no score yet")


class ScoresScreen(BaseScreen[tuple[Score, ...]]):
    """The scores in an outline, and the fields of the highlighted one beside it.

    Dismissed with the scores as they are when one leaves: the builder's undo takes a change back. A score
    without name, questions and bands is left out. With no score yet, it begins one.
    """

    PLACE = "scores"
    DEFAULT_CSS = """
    ScoresScreen {
        & Outline { width: 1fr; min-width: 20; margin-right: 2; }
        & VerticalScroll { width: 3fr; scrollbar-size-vertical: 1; }
        & VerticalScroll > ErrorText { margin-top: 1; }
    }
    """

    def __init__(self, form: Form, way: Sequence[str] = ()) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        self._form = form
        self._way = way
        self._scores = list(form.scores)
        self._before = form.scores
        self._unread: dict[str, str] = {}
        """Bands that can't be read yet, as typed, by the score's id."""
        self._shown: Score | None = None
        self._told: list[Message] = []
        self._outline = Outline()
        self._score_name = LineField()
        self._sum = OptionsField(summable(form), several=True)
        self._bands = LinesField()
        self._patient = TickField(_("The patient sees the score too"))
        no_points = _("No question has points yet: give options points, or add a scale")
        self._fields = (
            Labelled(_("Name"), self._score_name, note=_("Say what it measures, such as: Sleep")),
            Labelled(_("Sums"), self._sum, note="" if self._sum.options else no_points),
            Labelled(
                _("Means"), self._bands, note=_("One band a line: 0–4 none, then 5–9 mild, then 10– severe")
            ),
            Labelled(_("Shown"), self._patient, note=_("Without a tick, only staff see it with the answers")),
        )
        self._editor = VerticalScroll(*self._fields, ErrorText(id="fault"), can_focus=False)

    def compose_body(self) -> ComposeResult:
        yield Note(id="none")
        with Horizontal():
            yield self._outline
            yield self._editor

    def on_mount(self) -> None:
        if self._scores:
            self.set_focus(self._outline)
            self._show(0)
        else:
            self.act_score_add()

    def trail(self) -> Sequence[str]:
        return [*self._way, *super().trail()]

    def unsaved(self) -> Message | None:
        self._take()
        return None if self.scores == self._before else Message("The scores are not saved")

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scores as they are now, without those in which nothing is written."""
        return tuple(filter(_is_begun, self._scores))

    def why_not(self, act: str) -> Message | None:
        if act in ("score.change", "score.delete") and not self._scores:
            return _NONE
        if act == "score.delete" and self._editor.has_focus_within:
            return Message("Go to the list of scores first")
        return None

    # Acts

    def act_score_add(self) -> None:
        self._take()
        score_id = next(fresh("s", [score.id for score in self._scores], random_token))
        self._scores.append(Score(id=score_id))
        self._show(len(self._scores) - 1)
        self.set_focus(self._score_name)

    def act_score_change(self) -> None:
        self.set_focus(self._score_name)

    def act_score_delete(self) -> None:
        at = self._outline.cursor
        self._unread.pop(self._scores[at].id, None)
        del self._scores[at]
        self._shown = None
        self._show(at)
        self.set_focus(self._outline)

    def act_part_done(self) -> None:
        lead(self, self._leave, "leave")

    def act_app_back(self) -> None:
        if self._editor.has_focus_within:
            self._take()
            self._show(self._outline.cursor)
            self.set_focus(self._outline)
        else:
            lead(self, self._leave, "leave")

    async def _leave(self) -> None:
        self._take()
        unread = next((at for at, one in enumerate(self._scores) if one.id in self._unread), None)
        if unread is not None:
            self._show(unread)
            self.set_focus(self._bands)
            choices = (("stay", _("Keep editing")), ("leave", _("Leave without these bands")))
            fault = self._unread_fault(self._scores[unread])
            why = f"{say(fault)}\n\n" if fault else ""
            question = Ask(_("Not understood"), why + self._bands.text, choices)
            if await self.app.push_screen_wait(question) != "leave":
                return
        self.dismiss(self.scores)

    # The fields

    @on(Outline.Highlighted)
    def _row_highlighted(self, event: Outline.Highlighted) -> None:
        self._take()
        self._show(event.index)

    @on(FieldChanged)
    def _changed(self, event: FieldChanged) -> None:
        self._take()
        self._field_of(event.field).error = None
        self._show_lines(self._outline.cursor)
        self._tell([fault for fault in self._whole_faults() if fault in self._told])

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Say what is wrong once a field is left, by whatever key; while one types it is not finished."""
        self._take()
        self._judge()

    @on(FieldRefused)
    def _refused(self, event: FieldRefused) -> None:
        self._field_of(event.field).error = event.reason

    @on(FieldLeft)
    def _left(self, event: FieldLeft) -> None:
        self._take()
        controls = [field.control for field in self._fields]
        there = controls.index(event.field) + event.step
        if 0 <= there < len(controls):
            self.set_focus(controls[there])

    def _field_of(self, control: Widget) -> Labelled:
        return next(field for field in self._fields if field.control is control)

    def _take(self) -> None:
        """Bring the score that is shown up to date with what was typed."""
        at = next((at for at, one in enumerate(self._scores) if one is self._shown), None)
        if at is None or self._shown is None:
            return
        bands = self._shown.bands
        try:
            bands = bands_in(self._bands.text)
            self._unread.pop(self._shown.id, None)
        except Refused:
            self._unread[self._shown.id] = self._bands.text
        chosen = [one for one, _words in self._sum.options if one in self._sum.chosen]
        before = [one for one in self._shown.questions if one in chosen]
        taken = Score(
            id=self._shown.id,
            name=clean(self._score_name.value),
            questions=tuple(dict.fromkeys(before + chosen)),
            bands=bands,
            shown_to_patient=self._patient.typed,
        )
        self._scores[at] = self._shown = taken

    def _show(self, cursor: int) -> None:
        """Show the scores with the cursor on one of them, and its fields."""
        self._show_lines(cursor)
        score = self._scores[self._outline.cursor] if self._scores else None
        if score is not self._shown:
            self._shown = score
            self._load(score or Score(id="none"))
        self._editor.display = score is not None
        key = self.desk.key_of(ACTS["score.add"])
        none = self.query_one("#none", Note)
        none.update("" if self._scores else _("No score. {key} adds one").format(key=key))
        none.display = not self._scores
        self._judge()
        self.refresh_bindings()

    def _load(self, score: Score) -> None:
        self._score_name.value = score.name
        self._sum.chosen = frozenset(score.questions)
        self._bands.text = self._unread.get(score.id) or lines_of(score.bands)
        self._patient.chosen = frozenset({"tick"}) if score.shown_to_patient else frozenset()
        for field in self._fields:
            field.error = None

    def _show_lines(self, cursor: int) -> None:
        lines = [Line(one.name or _("(no name)"), fault=bool(self._faults(one))) for one in self._scores]
        self._outline.show(lines, cursor)

    def _faults(self, score: Score) -> list[Message]:
        unread = self._unread_fault(score)
        return [*([unread] if unread else []), *(score.problems() if _is_begun(score) else ())]

    def _unread_fault(self, score: Score) -> Message | None:
        """Why the bands of the score can't be read as they were typed."""
        try:
            bands_in(self._unread.get(score.id, ""))
        except Refused as refused:
            return refused.message
        return None

    def _judge(self) -> None:
        """Say what is wrong with the score that is shown: bands beside their field, the rest below."""
        score = self._shown
        self._field_of(self._bands).error = self._unread_fault(score) if score else None
        self._tell(self._whole_faults())

    def _whole_faults(self) -> list[Message]:
        """What is wrong with the score that is shown as a whole; nothing while nothing is written in it."""
        score = self._shown
        if score is None or not _is_begun(score):
            return []
        alone = self._form.model_copy(update={"scores": (score,)})
        return [problem.message for problem in alone.problems() if problem.field == "scores"]

    def _tell(self, faults: list[Message]) -> None:
        """Say these faults below the fields, and no others."""
        self._told = faults
        self.query_one("#fault", ErrorText).update("\n".join(map(say, faults)))


def _is_begun(score: Score) -> bool:
    """Whether anything is written in the score; one without name, questions and bands is left out."""
    return bool(score.name or score.questions or score.bands)


def summable(form: Form) -> list[tuple[str, str]]:
    """What a score may sum, as id and words: choices with points and scales, once in the form; and whatever
    the form's scores sum already, to be taken out again."""
    summed = {item_id for score in form.scores for item_id in score.questions}
    found = []
    for place in form.places:
        item = place.item
        if isinstance(item, Scale):
            points: Sequence[object] = item.steps
        elif isinstance(item, Choice):
            points = [option.points for option in item.options if option.points is not None]
        else:
            points = ()
        if (points and place.repeated is None) or item.id in summed:
            found.append((item.id, short_name(item)))
    gone = sorted(summed - {item_id for item_id, _words in found})
    return found + [(item_id, _("(a question that is gone)")) for item_id in gone]
