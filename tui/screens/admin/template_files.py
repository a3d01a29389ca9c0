"""Templates to and from files, as FHIR questionnaires: asks which file, and tells beside it what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.domain.errors import Message, OmvantError, Problem
from data.exchange.fhir.reading import FILE_LIMIT
from data.exchange.templates_fhir import export_template, import_template, parse_template
from data.templates import Template
from tui.files_folder import files_folder
from tui.i18n import _, ngettext, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask, AskText

_ROWS = 10
"""About as many losses as a dialogue shows without scrolling."""


async def export_to_file(screen: BaseScreen[Any], name: str) -> None:
    """Ask where to, and write the template called `name` there; a file that is there is replaced on a yes."""
    title = _("Export {name}").format(name=name)
    folder = files_folder()
    explanation = _("The file is a FHIR questionnaire, which other systems read.")
    explanation += " " + _("Files are in {folder}.").format(folder=folder.path)
    typed: str | None = f"{name.replace('/', '-').lstrip('.')}.json"
    fault: Message | None = None
    run = screen.desk.session.run
    while True:
        typed = await screen.app.push_screen_wait(
            AskText(title, explanation, _("File"), typed or "", check=_empty_fault, fault=fault)
        )
        if typed is None:
            return
        fault = await run(folder.writable_fault, typed)
        if fault is not None:
            continue
        path = folder.file(typed)
        replace = await run(path.exists)
        if replace and not await _may_replace(screen, path):
            continue
        try:
            content = await screen.desk.do(export_template, name)
            await run(folder.write, typed, content, replace=replace)
        except OmvantError as error:
            fault = error.message
        else:
            screen.tell(_("{name} is written to {path}").format(name=name, path=path))
            return


async def import_from_file(screen: BaseScreen[Any]) -> Template | None:
    """Ask which file, show what of it can't be kept, and make a draft of the rest; None for no."""
    title = _("Import a template")
    folder = files_folder()
    explanation = _("The file is a FHIR questionnaire, from Omvänt or elsewhere. It becomes a draft.")
    explanation += " " + _("Files are in {folder}.").format(folder=folder.path)
    typed: str | None = ""
    fault: Message | None = None
    run = screen.desk.session.run
    while True:
        typed = await screen.app.push_screen_wait(
            AskText(title, explanation, _("File"), typed or "", check=_empty_fault, fault=fault)
        )
        if typed is None:
            return None
        try:
            fault = await run(folder.readable_fault, typed)
            if fault is not None:
                continue
            content = await run(folder.read, typed, FILE_LIMIT)
            imported = await run(parse_template, content)
            if imported.losses and not await _accepted(screen, imported.losses):
                return None
            return await screen.desk.do(import_template, imported, folder.file(typed).name)
        except OmvantError as error:
            fault = error.message


async def _may_replace(screen: BaseScreen[Any], path: Path) -> bool:
    choices = (("keep", _("Keep it")), ("replace", _("Replace {file}").format(file=path.name)))
    text = _("There is a file at {path} already.").format(path=path)
    return await screen.app.push_screen_wait(Ask(_("Replace the file?"), text, choices)) == "replace"


async def _accepted(screen: BaseScreen[Any], losses: tuple[Problem, ...]) -> bool:
    """Whether to import in spite of what is lost, listed item by item."""
    title = ngettext("{n} thing can't be kept as it is", "{n} things can't be kept as they are", len(losses))
    lines = [f"{problem.field}: {say(problem.message)}" for problem in losses]
    if len(lines) > _ROWS:
        lines.insert(0, _("Page Down shows more."))
    choices = (("stop", _("Cancel")), ("import", _("Import all the same")))
    asked = Ask(title.format(n=len(losses)), "\n".join(lines), choices)
    return await screen.app.push_screen_wait(asked) == "import"


def _empty_fault(typed: str) -> Message | None:
    return None if typed else Message("Write the file's name")
