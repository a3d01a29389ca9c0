"""A form with everything that a form can hold, for the tests of exchange."""

from __future__ import annotations

from decimal import Decimal

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Band,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Option,
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


def when(question: str, test: Test, value: bool | int | str | None = None) -> ShownWhen:
    return ShownWhen(conditions=(Condition(question=question, test=test, value=value),))


EVERYTHING = Form(
    title="Frågor inför besöket, {namn}",
    staff_instruction="Skriv dosen",
    patient_instruction="Svara i lugn och ro.\nHör av dig om något är oklart.",
    items=(
        Text(id="rubrik", wording="Om dig", level=2),
        WhiteBox(
            id="dos", name="dos", wording="Dosering", help="Hur ofta", default="1 tablett", most_length=200
        ),
        ShortText(
            id="post",
            wording="Postnummer",
            help="Fem siffror",
            most_length=6,
            least_length=5,
            pattern=r"\d{3} ?\d{2}",
            pattern_message="Skriv fem siffror, som 123 45",
        ),
        LongText(id="fritt", wording="Berätta", required=False, most_length=2000),
        YesNo(id="rok", wording="Röker du?"),
        WholeNumber(
            id="antal",
            wording="Hur många om dagen?",
            least=1,
            most=80,
            unit="cigaretter",
            shown_when=when("rok", Test.EQUALS, True),
        ),
        DecimalNumber(
            id="temp", wording="Temperatur?", least=Decimal("34.5"), most=Decimal(43), decimals=1, unit="°C"
        ),
        Date(
            id="dag",
            wording="När började det?",
            least="2020-01-01",
            shown_when=when("temp", Test.MORE, "37.5"),
        ),
        Time(id="tid", wording="Vilken tid passar?", least="08:00", most="16:30"),
        DateTime(id="moment", wording="När tog du provet?", least="2026-01-01T00:00", required=False),
        Scale(id="ont", wording="Hur ont?", least_words="Inte alls", most_words="Värsta tänkbara"),
        OneChoice(
            id="val",
            wording="Hur ofta?",
            other=True,
            options=(
                Option(id="aldrig", wording="Aldrig", points=Decimal(0)),
                Option(id="ibland", wording="Ibland", points=Decimal("1.5")),
            ),
        ),
        SeveralChoices(
            id="besvar",
            wording="Vilka besvär har du?",
            least=1,
            most=2,
            options=(
                Option(id="hosta", wording="Hosta"),
                Option(id="feber", wording="Feber"),
                Option(id="inget", wording="Inget av detta", exclusive=True),
            ),
            shown_when=ShownWhen(
                conditions=(
                    Condition(question="val", test=Test.EQUALS, value="ibland"),
                    Condition(question="ont", test=Test.AT_LEAST, value=4),
                ),
                every=False,
            ),
        ),
        Section(
            id="lakemedel",
            wording="Dina läkemedel",
            help="Ett i taget",
            repeats=True,
            least=1,
            most=5,
            items=(
                ShortText(id="namn", wording="Vad heter det?"),
                Section(id="mer", wording="Mer", items=(YesNo(id="dagligen", wording="Varje dag?"),)),
            ),
        ),
        Confirmation(id="ok", wording="Jag har svarat så gott jag kan"),
    ),
    scores=(
        Score(
            id="summa",
            name="Summa",
            questions=("ont", "val"),
            shown_to_patient=True,
            bands=(Band(most=Decimal("4.5"), wording="Lågt"), Band(least=Decimal(5), wording="Högt")),
        ),
    ),
)

ANSWERED = {
    "post": "123 45",
    "fritt": "Ont i halsen\noch hosta",
    "rok": True,
    "antal": 5,
    "temp": "38.2",
    "dag": "2026-02-28",
    "tid": "08:30",
    "moment": "2026-06-30T07:05",
    "ont": 4,
    "val": {"other": "Varannan vecka"},
    "besvar": ["hosta", "feber"],
    "lakemedel": [{"namn": "Alvedon", "dagligen": False}, {"namn": "Waran", "dagligen": True}],
    "ok": True,
}

WRITTEN = {"dos": "2 tabletter"}
