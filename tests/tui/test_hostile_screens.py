"""Hostile text on every screen: in what was stored past the intakes, and in what is typed and pasted."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.screen import Screen
from textual.widgets import Input, TextArea

from data import drafts
from data.domain.roles import StaffActor
from data.store import models
from data.store.database import Store
from tests.conftest import Clinic, let_rows_be_rewritten
from tests.tui.drivers import fits
from tests.tui.every_screen import (
    Beginner,
    Say,
    World,
    all_screens,
    every_type,
    in_front,
    make_world,
    opened,
    settled,
)

OURS = (
    "[/b]",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[H",
    "\x1b]8;;http://x\x1b\\x",
    "\x9b31m\x9d0;x\x9c",
    "\u202egnp.exe\u202c",
    "\u2066\u200b\u200d\ufeff\u061c",
    "\x00\x08\x7f\r\n",
    "\U000e0041",
    "[red]",
    "[/]",
    "[@click=app.quit]x[/]",
    "{name} %s",
)
EVER = "".join(OURS)
"""Stands in every text."""

TERMINALS_OBEY = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
AT_ONCE = 8
"""Strings of the public list in one text."""
ROUNDS = 2
WITHOUT_STORED_TEXT = {"WelcomeScreen", "SignInScreen", "TypeList", "Palette"}


@pytest.fixture(scope="session")
def naughty(conformance: Path) -> list[str]:
    found: list[str] = json.loads((conformance / "text" / "naughty.json").read_text(encoding="utf-8"))
    return found


def saying(texts: list[str]) -> Say:
    """Each call takes the next few of the texts, in turn, so that all of them come somewhere."""
    ring = itertools.cycle(texts)
    return lambda _place: EVER + " ".join(itertools.islice(ring, AT_ONCE))


def poisoned(world: World, say: Say) -> World:
    """The same world with hostile text in every column that people write in, past the operations."""
    raw = json.dumps(with_texts(every_type(lambda place: place).model_dump(), say))
    sayings: dict[type[models.Table], tuple[str, ...]] = {
        models.Clinic: ("name",),
        models.Staff: ("name", "title"),
        models.Patient: ("name", "email", "phone"),
        models.Template: ("name",),
        models.TemplateVersion: ("name",),
        models.Draft: ("signature",),
        models.Case: ("signature",),
        models.AccessLog: ("actor_name",),
    }
    let_rows_be_rewritten()
    for table, columns in sayings.items():
        for row in table.select():
            for column in columns:
                setattr(row, column, say(column))
            row.save()
    mine = models.TemplateVersion.get_by_id(world.template.version_id)
    for row in (mine, mine.template):
        row.name, row.form = mine.name, raw
        row.save()
    written = json.dumps({"box": say("written")})
    models.Draft.update(written=written).execute()
    models.Case.update(written=written).execute()
    models.AccessLog.update(details=json.dumps({say("name"): say("value")})).execute()
    answers = json.dumps({"short": say("answer"), "long": say("answer"), "ok": True})
    models.Case.update(answers=answers).where(models.Case.id == world.answered.id).execute()
    models.AnswerDraft.update(typed=answers).execute()
    return reread(world, say)


def reread(world: World, say: Say) -> World:
    people = {name: renamed(getattr(world.clinic, name)) for name in ("anna", "bo", "gun")}
    draft = drafts.begin(people["anna"], world.patient.id)
    assert draft.template is not None
    clinic = dataclasses.replace(world.clinic, tolvan=draft.patient, **people)
    receipts = {
        name: getattr(world, name).model_copy(
            update={"patient": draft.patient, "template": draft.template.name}
        )
        for name in ("asked", "answered")
    }
    return World(clinic=clinic, say=say, template=draft.template, draft=draft, **receipts)


def renamed(actor: StaffActor) -> StaffActor:
    row = models.Staff.get_by_id(actor.staff_id)
    clinic = models.Clinic.get_by_id(actor.clinic_id)
    return actor.model_copy(update={"name": row.name, "title": row.title, "clinic_name": clinic.name})


def with_texts(value: object, say: Say) -> object:
    """The value of a form with other words: its ids and kinds stay."""
    match value:
        case dict():
            return {
                key: part if key in ("id", "kind") else with_texts(part, say) for key, part in value.items()
            }
        case list() | tuple():
            return [with_texts(part, say) for part in value]
        case str():
            return say("form")
    return value


def check_drawn(screen: Screen[object], *, columns: int = 80, rows: int = 24) -> None:
    """What the compositor would write has nothing that a terminal obeys, and keeps its width."""
    strips = screen._compositor.render_strips()
    where = type(screen).__name__
    assert fits("\n".join(strip.text for strip in strips), columns, rows), where
    for strip in strips:
        assert not (found := TERMINALS_OBEY.search(strip.text)), (where, found, strip.text)
        for segment in strip:
            assert not segment.control, where
            assert not (segment.style and segment.style.link), where


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_stored_text_is_only_drawn(store: Store, clinic: Clinic, naughty: list[str], turn: int) -> None:
    # Each round begins elsewhere in the list, so that a string comes to other fields.
    start = turn * len(naughty) // ROUNDS
    say = saying(naughty[start:] + naughty[:start])
    with store.writing():
        world = poisoned(make_world(clinic), say)
    shown = set()
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            check_drawn(screen)
            await someone.terminal.burst("pagedown")
            await settled(someone)
            check_drawn(someone.app.screen)
            if "[/b]" in someone.terminal.text():
                shown.add(type(screen).__name__)
    assert all_screens() - shown == WITHOUT_STORED_TEXT


async def test_typed_and_pasted_text_is_only_drawn(store: Store, clinic: Clinic, naughty: list[str]) -> None:
    """In every field of every screen: all of the public list at once, and our own sign by sign."""
    world = make_world(clinic)
    kinds = set()
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            fields = [field for field in screen.focus_chain if isinstance(field, Input | TextArea)]
            for field in fields:
                if type(field) in kinds:
                    continue
                kinds.add(type(field))
                screen.set_focus(field)
                for start in range(0, len(naughty), 60):
                    empty(field)
                    await paste(someone, EVER + "\n".join(naughty[start : start + 60]))
                    check_drawn(screen)
                empty(field)
                for sign in "\x1b\x9b\u202e\u200b\ufeff\x00\U000e0041[/b][red]":
                    someone.app.post_message(Key(sign, sign))
                await settled(someone)
                check_drawn(screen)
    assert len(kinds) >= 5


def empty(field: Input | TextArea) -> None:
    if isinstance(field, Input):
        field.value = ""
    else:
        field.text = ""


async def paste(someone: Beginner, text: str) -> None:
    someone.app.post_message(Paste(text))
    await settled(someone)
