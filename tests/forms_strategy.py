"""Hypothesis strategies for forms, and for answers to them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from hypothesis import strategies as st

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Band,
    Choice,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Form,
    LongText,
    OneChoice,
    Option,
    Question,
    Scale,
    Score,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.reading import Refused, read_moment

WORDS = st.text("abcåäöABC 1", min_size=1, max_size=5).map(lambda text: text.strip() or "å")
"""Wordings as people write them."""

ANY_TEXT = st.text(max_size=10)
"""Anything at all, made safe by the model; may hold braces and line breaks."""

_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat)
_CLOCKS = (
    st.times()
    .map(lambda at: at.replace(second=0, microsecond=0))
    .map(lambda at: time.isoformat(at, "minutes"))
)
_WHOLES = st.integers(-(2**31), 2**31 - 1)
_AMOUNTS = st.decimals(-(10**6), 10**6, places=3)


def _exists(moment: str) -> bool:
    try:
        return bool(read_moment(moment))
    except Refused:
        return False


_MOMENTS = (
    st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001 - a time as it is written
    .map(lambda at: at.replace(second=0, microsecond=0).isoformat(timespec="minutes"))
    .filter(_exists)
)


@st.composite
def forms(draw: st.DrawFn, *, sound: bool = False, most: int = 8) -> Form:
    """A form that the builder can make, drafts with gaps too; with `sound`, one that can be published."""
    return _Maker(draw, sound).form(most)


def _ordered(draw: st.DrawFn, values: st.SearchStrategy[Any], sound: bool) -> dict[str, Any]:
    """Two optional bounds; the least first when the form is sound."""
    least, most = draw(st.none() | values), draw(st.none() | values)
    if sound and least is not None and most is not None and least > most:
        least, most = most, least
    return {"least": least, "most": most}


class _Maker:
    def __init__(self, draw: st.DrawFn, sound: bool) -> None:
        self.draw = draw
        self.sound = sound
        self.words = WORDS if sound else ANY_TEXT
        self.ids = 0
        self.asked: list[tuple[Question, tuple[str, ...]]] = []
        """The questions so far, each with the repeating sections around it."""

    def form(self, most: int) -> Form:
        draw = self.draw
        answerable = True if self.sound else draw(st.booleans())
        items = [self.item(()) for _ in range(draw(st.integers(0, most)))]
        if self.sound and not self.asked:
            items.append(self.question((), [YesNo]))
        scores = (
            [self.score() for _ in range(draw(st.integers(0, 2)))]
            if self.summable() or not self.sound
            else []
        )
        return Form(
            title=draw(st.just("") | self.words),
            staff_instruction=draw(st.just("") | ANY_TEXT),
            patient_instruction=draw(st.just("") | self.words),
            answerable=answerable,
            items=tuple(items),
            scores=tuple(scores),
        )

    def new_id(self) -> str:
        """Ids count up, so that they are unique without trying; their shapes vary."""
        self.ids += 1
        return self.draw(st.sampled_from(("q{}", "Q.{}", "1/a-{}", "{}_x"))).format(self.ids)

    def item(self, within: tuple[str, ...], depth: int = 0) -> Any:
        kinds = ["text", "question", "question", "question"]
        kinds += ["section"] * (depth < 3) + ["white_box"] * (not (self.sound and within))
        match self.draw(st.sampled_from(kinds)):
            case "text":
                level = self.draw(st.integers(0, 3))
                shown = self.shown_when(within)
                return Text(id=self.new_id(), wording=self.draw(self.words), level=level, shown_when=shown)
            case "section":
                return self.section(within, depth)
            case "white_box":
                return self.white_box()
            case _:
                return self.question(within)

    def section(self, within: tuple[str, ...], depth: int) -> Section:
        draw = self.draw
        item_id, shown = self.new_id(), self.shown_when(within)
        repeats = draw(st.booleans())
        inside = (*within, item_id) if repeats else within
        least, most = sorted(draw(st.tuples(st.integers(0, 3), st.integers(1, 5))))
        items = [self.item(inside, depth + 1) for _ in range(draw(st.integers(self.sound, 3)))]
        return Section(
            id=item_id,
            wording=draw(self.words),
            help=draw(st.just("") | self.words),
            shown_when=shown,
            repeats=repeats,
            least=least,
            most=most,
            items=tuple(items),
        )

    def white_box(self) -> WhiteBox:
        draw = self.draw
        return WhiteBox(
            id=self.new_id(),
            wording=draw(self.words),
            help=draw(st.just("") | self.words),
            name="" if self.sound else draw(st.just("") | WORDS),
            required=draw(st.booleans()),
            default=draw(st.just("") | WORDS),
            most_length=draw(st.integers(20, 8000)),
        )

    def question(self, within: tuple[str, ...], kinds: list[type[Question]] | None = None) -> Any:
        draw = self.draw
        kind = draw(st.sampled_from(kinds or [*_OWN, *([] if self.sound else [File])]))
        made = kind(
            id=self.new_id(),
            wording=draw(self.words),
            help=draw(st.just("") | self.words),
            required=draw(st.booleans()),
            shown_when=self.shown_when(within),
            **_OWN.get(kind, lambda _maker: {})(self),
        )
        self.asked.append((made, within))
        return made

    def shown_when(self, within: tuple[str, ...]) -> ShownWhen | None:
        reachable = [one for one, around in self.asked if set(around) <= set(within)]
        if not reachable or self.draw(st.integers(0, 2)) > 0:
            return None
        chosen = self.draw(st.lists(st.sampled_from(reachable), min_size=1, max_size=2))
        conditions = tuple(self.condition(question) for question in chosen)
        return ShownWhen(conditions=conditions, every=self.draw(st.booleans()))

    def condition(self, question: Question) -> Condition:
        test = self.draw(st.sampled_from(sorted(question.TESTS)))
        wanted = self.draw(answer_to(question)) if test.needs_value else None
        wanted = wanted[0] if isinstance(wanted, list) else wanted
        if isinstance(wanted, dict):  # one's own words are no option
            test, wanted = Test.ANSWERED, None
        return Condition(question=question.id, test=test, value=wanted)

    def options(self) -> tuple[Option, ...]:
        draw = self.draw
        wordings = draw(
            st.lists(
                self.words, min_size=2 if self.sound else 0, max_size=4, unique_by=lambda one: one.casefold()
            )
        )
        return tuple(
            Option(
                id=self.new_id(),
                wording=wording,
                points=draw(st.none() | st.decimals(-10, 100, places=2)),
                exclusive=draw(st.booleans()),
            )
            for wording in wordings
        )

    def summable(self) -> list[str]:
        return [
            one.id
            for one, around in self.asked
            if not around
            and (
                isinstance(one, Scale)
                or (isinstance(one, Choice) and any(o.points is not None for o in one.options))
            )
        ]

    def score(self) -> Score:
        draw = self.draw
        ids = self.summable() if self.sound else [*self.summable(), "gone"]
        ends = sorted(draw(st.lists(st.decimals(-100, 100, places=1), min_size=2, max_size=2, unique=True)))
        bands = [Band(least=ends[0], most=ends[1], wording=draw(self.words))]
        return Score(
            id=self.new_id(),
            name=draw(self.words),
            questions=tuple(draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))),
            bands=tuple(bands) if draw(st.booleans()) else (),
            shown_to_patient=draw(st.booleans()),
        )


def _lengths(maker: _Maker, limit: int) -> dict[str, Any]:
    least = maker.draw(st.integers(0, 5))
    most = maker.draw(st.integers(10, limit) | st.just(limit))
    pattern = maker.draw(st.sampled_from(["", "", "[a-z]+", "(a|b)*c?"]))
    message = maker.draw(maker.words) if pattern else ""
    if pattern:
        least = 0
    return {"least_length": least, "most_length": most, "pattern": pattern, "pattern_message": message}


def _several(maker: _Maker) -> dict[str, Any]:
    options, other = maker.options(), maker.draw(st.booleans())
    together = sum(not option.exclusive for option in options)
    least = maker.draw(st.integers(0, max(together, 1)))
    most = maker.draw(st.none() | st.integers(max(least, 1), 9))
    return {"options": options, "other": other, "least": least, "most": most}


def _scale(maker: _Maker) -> dict[str, Any]:
    least = maker.draw(st.integers(-10, 10))
    most = least + maker.draw(st.integers(1, 20))
    words = {"least_words": maker.draw(maker.words), "most_words": maker.draw(maker.words)}
    return {"least": least, "most": most, **words}


_OWN: dict[type[Question], Any] = {
    ShortText: lambda maker: _lengths(maker, 300),
    LongText: lambda maker: _lengths(maker, 8000),
    YesNo: lambda _maker: {},
    Confirmation: lambda _maker: {},
    OneChoice: lambda maker: {"options": maker.options(), "other": maker.draw(st.booleans())},
    SeveralChoices: _several,
    Date: lambda maker: _ordered(maker.draw, _DAYS, maker.sound),
    Time: lambda maker: _ordered(maker.draw, _CLOCKS, maker.sound),
    DateTime: lambda maker: _ordered(maker.draw, _MOMENTS, maker.sound),
    WholeNumber: lambda maker: {
        **_ordered(maker.draw, _WHOLES, maker.sound),
        "unit": maker.draw(maker.words),
    },
    DecimalNumber: lambda maker: {
        **_ordered(maker.draw, _AMOUNTS, maker.sound),
        "decimals": maker.draw(st.none() | st.integers(0, 6)),
        "unit": maker.draw(st.just("") | maker.words),
    },
    Scale: _scale,
}


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """One stored answer of the question's type; mostly, but not always, within its bounds."""
    found: st.SearchStrategy[Any] = st.just("something")
    match question:
        case ShortText() | LongText():
            least = max(1, question.least_length)
            found = st.text("abc", min_size=least, max_size=max(10, least))
        case YesNo():
            found = st.booleans()
        case Confirmation():
            found = st.just(True)
        case SeveralChoices() if question.options:
            ids = [option.id for option in question.options]
            chosen = st.lists(st.sampled_from(ids), min_size=1, unique=True)
            found = chosen.map(lambda some: sorted(some, key=ids.index))
        case OneChoice() if question.options:
            own = st.builds(lambda text: {"other": text}, WORDS) if question.other else st.nothing()
            found = st.sampled_from([option.id for option in question.options]) | own
        case Scale():
            found = st.sampled_from(question.steps)
        case Date() | Time() | DateTime() | WholeNumber() | DecimalNumber():
            found = _measure(question)
    return found


def _measure(question: Any) -> st.SearchStrategy[Any]:
    anything = {
        "date": _DAYS,
        "time": _CLOCKS,
        "date_time": _MOMENTS,
        "whole_number": _WHOLES,
        "decimal_number": _AMOUNTS.map(lambda amount: format(amount.normalize(), "f") if amount else "0"),
    }[question.kind]
    known = [bound for bound in (question.least, question.most) if bound is not None]
    if question.kind == "decimal_number":
        known = [format(bound.normalize(), "f") if bound else "0" for bound in known]
    return st.sampled_from(known) | anything if known else anything


@st.composite
def answers_to(draw: st.DrawFn, form: Form) -> dict[str, Any]:
    """What a patient may have filled in: most questions answered, hidden ones too, a few with nonsense."""
    return _filled(draw, form.items)


def _filled(draw: st.DrawFn, items: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Section) and item.repeats:
            times = draw(st.integers(0, 3))
            if times:
                found[item.id] = [_filled(draw, item.items) for _ in range(times)]
        elif isinstance(item, Section):
            found.update(_filled(draw, item.items))
        elif isinstance(item, Question) and draw(st.integers(0, 5)):
            found[item.id] = draw(
                answer_to(item) | st.just("nonsense") if not draw(st.integers(0, 9)) else answer_to(item)
            )
    return found
