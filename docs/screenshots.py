"""Makes the pictures of the README from the running program: `python -m docs.screenshots`.

The demo clinic, the clock and the keys are the same every time, so a picture changes only when a screen does.
"""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from data import demo
from data.store.database import open_store
from data.store.store import Store
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import TOLVAN, Person
from tui import i18n
from tui.app import OmvantApp
from tui.session import Session

DOCS = Path(__file__).parent
SIZE = (80, 24)
WIDE = (140, 32)
MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Photographer(Person):
    """Walks through the program like a person, and takes pictures."""

    async def picture(self, name: str, *wanted: str) -> None:
        """Wait until the texts are seen, then save the screen as NAME.svg."""
        await self.sees(*wanted)
        terminal = self.terminal
        assert isinstance(terminal, PilotTerminal)  # noqa: S101 - no test, but the same terminal
        await terminal.pilot.pause()
        drawn = terminal.app.export_screenshot(title="Omvänt")
        # Textual names a font's web address in the picture; the reader's own fixed font needs no network.
        drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
        # The ids in a picture are made from its text; a fixed one keeps differences small.
        drawn = re.sub(r"terminal-\d+", "terminal", drawn)
        (DOCS / f"{name}.svg").write_text(drawn, encoding="utf-8")
        print(f"docs/{name}.svg")


async def administrator(person: Photographer) -> None:
    """Signing in, and what Bo builds."""
    await person.picture("logga-in", "Det här är en demo")
    await person.signs_in_as("3", "Administration")
    await person.picture("administration", "Mallar för invånarärende")
    await person.press("2")
    await person.picture("personal", "Anna Andersson", "Gun Granberg")
    await person.press("n")
    await person.picture("person", "Användarnamn")
    await person.press("escape")
    await person.sees("Gun Granberg")
    await person.press("escape", "4")
    await person.picture("gallring", "Gallring")
    await person.press("escape", "1")
    await person.picture("mallar", "Ordination", "Publicerad")
    await person.press("slash")
    await person.type("inför")
    await person.press("enter", "enter")
    await person.press("down", "down", "down", "down", "down", "down", "down", "down")
    await person.picture("mallbyggare", "Frågor inför besök", "Hur stark är smärtan")
    await person.press("a")
    await person.picture("lagg-till", "Vit ruta", "Flera val")
    await person.press("escape", "f6")
    await person.picture("forhandsgranska", "Din tid")
    await person.press("escape")
    await person.sees("Hur stark är smärtan")
    await person.press("escape")
    await person.sees("Mallar för invånarärende", "inför")
    await person.signs_out()


async def templates(person: Photographer) -> None:
    """The library, the versions of a template, and what differs between two."""
    await person.signs_in_as("3", "Administration")
    await person.press("1")
    await person.sees("Ordination", "Publicerad")
    await person.press("b")
    await person.picture("bibliotek", "Remiss skickad")
    await person.press("escape", "slash")
    await person.type("ordination")
    await person.sees("Ordination", gone="Smittspårning")
    await person.press("enter", "enter")
    await person.sees("Titel för invånaren")
    await person.press("down", "enter")
    await person.type("Ditt läkemedel")
    await person.press("f8")
    await person.sees("publicerad")
    await person.press("escape", "escape")
    await person.sees("Mallar för invånarärende", gone="Titel för invånaren")
    await person.press("v")
    await person.picture("versioner", "Vad skiljer", "I bruk")
    await person.press("d")
    await person.sees("version 1", "Arbetskopian")
    await person.press("1")
    await person.picture("skillnad", "Ditt läkemedel")
    await person.press("escape", "escape")
    await person.sees("Mallar för invånarärende")
    await person.signs_out()


async def builder(person: Photographer) -> None:
    """Conditions, scores, and the form beside the editor where the terminal is wide."""
    await person.signs_in_as("3", "Administration")
    await person.press("1")
    await person.sees("Ordination", "Publicerad")
    await person.press("slash")
    await person.type("levnads")
    await person.sees("Levnadsvanor", gone="Ordination")
    await person.press("enter", "enter")
    await person.sees("Titel för invånaren")
    await person.press("down", "down", "down", "down", "down", "down", "down", "down", "down")
    await person.picture("mallbyggare-bred", "cigaretter röker du om dagen", "visas om")
    await person.press("v")
    await person.picture("villkor", "Röker du?")
    await person.press("escape")
    await person.sees("Titel för invånaren")
    await person.press("up", "up", "up", "up", "enter")
    await person.picture("poangsummor", "Alkohol")
    await person.press("escape")
    await person.sees("Titel för invånaren")
    await person.press("escape")
    await person.signs_out()


async def care_provider(person: Photographer) -> None:
    """The lists, and a case on its way."""
    await person.signs_in_as("1", "Mina ärenden")
    await person.picture("mina-arenden", "Ivar Eriksson", "nya svar")
    await person.press("question_mark")
    await person.picture("hjalp", "Hjälp: Mina ärenden")
    await person.press("escape", "n")
    await person.sees("Invånarens personnummer")
    await person.type("8808202389")
    await person.picture("hamta", "1988")
    await person.press("enter")
    await person.picture("skal", "Skyddade personuppgifter", "Ditt skäl")
    await person.press("escape")
    await person.sees("Invånarens personnummer")
    await person.press("escape")
    await person.sees("Mina ärenden", "Ivar Eriksson")
    await person.fetches(TOLVAN)
    await person.sees("› Mall", "Frågor inför besök")
    await person.picture("mall", "Endast för personal")
    await person.picks("Ordination")
    await person.type("Alvedon 500 mg, 1–2 tabletter vid behov, högst 8 per dygn")
    await person.picture("fyll-i", "högst 8 per dygn", "1 påbörjat")
    await person.press("ctrl+s")
    await person.sees("sparat och skickat", gone="påbörjat")
    await person.picture("skickat")
    await person.press("ctrl+l")
    await person.picture("last", "låst")
    await person.type(demo.PASSWORD)
    await person.press("enter")
    await person.sees("sparat och skickat")
    await person.press("3", "f3")
    await person.picture("fordelade-arenden", "Fördelade ärenden", "Cilla")
    await person.press("slash")
    await person.type("S frågor")
    await person.sees("Frågor", gone="Ordination")
    await person.press("enter", "enter")
    await person.picture("ett-arende", "Svarad S")
    await person.press("f2", "n", "f9")
    await person.sees("Flera invånare")
    for number in ("198006202389", "194410119046", "199801222399"):
        await person.type(number)
        await person.press("enter")
    await person.press("ctrl+s")
    await person.picture("flera-invanare", "2 invånare", "Rad 2", "Rad 3")
    await person.press("escape", "escape")
    await person.signs_out()


async def patient(person: Photographer) -> None:
    """What Tolvan reads and answers."""
    await person.reads_as_tolvan()
    await person.picture("inkorg", "Ordination", "Frågor inför besök")
    await person.press("down", "enter")
    await person.picture("besvara", "Hur stark är smärtan", "besvarade")
    await person.signs_out()


async def auditor(person: Photographer) -> None:
    """Who did what."""
    await person.signs_in_as("4", "Administration")
    await person.press("3")
    await person.picture("atkomstlogg", "Anna Andersson")
    await person.press("g")
    await person.picture("att-granska", "30d", "skyddad")
    await person.press("escape", "s")
    await person.sees("Dra ett stickprov")
    await person.press("ctrl+s")
    await person.picture("stickprov", "slumpvis dragna")
    await person.signs_out()


async def walk(person: Photographer) -> None:
    """Every screen, in the order in which a case passes them."""
    for story in (administrator, care_provider, patient, auditor, templates):
        await story(person)


async def welcome(person: Photographer) -> None:
    """The first start."""
    await person.picture("valkommen", "Välkommen")


async def at(
    opening: Callable[[], Store],
    story: Callable[[Photographer], Awaitable[None]],
    size: tuple[int, int] = SIZE,
) -> None:
    app = OmvantApp(Session(opening), demo=True)
    async with app.run_test(size=size) as pilot:
        await story(Photographer(PilotTerminal(pilot)))
    await app.session.close()


def demo_clinic(path: Path) -> Store:
    """The demo clinic at `MOMENT`, whose references and random samples are the same every time."""
    demo.make(path, clock=lambda: MOMENT).close()
    chance = random.Random(1177)  # noqa: S311 - for pictures
    return open_store(path, clock=lambda: MOMENT, token=lambda: f"{chance.getrandbits(128):032x}")


async def main() -> None:
    """Make all pictures anew."""
    i18n.install("sv")
    with tempfile.TemporaryDirectory() as folder:
        await at(lambda: open_store(Path(folder) / "new.db", create=True), welcome)
        await at(lambda: demo_clinic(Path(folder) / "demo.db"), walk)
        await at(lambda: demo_clinic(Path(folder) / "wide.db"), builder, WIDE)


if __name__ == "__main__":
    asyncio.run(main())
