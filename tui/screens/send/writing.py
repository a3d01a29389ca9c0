"""The one draft that travels through the screens of a sending, to one patient or several."""

from __future__ import annotations

import asyncio

from data import cases, drafts, mailings
from data.cases import SentCase
from data.drafts import Draft
from data.mailings import Mailing
from data.templates import PublishedTemplate
from tui.desk import Desk
from tui.i18n import ngettext
from tui.widgets.marks import attention, name_with_mark, patient_line


def count_of(draft: Draft) -> int:
    """How many patients a draft is for."""
    return 1 + len(draft.also)


def patients_words(count: int) -> str:
    """12 patients."""
    return ngettext("{n} patient", "{n} patients", count).format(n=count)


def whom(draft: Draft) -> str:
    """Whom a draft is for, in a few words: a name, or how many."""
    if draft.also:
        return patients_words(count_of(draft))
    return name_with_mark(draft.patient.name, draft.patient.protected)


def whom_line(draft: Draft) -> str:
    """Whom a draft is for, for the first line of a screen."""
    return whom(draft) if draft.also else patient_line(draft.patient)


def attention_lines(draft: Draft) -> str:
    """What must not be overlooked about the patient; several have none, or they could not be sent to."""
    return "" if draft.also else "\n! ".join(attention(draft.patient))


class Writing:
    """A draft on its way. Every change is stored, in order; the latest is `draft`."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        self.draft = draft
        self._desk = desk
        self._saving = asyncio.Lock()

    async def choose(self, template: PublishedTemplate) -> None:
        """Go on with a template. Raises what `drafts.save` raises; the draft is unchanged then.

        What was written for another template stays in the draft, and is sent only if that is chosen again.
        """
        if self.draft.template is None or self.draft.template.version_id != template.version_id:
            await self._save(self.draft.model_copy(update={"template": template}))

    async def keep(self, written: dict[str, str], signature: str) -> None:
        """Store what is typed so far, if it differs. Raises what `drafts.save` raises."""
        written = {**self.draft.written, **written}
        if (written, signature) != (self.draft.written, self.draft.signature):
            await self._save(self.draft.model_copy(update={"written": written, "signature": signature}))

    async def send(self) -> SentCase | Mailing:
        """Send it as it was stored last. Raises what `cases.send` and `mailings.send` raise."""
        if self.draft.also:
            return await self._desk.do(mailings.send, self.draft, self.draft.key)
        return await self._desk.do(cases.send, self.draft, self.draft.key)

    async def insist(self, written: dict[str, str], signature: str) -> None:
        """Store what is typed here over what another terminal stored, or anew if the draft is gone there."""
        mine = self.draft
        written = {**mine.written, **written}
        self.draft = await self._stored()
        changes = {"template": mine.template, "written": written, "signature": signature}
        await self._save(self.draft.model_copy(update=changes))

    async def give_way(self) -> None:
        """Go on with what another terminal stored."""
        self.draft = await self._stored()

    async def _stored(self) -> Draft:
        """The draft to the same patients as it is stored now; a new one if there is none."""
        first = self.draft.patient
        if self.draft.also:
            return await self._desk.do(mailings.begin, (first.number, *self.draft.also))
        return await self._desk.do(drafts.begin, first.id)

    async def _save(self, changed: Draft) -> None:
        # A newer save may cancel the one that waits here; what is on its way to the disk is seen through, or
        # the draft here would be older than the stored one.
        storing = asyncio.ensure_future(self._store(changed))
        # A fault of a save that was replaced is told by the newer one; asyncio would log it over the screen.
        storing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(storing)

    async def _store(self, changed: Draft) -> None:
        async with self._saving:
            # Another save may have been stored while this one waited: only its version is taken over.
            self.draft = await self._desk.do(
                drafts.save, changed.model_copy(update={"version": self.draft.version})
            )
