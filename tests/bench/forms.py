"""Forms of any size for benchmarks: common questions, conditions, sections and points."""

from __future__ import annotations

from decimal import Decimal

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    AnyItem,
    Date,
    Form,
    OneChoice,
    Option,
    Question,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WholeNumber,
    YesNo,
)

DESCRIPTION = """
Forms of n items: sections of ten, each a heading, a text, yes/no, one choice of four with points, a short
text, a whole number, several choices of four, a scale, a date, and a short text that is shown when the yes/no
is yes. Nothing in them has to be mended.
"""


def mixed(count: int) -> Form:
    """A form of exactly so many items, sections counted."""
    sections: list[AnyItem] = []
    for start in range(0, count, 10):
        inner = _ten(start)[: min(9, count - start - 1)]
        # What is left over is too little for a section with something in it.
        sections.append(
            Section(id=f"s{start}", wording=f"Avsnitt {start // 10 + 1}", items=inner)
            if inner
            else Text(id=f"t{start}", wording="Det var allt")
        )
    return Form(
        title="Frågor inför besöket", patient_instruction="Svara så gott du kan.", items=tuple(sections)
    )


def flat_questions(count: int) -> Form:
    """A form of so many required questions and nothing else."""
    kinds = [item for start in range(0, count * 2, 10) for item in _ten(start) if not isinstance(item, Text)]
    return Form(items=tuple(item.model_copy(update={"shown_when": None}) for item in kinds[:count]))


def _ten(start: int) -> tuple[AnyItem, ...]:
    """The nine items of a section; their ids begin with its number."""

    def options(points: bool) -> tuple[Option, ...]:
        words = ("Aldrig", "Ibland", "Ofta", "Alltid")
        return tuple(
            Option(id=f"o{index}", wording=word, points=Decimal(index) if points else None)
            for index, word in enumerate(words)
        )

    yes = Condition(question=f"y{start}", test=Test.EQUALS, value=True)
    return (
        Text(id=f"t{start}", wording=f"Det här handlar om del {start} av din hälsa, och tar en minut."),
        YesNo(id=f"y{start}", wording=f"Har du haft besvär {start} den senaste månaden?"),
        OneChoice(id=f"o{start}", wording=f"Hur ofta händer {start}?", options=options(True)),
        ShortText(id=f"a{start}", wording="Vad brukar hjälpa?", help="Med egna ord"),
        WholeNumber(id=f"n{start}", wording="Hur många gånger?", unit="gånger", least=0, most=99),
        SeveralChoices(id=f"m{start}", wording="Vad har du prövat?", options=options(False)),
        Scale(
            id=f"s-{start}",
            wording="Hur mycket besvärar det dig?",
            least_words="inte alls",
            most_words="värst",
        ),
        Date(id=f"d{start}", wording="När började det?", least="1900-01-01"),
        ShortText(id=f"x{start}", wording="Berätta mer", shown_when=ShownWhen(conditions=(yes,))),
    )


def answers_to(form: Form) -> dict[str, object]:
    """A good answer to each of the questions, as it is typed."""
    given: dict[type[Question], object] = {
        YesNo: True,
        OneChoice: "o1",
        ShortText: "Vila och vatten",
        WholeNumber: "7",
        SeveralChoices: ["o0", "o2"],
        Scale: 4,
        Date: "2026-01-31",
    }
    return {question.id: given[type(question)] for question in form.questions}
