"""The whole journey in English: its words on each screen, and no Swedish word of the interface left over."""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from tests.tui.conftest import AtTerminal
from tests.tui.stories import Person
from tui import i18n

SHORTEST = 4
"""Letters of a Swedish word that is looked for: shorter ones are English words, or parts of names."""

WORD = re.compile(r"[^\W\d_]+")


@cache
def swedish_words(written: str) -> frozenset[str]:
    """The words of the Swedish catalogue that are neither English nor in what people have `written`."""
    catalogue = gettext.translation(i18n.DOMAIN, i18n.LOCALE, languages=["sv"])._catalog  # type: ignore[attr-defined]
    english = words_of(" ".join(key[0] if isinstance(key, tuple) else key for key in catalogue))
    swedish = words_of(" ".join(text for key, text in catalogue.items() if key))
    return frozenset(word for word in swedish - english - words_of(written) if len(word) >= SHORTEST)


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(re.sub(r"\{\w+\}", " ", text))}


def everything_written(path: Path) -> str:
    """Every text in the demo's tables: names and forms, which are Swedish in any interface."""
    database = sqlite.connect(str(path))
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [row for table in tables for row in database.execute(f'SELECT * FROM "{table}"')]
    database.close()
    return " ".join(cell for row in rows for cell in row if isinstance(cell, str))


class EnglishPerson(Person):
    """Someone who reads English, and would notice any Swedish word of the program's own."""

    swedish: frozenset[str]

    async def sees(self, *wanted: str, gone: str = "") -> str:
        screen = await super().sees(*wanted, gone=gone)
        found = words_of(screen) & self.swedish
        assert not found, f"{sorted(found)}\n{screen}"
        return screen

    async def enters_as(self, digit: str, *arrives_at: str) -> None:
        await self.sees("This is a demo: nobody here is real", "Anna Andersson – care provider", "patient")
        await self.press(digit)
        await self.sees(*arrives_at, gone="This is a demo")

    async def leaves(self) -> None:
        await self.press("ctrl+p")
        await self.sees("Type to find a command")
        await self.type("sign out")
        await self.sees("Sign out")
        await self.press("enter")
        await self.sees("This is a demo")

    async def looks_for(self, number: str) -> None:
        await self.press("n")
        await self.sees("Send new case › Fetch", "The patient's personal identity number")
        await self.type(number)
        await self.press("enter")


async def builds_a_template(bo: EnglishPerson) -> None:
    await bo.enters_as("3", "Administration", "Templates for patient cases", "The number or Enter opens")
    await bo.press("2")
    await bo.sees("Staff", "User name", "Roles", "log auditor")
    await bo.press("n")
    await bo.sees("New person", "Password", "Space or the number ticks")
    await bo.press("escape", "escape", "1")
    await bo.sees("Templates for patient cases", "Published", "Last change", "(Question)")
    await bo.press("n")
    await bo.sees("New template", "Choose a specific name", "Can the patient answer?", "Ctrl+S Save")
    await bo.type("Blood pressure at home")
    await bo.press("escape", "a")
    await bo.sees("Add", "White box", "staff write in it before sending", "0 to 10 or as you like")
    await bo.press("0")
    await bo.type("How to measure")
    await bo.press("escape", "a", "4")
    await bo.sees("Confirms", "Required", "Must be filled in")
    await bo.type("I will measure for a week")
    await bo.press("f6")
    await bo.sees("Preview", "This is what the patient sees", "[ ] I will measure for a week")
    await bo.press("escape")
    await bo.press("f8")
    await bo.sees("Blood pressure at home", "is published: staff can send it now")
    await bo.leaves()


async def sends_a_case(anna: EnglishPerson) -> None:
    await anna.enters_as("1", "My cases", "Sent", "Patient", "Status")
    await anna.press("f1")
    await anna.sees("Help: My cases", "Send a new case to a patient", "Enter does it")
    await anna.press("escape", "n")
    await anna.sees("Send new case › Fetch", "The patient's personal identity number")
    await anna.type("191212121213")
    await anna.sees("✗")
    await anna.press("backspace")
    await anna.type("2")
    await anna.press("enter")
    await anna.sees("Send new case › Template", "For staff only:")
    await anna.type("Blood")
    await anna.sees("Blood pressure at home (Question)", gone="For staff only:")
    await anna.press("enter")
    await anna.sees("Fill in", "How to measure", "The patient will be asked", "Signature")
    await anna.press("ctrl+s")
    await anna.sees("✗ Write here before you send")
    await anna.type("Morning and evening")
    await anna.press("ctrl+s")
    await anna.sees("The case is saved and sent", "Case number", "Assigned cases (F3)")
    await anna.press("2")
    await anna.sees("A case", "Morning and evening", "Not read yet")
    await anna.press("escape", "f3")
    await anna.sees("Assigned cases", "Sender", "Tolvan", gone="A case")
    await anna.leaves()


async def reads_and_answers(tolvan: EnglishPerson) -> None:
    await tolvan.press("5")
    await tolvan.sees("Sign-in code from the clinic", "press Enter")
    await tolvan.press("enter")
    await tolvan.sees("Messages from your clinic", "From", "Blood pressure at home", "(Question)")
    await tolvan.press("enter")
    await tolvan.sees("0 of 1 answered", "[ ] I will measure for a week", "Ctrl+S Submit")
    await tolvan.press("ctrl+s")
    await tolvan.sees("1 answer needs your attention")
    await tolvan.press("space", "ctrl+s")
    await tolvan.sees("Look through your answers", "Send the answers")
    await tolvan.press("ctrl+s")
    await tolvan.sees("Thank you! Your answers are sent to", "Vårdcentralen Demo")
    await tolvan.leaves()


async def reviews_the_log(gun: EnglishPerson) -> None:
    await gun.enters_as("4", "Administration", "needs the role of administrator")
    await gun.press("3")
    await gun.sees("Access log", "Answered a message", "Tolvan")
    await gun.press("ctrl+l")
    await gun.sees("The terminal is locked", "Gun Granberg has locked it", "Sign out")


async def test_the_whole_journey_in_english(at_terminal: AtTerminal, demo_file: Path) -> None:
    i18n.install("en")
    async with at_terminal() as someone:
        person = EnglishPerson(someone.terminal)
        person.swedish = swedish_words(everything_written(demo_file))
        assert len(person.swedish) > 300

        for part in (builds_a_template, sends_a_case, reads_and_answers, reviews_the_log):
            await part(person)


async def test_a_patient_who_is_not_here_is_told_in_english(at_terminal: AtTerminal, demo_file: Path) -> None:
    i18n.install("en")
    async with at_terminal() as someone:
        anna = EnglishPerson(someone.terminal)
        anna.swedish = swedish_words(everything_written(demo_file))
        await anna.enters_as("1", "My cases")
        await anna.looks_for("198808202389")
        await anna.sees("Protected identity", "Say why you need the data", "12 hours", gone="Karin")
        await anna.press("escape", "escape")
        await anna.looks_for("194410119046")
        await anna.sees("can't be reached digitally")
        await anna.press("escape")
        await anna.looks_for("201807182397")
        await anna.sees("No patient has the number 20180718-2397: F7 registers")
