"""Many terminals edit the same rows at once: no edit that was acknowledged is written over unread."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import ForkServerContext

import pytest

from data import drafts, staff, templates
from data.store.database import current, open_store
from tests.conftest import Clinic, Place, on_server
from tests.proofs import Count, Found
from tests.reliability.editor import EDITS, Rows, edit, number
from tests.reliability.soundness import faults

TERMINALS = 8


@pytest.mark.both
def test_edits_of_the_same_rows_are_all_there_and_no_lock_is_shown(
    clinic: Clinic, place: Place, processes: ForkServerContext, count: Count, found: Found
) -> None:
    times = count(50, 200)
    rows = rows_with_zero(clinic, place)
    with processes.Manager() as manager, ProcessPoolExecutor(TERMINALS, mp_context=processes) as terminals:
        together = manager.Barrier(TERMINALS)
        told = list(terminals.map(edit, *zip(*[(rows, times, together)] * TERMINALS, strict=True)))

    assert [one.other for one in told if one.other] == []
    saved = sum((Counter(one.saved) for one in told), Counter())
    assert saved.total() == TERMINALS * times
    store = open_store(place.url, log_keys=place.log_keys)
    assert counted(rows) == saved
    assert faults(store) == []
    store.close()
    conflicts = sum(one.conflicts for one in told)
    where = "on a server" if on_server() else "in a file"
    found(
        f"{TERMINALS} processes × {times} edits of {len(EDITS)} rows {where}: 0 of {saved.total()} lost, "
        f"{conflicts} conflicts told and tried again, 0 lock errors"
    )


def rows_with_zero(clinic: Clinic, place: Place) -> Rows:
    """A draft, a template and a person whose texts end with 0, in a closed database."""
    draft = clinic.draft(clinic.question, written={"dos": "tabletter: 0"})
    template = templates.get(
        clinic.bo, next(row.id for row in templates.list_all(clinic.bo) if row.answerable)
    )
    form = template.form.model_copy(update={"patient_instruction": "ändrad: 0"})
    templates.save(clinic.bo, template.model_copy(update={"form": form}))
    cilla = next(one for one in staff.list_staff(clinic.bo) if one.id == clinic.cilla.staff_id)
    staff.change(clinic.bo, cilla.model_copy(update={"title": "läkare 0"}))
    current().close()
    return Rows(place, clinic, draft.id, template.id, cilla.id)


def counted(rows: Rows) -> dict[str, int]:
    """The numbers that the rows end with now."""
    (draft,) = drafts.list_mine(rows.clinic.anna)
    person = next(one for one in staff.list_staff(rows.clinic.bo) if one.id == rows.person)
    return {
        "draft": number(draft.written["dos"]),
        "template": number(templates.get(rows.clinic.bo, rows.template).form.patient_instruction),
        "person": number(person.title),
    }
