"""Saving and publishing what the builder holds, keeping what is not saved, and settling with a colleague who
saved first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, auto

from data import template_drafts, templates
from data.domain.errors import Conflict, Invalid, Message, OmvantError, Problem
from data.template_drafts import TemplateDraft
from data.templates import Template
from tui.building.content import Content
from tui.building.editing import Editing
from tui.desk import Desk
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

    `save` and `publish` run in workers, since they may ask the person. One runs at a time: a second Ctrl+S
    waits for the first, and then finds nothing left to save. `keep` waits for no answer of the person.
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
        self._keeping = asyncio.Lock()
        self._kept: dict[int | None, Content | None] = {}
        """What is kept unsaved, by template; None for what may be another content than now."""
        self._versions: dict[int | None, int] = {}
        """The version of what is kept, by template."""

    @property
    def is_new(self) -> bool:
        """Whether nothing is stored yet."""
        return self._template is None

    async def resume(self) -> datetime | None:
        """Go on with what the person did not save last time; undo leads to what is stored.

        Returns when it was kept, None when there is nothing. Raises `OmvantError`.
        """
        draft = await self._desk.do(template_drafts.find, self._id)
        if draft is None:
            return None
        self._kept[self._id] = None
        self._versions[self._id] = draft.version
        if self._template is not None:
            # A colleague who saved meanwhile is met when this is saved, as if the builder had been open.
            self._template = self._template.model_copy(update={"version": draft.base_version})
        self._editing.adopt(draft.name, draft.form, {(row, field): text for row, field, text in draft.unread})
        return draft.changed_at

    async def keep(self) -> None:
        """Keep what is not saved, and no more once there is nothing unsaved. Raises `OmvantError`."""
        # What is on its way to the disk is seen through, also when a newer call replaces this one: its
        # version would be unknown here, and look like another terminal's.
        keeping = asyncio.ensure_future(self._keep())
        # A fault of a call that was replaced is told by the newer one; asyncio would log it over the screen.
        keeping.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(keeping)

    async def _keep(self) -> None:
        async with self._keeping:
            content = self._editing.content if self._editing.changed else None
            for template_id in [one for one in self._kept if content is None or one != self._id]:
                await self._forget(template_id)
            if content is not None and self._kept.get(self._id) is not content:
                self._kept[self._id] = None  # until it is, whatever comes in between
                draft = self._draft(content)
                self._versions[draft.template_id] = await self._desk.do(template_drafts.keep, draft)
                self._kept[draft.template_id] = content

    async def discard(self) -> None:
        """Throw away what is kept unsaved. Raises `OmvantError`."""
        async with self._keeping:
            for template_id in list(self._kept):
                await self._forget(template_id)

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
                if problems := self._editing.content.problems:
                    self._refused(problems)
                    return False
                outcome = await self._attempt(self._publish)
            return outcome is _Outcome.DONE

    async def _save(self) -> bool:
        if unread := self._editing.content.unread_problems:
            self._refused(unread)  # saved without them, they would be lost
            return False
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
        # It is saved all the same; what says the same as the saved template is not offered again.
        with suppress(OmvantError):
            await self.keep()

    async def _publish(self) -> None:
        if self._template is not None:
            self._template = await self._desk.do(templates.publish, self._template.id, self._template.version)

    @property
    def _id(self) -> int | None:
        return self._template.id if self._template else None

    def _draft(self, content: Content) -> TemplateDraft:
        return TemplateDraft(
            template_id=self._id,
            base_version=self._template.version if self._template else 0,
            name=content.name,
            form=content.form,
            unread=tuple((row, field, text) for (row, field), text in content.unread.items()),
            changed_at=datetime.now(UTC),  # the operation has a clock of its own
            version=self._versions.get(self._id, 0),
        )

    async def _forget(self, template_id: int | None) -> None:
        version = self._versions.pop(template_id, 0)
        await self._desk.do(template_drafts.discard, template_id, version)
        del self._kept[template_id]

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
