"""A patient's extract of the access log to a file: asks for whom, which days, and which file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from data.domain.errors import Invalid, Message, NotFound, OmvantError, Problem
from data.domain.identity import PersonalIdentityNumber
from data.log_extract import extract
from tui.files_folder import files_folder
from tui.i18n import _
from tui.log_text import extract_text
from tui.screens.admin.ask_fields import AskedField, AskFields
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.widgets.when import local_date


async def extract_to_file(screen: BaseScreen[Any], number: str) -> None:
    """Write the extract for a patient; `number` is whose is suggested. A file that is there already stays."""
    folder, run = files_folder(), screen.desk.session.run
    today = local_date(screen.desk.clinic_zone)
    name = _("extract-{day}.txt").format(day=today)
    filled: Mapping[str, str] = {"number": number, "first": "", "last": "", "file": name}
    fault: Problem | None = None
    while True:
        asked = await screen.app.push_screen_wait(_form(screen, filled, fault))
        if asked is None:
            return
        filled = asked
        choices = (("no", _("Without the names of staff")), ("yes", _("With the names of staff")))
        text = _("The law asks for clinic and time. A public care provider gives names on request.")
        named = await screen.app.push_screen_wait(Ask(_("Names in the extract?"), text, choices))
        if named is None:
            return
        try:
            if unwritable := await run(folder.writable_fault, filled["file"]):
                fault = Problem("file", unwritable)
                continue
            made = await screen.desk.do(
                extract,
                _number(screen, filled["number"]),
                _date(filled["first"]),
                _date(filled["last"]),
                named=named == "yes",
            )
            path = await run(folder.write, filled["file"], extract_text(made).encode())
        except NotFound as error:
            fault = Problem("number", error.message)
        except OmvantError as error:
            fault = Problem("file", error.message)
        else:
            screen.tell(_("The extract is written to {path}").format(path=path))
            return


def _form(screen: BaseScreen[Any], filled: Mapping[str, str], fault: Problem | None) -> AskFields:
    days = _("A day as in 2026-03-01; empty for all that is kept")
    where = _("Files are in {folder}.").format(folder=files_folder().path)
    fields = (
        AskedField("number", _("Number"), filled["number"], _("The patient's personal identity number")),
        AskedField("first", _("From"), filled["first"], days),
        AskedField("last", _("To"), filled["last"], days),
        AskedField("file", _("File"), filled["file"], where),
    )
    title = _("Extract for a patient")
    return AskFields(title, fields, check=lambda typed: _problems(screen, typed), fault=fault)


def _problems(screen: BaseScreen[Any], typed: Mapping[str, str]) -> Sequence[Problem]:
    found: list[Problem] = []
    try:
        _number(screen, typed["number"])
    except Invalid as error:
        found += error.problems
    for name in ("first", "last"):
        try:
            _date(typed[name])
        except ValueError:
            message = Message("{value} is no date: write it as in 2026-03-01", value=typed[name])
            found.append(Problem(name, message))
    if not typed["file"]:
        found.append(Problem("file", Message("Write the file's name")))
    return found


def _number(screen: BaseScreen[Any], typed: str) -> PersonalIdentityNumber:
    return PersonalIdentityNumber.parse(typed, today=local_date(screen.desk.clinic_zone))


def _date(typed: str) -> date | None:
    return date.fromisoformat(typed) if typed else None
