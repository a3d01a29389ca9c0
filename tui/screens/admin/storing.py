"""Saving and publishing what the builder holds, and settling with a colleague who saved first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto

from data import templates
from data.domain.errors import Conflict, Invalid, Message, OmvantError, Problem
from data.templates import Template
from tui.desk import Desk
from tui.editing import Editing
from tui.i18n import _, say
from tui.screens.dialog import Ask, AskText


class _Outcome(Enum):
    DONE = auto()
    REFUSED = auto()
    """The person has been told."""
    AGAIN = auto()
    """The person has settled what was in the way."""


class Storing:
    """The stored side of an `Editing`: which template it is, in which version, if it is stored at all.

    The methods run in workers, since they may ask the person. One runs at a time: a second Ctrl+S waits for
    the first, and then finds nothing left to save.
    """

    def __init__(
        self,
        desk: Desk,
        editing: Editing,
        template: Template | None,
        *,
        shown: Callable[[], None],
        tell: Callable[[str], None],
        refused: Callable[[Sequence[Problem]], None],
    ) -> None:
        """`shown` is called after `editing` was changed here, `refused` with what the operations refuse."""
        self._desk = desk
        self._editing = editing
        self._template = template
        self._shown = shown
        self._tell = tell
        self._refused = refused
        self._one_at_a_time = asyncio.Lock()

    @property
    def is_new(self) -> bool:
        """Whether nothing is stored yet."""
        return self._template is None

    async def save(self) -> bool:
        """Store what there is; False when that did not happen, and the person has been told why."""
        async with self._one_at_a_time:
            return await self._save()

    async def publish(self) -> bool:
        """Store and publish; False when that did not happen, and the person has been told why."""
        async with self._one_at_a_time:
            outcome = _Outcome.AGAIN
            while outcome is _Outcome.AGAIN and await self._save():
                # A draft with gaps is saved; then it is told what is missing.
                if problems := self._editing.problems():
                    self._refused(problems)
                    return False
                outcome = await self._attempt(self._publish)
            return outcome is _Outcome.DONE

    async def _save(self) -> bool:
        outcome = _Outcome.AGAIN
        while outcome is _Outcome.AGAIN and (self._template is None or self._editing.changed):
            outcome = await self._attempt(self._store)
        return outcome is not _Outcome.REFUSED

    async def _store(self) -> None:
        name, form = self._editing.name, self._editing.form
        if self._template is None:
            self._template = await self._desk.do(templates.create, name, form)
        else:
            wanted = self._template.model_copy(update={"name": name, "form": form})
            self._template = await self._desk.do(templates.save, wanted)
        # What is typed meanwhile is not saved yet.
        self._editing.mark_saved(name, form)

    async def _publish(self) -> None:
        if self._template is not None:
            self._template = await self._desk.do(templates.publish, self._template.id, self._template.version)

    async def _attempt(self, act: Callable[[], Awaitable[None]]) -> _Outcome:
        """Perform an act, and have what it refuses mended, settled or told."""
        try:
            await act()
        except Conflict as conflict:
            return _Outcome.AGAIN if await self._settle(conflict.message) else _Outcome.REFUSED
        except Invalid as error:
            self._refused(error.problems)
            return _Outcome.REFUSED
        except OmvantError as error:
            self._tell(say(error.message))
            return _Outcome.REFUSED
        return _Outcome.DONE

    async def _settle(self, what: Message) -> bool:
        """Ask what becomes of the two versions; True when saving should be tried again."""
        text = say(what) + ". " + _("Yours is still here, and nothing is lost until you choose.")
        choices = (
            ("keep", _("Keep editing")),
            ("copy", _("Save mine as a new template")),
            ("replace", _("Replace theirs with mine")),
            ("reload", _("Show theirs instead (undo brings mine back)")),
        )
        choice = await self._desk.push_screen_wait(Ask(_("Someone else saved first"), text, choices))
        if choice == "copy":
            return await self._detach()
        if choice not in ("replace", "reload") or self._template is None:
            return False
        try:
            theirs = await self._desk.do(templates.get, self._template.id)
        except OmvantError as error:
            self._tell(say(error.message))
            return False
        self._template = theirs
        if choice == "reload":
            self._editing.adopt(theirs.name, theirs.form)
        self._editing.mark_saved(theirs.name, theirs.form)
        self._shown()
        return choice == "replace"

    async def _detach(self) -> bool:
        """Make it a template of its own under another name."""
        name = await self._desk.push_screen_wait(
            AskText(
                _("Save mine as a new template"),
                "",
                _("Name"),
                _("{name} (copy)").format(name=self._editing.name),
                check=lambda text: None if text else Message("Give the template a name"),
            )
        )
        if name is None:
            return False
        self._template = None
        self._editing.rename(name)
        self._shown()
        return True
