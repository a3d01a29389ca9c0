"""What is known of a patient: the name, and the marks for protected identity and digital reach."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from textual import on
from textual.app import ComposeResult

from data import patients
from data.domain.errors import Conflict, Invalid, Message, NotFound, OmvantError
from data.patients import Patient
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask, ask_unsaved
from tui.screens.reason import with_reason
from tui.widgets.field_column import FieldColumn
from tui.widgets.fields import FieldChanged, LineField, TickField
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Text
from tui.work import lead


class PatientDataScreen(BaseScreen[bool]):
    """Change what is known of a patient. Dismissed with whether it was saved."""

    PLACE = "patient_data"

    def __init__(self, patient: Patient, way: Sequence[str]) -> None:
        """`patient` as it was read, `way` the translated names of the places on the way here."""
        super().__init__()
        self._patient = patient
        self._way = way
        self._saving = asyncio.Lock()
        self._full_name = LineField(patient.name)
        self._protected = TickField(_("Protected identity"), patient.protected)
        self._why = LineField()
        self._reachable = TickField(_("Can be reached digitally"), patient.reachable)
        self._column = FieldColumn()

    def compose_body(self) -> ComposeResult:
        with self._column:
            yield Labelled(_("Number"), Text(str(self._patient.number)))
            yield Labelled(_("Name"), self._full_name, id="name")
            note = _("Name and cases are then shown only to those who sent them, or who state a reason")
            yield Labelled(_("Protection"), self._protected, note=note, id="protected")
            note = _("Why it is taken away; it is kept in the access log")
            yield Labelled(_("Your reason"), self._why, note=note, id="why")
            yield Labelled(_("Reach"), self._reachable, id="reachable")

    def on_mount(self) -> None:
        self._ask_why()
        self._column.focus_first()

    def trail(self) -> Sequence[str]:
        return [*self._way, _("The patient's data")]

    def unsaved(self) -> Message | None:
        """What would be lost if the program ended now; it names nobody."""
        return Message("The changes to the patient's data are not saved") if self._changed() else None

    def act_form_save(self) -> None:
        # A second Ctrl+S must not stop the saving that the first one began.
        if not self._saving.locked():
            lead(self, self._save, "store")

    def act_app_back(self) -> None:
        lead(self, self._leave, "leave")

    @on(FieldChanged)
    def _ask_why(self) -> None:
        """Taking protection away needs a reason, which there is a field for then."""
        self.query_one("#why").display = self._patient.protected and not self._protected.typed

    async def _leave(self) -> None:
        unsaved = self.unsaved()
        choice = await self.app.push_screen_wait(ask_unsaved(unsaved)) if unsaved else "discard"
        if choice == "discard":
            self.dismiss(False)
        elif choice == "save":
            await self._save()

    async def _save(self) -> None:
        async with self._saving:
            while self.is_current:
                try:
                    if await with_reason(self, self._store):
                        self.dismiss(True)
                except Conflict as conflict:
                    if await self._settles(conflict.message):
                        continue
                except Invalid as error:
                    self._column.show_problems(error.problems)
                except OmvantError as error:
                    self.tell(say(error.message))
                return

    async def _store(self) -> None:
        changed = self._patient.model_copy(update=self._typed())
        await self.desk.do(patients.change, changed, self._why.value)

    async def _settles(self, what: Message) -> bool:
        """Ask what becomes of the two versions; True when saving should be tried again."""
        text = say(what) + ". " + _("Yours is still here, and nothing is lost until you choose.")
        choices = (
            ("keep", _("Keep editing")),
            ("mine", _("Save what I changed over theirs")),
            ("theirs", _("Show theirs instead")),
        )
        choice = await self.app.push_screen_wait(Ask(_("Someone else saved first"), text, choices))
        if choice in ("mine", "theirs"):
            mine = self._changed() if choice == "mine" else {}
            with self.telling():
                if await with_reason(self, self._read_again):
                    self._show({**_fields_of(self._patient), **mine})
                    return choice == "mine"
        return False

    async def _read_again(self) -> None:
        patient = await self.desk.do(patients.fetch, self._patient.number)
        if patient is None:
            raise NotFound(Message("There is no such patient"))
        self._patient = patient

    def _show(self, values: dict[str, object]) -> None:
        self._full_name.value = cast(str, values["name"])
        for field, name in ((self._protected, "protected"), (self._reachable, "reachable")):
            field.chosen = frozenset({"tick"}) if values[name] else frozenset()
        self._ask_why()

    def _typed(self) -> dict[str, object]:
        return {
            "name": self._full_name.value,
            "protected": self._protected.typed,
            "reachable": self._reachable.typed,
        }

    def _changed(self) -> dict[str, object]:
        """What differs from what was read: only that may be put over what someone else has saved since."""
        read = _fields_of(self._patient)
        return {field: value for field, value in self._typed().items() if value != read[field]}


def _fields_of(patient: Patient) -> dict[str, object]:
    return {"name": patient.name, "protected": patient.protected, "reachable": patient.reachable}
