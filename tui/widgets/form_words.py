"""What a form says about itself: bounds, repeats, scores, and texts whose placeholders wait for words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from data.domain.errors import Message
from data.domain.forms import DecimalNumber, Filled, Form, Measure, Section, WholeNumber
from data.domain.placeholders import key_of, names_in
from data.domain.totals import Total, totals
from tui.i18n import _, ngettext, say


def unit_and_bounds(item: Filled) -> str:
    """What stands beside the field of a measure: `mmHg, 0–300`. Empty for what has neither."""
    if not isinstance(item, Measure):
        return ""
    unit = item.unit if isinstance(item, WholeNumber | DecimalNumber) else ""
    least, most = (None if end is None else _bare(item, end) for end in item.bounds)
    if least is not None and most is not None:
        span = f"{least}–{most}" if len(least) < 8 else f"{least} – {most}"
    elif least is not None:
        span = _("at least {least}").format(least=least)
    else:
        span = _("at most {most}").format(most=most) if most is not None else ""
    return ", ".join(filter(None, (unit, span)))


def _bare(item: Measure, end: int | str | Decimal) -> str:
    """An end as people write it, without its unit."""
    if isinstance(end, Decimal):
        return format(end, "f").replace(".", ",")
    words = str(end) if isinstance(end, int) else item.in_words(end)
    return say(words) if isinstance(words, Message) else words


def times_words(section: Section) -> str:
    """How often a section that repeats is filled in."""
    return _("Filled in {least} to {most} times").format(least=section.least, most=section.most)


def score_lines(form: Form, answers: Mapping[str, object]) -> Iterator[str]:
    """What each score of the form comes to, its band, and how many questions gave it no points."""
    for total in totals(form, answers):
        yield _score(total)


def _score(total: Total) -> str:
    points = format(total.points, "f").replace(".", ",")
    words = ngettext("{name}: {points} point", "{name}: {points} points", 1 if total.points == 1 else 2)
    parts = [words.format(name=total.score.name, points=points)]
    if total.band is not None:
        parts.append(total.band.wording)
    line = ", ".join(parts)
    if total.unanswered:
        missing = ngettext("{n} without points", "{n} without points", total.unanswered).format(
            n=total.unanswered
        )
        line += f" ({missing})"
    return line


def with_known_words(form: Form, known: Mapping[str, str], written: Mapping[str, object]) -> Form:
    """The form with its placeholders replaced by what is known so far; one that waits stands as `«dose»`.

    `known` holds values by `placeholders.key_of`; `written` what stands in the white boxes, by item id.
    """
    texts = [*form.texts(), *(text for place in form.places for text in place.item.texts())]
    waiting = {key_of(name): f"«{name}»" for _field, text in texts for name in names_in(text)}
    if not waiting:
        return form
    given = {key: value for key, value in known.items() if value}
    return form.filled({**waiting, **given, **form.box_values(written)})
