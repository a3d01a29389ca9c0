"""Six attacks on the access log, on a real file, by someone who can write to the database past Omvänt.

| attack | found by |
|---|---|
| edit an entry | the chain: its MAC covers its content |
| delete entries | the chain: numbers are missing |
| delete entries and renumber the rest | the chain: the MAC covers the number and the entry before |
| swap two entries | the chain: each MAC covers the entry before |
| cut off the end | only an anchor: what is left is a sound, shorter chain |
| rewrite all of it with the stolen key | only an anchor: it is a sound chain, and not the one that was |

The attacker drops the triggers first: these keep programs and people from mistakes, not who owns the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import SQL, IntegrityError

from data import log_check, patients
from data.domain.anchor import Anchor
from data.domain.chain import CONTENT
from data.store import models
from data.store.log_keys import add_key, key_id
from data.store.log_walk import Broken, Fault
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock, let_rows_be_rewritten, on_server, replacing
from tests.data.relinking import relink


@pytest.fixture
def chain(clinic: Clinic, clock: FrozenClock) -> int:
    """The chain of the clinic, with twelve fetches at its end and the triggers gone; the triggers of others
    stay. Returns its id."""
    for _each in range(12):
        clock.move(minutes=1)
        patients.fetch(clinic.anna, clinic.tolvan.number)
    let_rows_be_rewritten()
    return clinic.anna.clinic_id


def entry(chain: int, number: int) -> models.AccessLog:
    log = models.AccessLog
    return log.get(log.chain == chain, log.number == number)


def last(chain: int) -> int:
    log = models.AccessLog
    return int(log.select().where(log.chain == chain).order_by(log.number.desc()).get().number)


def change(row: models.AccessLog, **columns: object) -> None:
    models.AccessLog.update(**columns).where(models.AccessLog.id == row.id).execute()


def broken(clinic: Clinic, chain: int, anchors: tuple[Anchor, ...] = ()) -> Broken | None:
    """What verifying finds wrong with the chain; no other chain has anything wrong."""
    states = {state.chain: state.broken for state in log_check.verify(clinic.operator, anchors)}
    assert not any(fault for other, fault in states.items() if other != chain)
    return states[chain]


def anchored(clinic: Clinic) -> tuple[Anchor, ...]:
    """An anchor, and a few entries after it."""
    made = log_check.anchor(clinic.operator)
    for _each in range(3):
        patients.fetch(clinic.anna, clinic.tolvan.number)
    return made


def test_an_untouched_log_is_sound(clinic: Clinic, chain: int) -> None:
    anchors = anchored(clinic)
    states = log_check.verify(clinic.operator, anchors)

    assert all(state.sound for state in states)
    assert {state.chain: state.count for state in states}[chain] == last(chain)
    assert sum(state.count for state in states) == models.AccessLog.select().count()


def test_an_edited_entry_is_found(clinic: Clinic, chain: int) -> None:
    change(entry(chain, 7), actor_name="Någon Annan")

    assert broken(clinic, chain) == Broken(7, Fault.CHANGED)


def test_deleted_entries_are_found(clinic: Clinic, chain: int) -> None:
    log = models.AccessLog
    log.delete().where(log.chain == chain, log.number.in_((7, 8))).execute()

    assert broken(clinic, chain) == Broken(9, Fault.MISSING, 7)


def test_the_first_entries_can_not_go_unseen(clinic: Clinic, chain: int) -> None:
    log = models.AccessLog
    log.delete().where(log.chain == chain, log.number <= 3).execute()

    assert broken(clinic, chain) == Broken(4, Fault.MISSING, 1)


@pytest.mark.parametrize("gone", [1, 7])
def test_renumbering_after_a_deletion_is_found(clinic: Clinic, chain: int, gone: int) -> None:
    entry(chain, gone).delete_instance()
    for number in range(gone + 1, last(chain) + 1):
        change(entry(chain, number), number=number - 1)

    assert broken(clinic, chain) == Broken(gone, Fault.CHANGED)


@pytest.mark.parametrize("with_macs", [True, False])
def test_swapped_entries_are_found(clinic: Clinic, chain: int, with_macs: bool) -> None:
    first, second = entry(chain, 7), entry(chain, 9)
    change(first, number=1_000)
    change(second, number=7, **({} if with_macs else {"mac": first.mac}))
    change(first, number=9, **({} if with_macs else {"mac": second.mac}))

    expected = Broken(7, Fault.MOVED, 9) if with_macs else Broken(7, Fault.CHANGED)
    assert broken(clinic, chain) == expected


def test_a_cut_end_is_found_by_the_anchor_alone(clinic: Clinic, chain: int) -> None:
    anchors = anchored(clinic)
    log, end = models.AccessLog, last(chain)
    log.delete().where(log.chain == chain, log.number > end - 5).execute()

    assert broken(clinic, chain) is None
    assert broken(clinic, chain, anchors) == Broken(end - 3, Fault.CUT, end - 5)


def test_a_cut_end_is_found_also_when_the_chain_has_grown_since(clinic: Clinic, chain: int) -> None:
    anchors = anchored(clinic)
    log, end = models.AccessLog, last(chain)
    log.delete().where(log.chain == chain, log.number > end - 5).execute()
    anchored(clinic)

    assert broken(clinic, chain, anchors) == Broken(end - 3, Fault.REWRITTEN)


def test_a_chain_rewritten_with_the_key_is_found_by_the_anchor_alone(clinic: Clinic, chain: int) -> None:
    anchors = anchored(clinic)
    change(entry(chain, 7), actor_name="Någon Annan")
    relink(chain)

    assert broken(clinic, chain) is None
    assert broken(clinic, chain, anchors) == Broken(last(chain) - 3, Fault.REWRITTEN)


def test_a_whole_chain_that_is_gone_is_found_by_the_anchor_alone(clinic: Clinic, chain: int) -> None:
    anchors = anchored(clinic)
    end = last(chain) - 3
    models.AccessLog.delete().where(models.AccessLog.chain == chain).execute()

    assert chain not in {state.chain for state in log_check.verify(clinic.operator)}
    assert broken(clinic, chain, anchors) == Broken(end, Fault.GONE)


def test_an_entry_of_another_hand_is_found(clinic: Clinic, chain: int) -> None:
    end = last(chain)
    row = entry(chain, end)
    columns = {name: getattr(row, name) for name in CONTENT} | {"number": end + 1}
    models.AccessLog.create(**columns)
    assert broken(clinic, chain) == Broken(end + 1, Fault.OUTSIDE)

    change(entry(chain, end + 1), mac="0" * 64, key="feed")
    assert broken(clinic, chain) == Broken(end + 1, Fault.UNKNOWN_KEY)

    change(entry(chain, end + 1), number=-1)
    assert broken(clinic, chain) == Broken(-1, Fault.OUTSIDE)


@pytest.mark.files  # a column of a server holds only what is of its type
@pytest.mark.parametrize("no_chain", ["'forged'", "1.5", "x'01'"])
def test_an_entry_in_a_chain_that_is_none_is_found(clinic: Clinic, chain: int, no_chain: str) -> None:
    """No walk along a chain comes by it, and the clinic's auditors are shown it."""
    columns = {name: getattr(entry(chain, 1), name) for name in (*CONTENT, "key", "mac")}
    models.AccessLog.create(**columns | {"chain": SQL(no_chain), "number": 1})

    found = {state.chain: state.broken for state in log_check.verify(clinic.operator)}
    assert found[0] is not None
    assert found[0].fault is Fault.OUTSIDE


def test_pruning_that_is_invented_with_the_key_is_found_by_the_anchor(
    clinic: Clinic, chain: int, clock: FrozenClock
) -> None:
    """Else all that the anchor knows could be told pruned, and the rest be written anew."""
    anchors = anchored(clinic)
    log, gone = models.AccessLog, anchors_number(anchors, chain) + 1
    invented = json.dumps({"through": gone, "mac": entry(chain, gone).mac, "count": gone})
    log.delete().where(log.chain == chain, log.number <= gone).execute()
    change(entry(chain, gone + 1), event="log.pruned", details=invented, actor_name="Någon Annan")
    relink(chain, first=gone + 1, previous=json.loads(invented)["mac"])
    assert broken(clinic, chain) is None

    known = anchors_number(anchors, chain)
    assert broken(clinic, chain, anchors) == Broken(gone + 1, Fault.MISSING, known)
    clock.move(days=5 * 366)  # then all of it may be gone
    assert broken(clinic, chain, anchors) is None


def anchors_number(anchors: tuple[Anchor, ...], chain: int) -> int:
    return next(one.number for one in anchors if one.chain == chain)


@pytest.mark.files
def test_a_lost_key_told_by_what_has_no_number_breaks_nothing(clinic: Clinic, chain: int) -> None:
    row = entry(chain, last(chain))
    columns = {"chain": 0, "number": SQL("'abc'"), "event": "log.key_added", "details": '{"lost": ["feed"]}'}
    models.AccessLog.create(
        at=row.at, actor_kind="operator", **columns, clinic_id=None, key=row.key, mac=row.mac
    )

    found = {state.chain: state.broken for state in log_check.verify(clinic.operator)}
    assert found[0] is not None
    assert found[0].fault is Fault.OUTSIDE


def test_an_entry_moved_to_another_clinics_chain_is_found(clinic: Clinic, chain: int) -> None:
    end = last(chain)
    change(entry(chain, end), chain=clinic.dag.clinic_id, clinic_id=clinic.dag.clinic_id, number=1_000)

    state = {one.chain: one.broken for one in log_check.verify(clinic.operator)}[clinic.dag.clinic_id]
    assert state is not None
    assert state.fault is Fault.MISSING


@pytest.mark.files
@pytest.mark.parametrize("column", ["number", "at", "details", "key", "mac", "allowed"])
def test_what_no_program_would_write_is_found_and_breaks_nothing(
    clinic: Clinic, chain: int, column: str
) -> None:
    change(entry(chain, 7), **{column: SQL("x'ff00'")})

    assert broken(clinic, chain) is not None


def test_a_lost_key_can_not_be_invented(clinic: Clinic, chain: int) -> None:
    """Whoever writes that a key is lost must have a key that is not."""
    row = entry(chain, last(chain))
    models.AccessLog.create(
        at=row.at,
        event="log.key_added",
        actor_kind="operator",
        details='{"lost": ["feed"]}',
        chain=0,
        number=1,
        key=row.key,
        mac="0" * 64,
    )
    change(entry(chain, 7), key="feed", actor_name="Någon Annan")
    states = {state.chain: state.broken for state in log_check.verify(clinic.operator)}

    assert states == {
        0: Broken(1, Fault.CHANGED),
        chain: Broken(7, Fault.UNKNOWN_KEY),
        **{other: None for other in states if other not in (0, chain)},
    }


def test_after_a_loss_nothing_new_can_hide_behind_the_lost_key(
    clinic: Clinic, chain: int, store: Store, clock: FrozenClock
) -> None:
    lost = store.log_keys.current
    path = store.log_keys._path
    path.unlink()
    add_key(path)
    store.log_keys.renew()
    log_check.new_key(clinic.operator, lost=True)
    clock.move(minutes=1)
    for _each in range(3):
        patients.fetch(clinic.anna, clinic.tolvan.number)
    end = last(chain)
    assert broken(clinic, chain) is None

    change(entry(chain, end), key=lost, actor_name="Någon Annan")
    assert broken(clinic, chain) == Broken(end, Fault.UNKNOWN_KEY)


SIGNS = st.characters(codec="utf-8", exclude_characters="\0")  # which no text on a server can hold

VALUES: dict[str, st.SearchStrategy[object]] = {
    "at": st.just("2026-03-02 08:00:00.000001"),
    "event": st.text(SIGNS, max_size=20),
    "allowed": st.booleans(),
    "actor_kind": st.sampled_from(("staff", "patient", "operator", "visitor")),
    "details": st.sampled_from(("{}", '{"found": false}', "")),
    "actor_name": st.text(SIGNS, max_size=20),
    "key": st.sampled_from(("", "feed", key_id(b"x"))),
    "mac": st.text("0123456789abcdef", max_size=64),
}
NUMBERS = st.one_of(st.none(), st.integers(-5, 2**40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(data=st.data())
def test_any_change_of_any_column_of_any_entry_is_found(
    clinic: Clinic, chain: int, store: Store, data: st.DataObject
) -> None:
    """Except that the last entry leaves its chain: that is a cut end, which an anchor finds."""
    anchors = log_check.anchor(clinic.operator)
    number = data.draw(st.integers(1, last(chain)))
    column = data.draw(st.sampled_from((*CONTENT, "key", "mac")))
    value = data.draw(VALUES.get(column, NUMBERS))
    row = entry(chain, number)
    with store.database.atomic() as attempt:
        try:
            changed = value != column_of(store, row.id, column)
            with store.database.atomic():
                change(row, **{column: SQL("%s" if on_server() else "?", [value])})
        except IntegrityError:
            changed = False  # a number that is taken
        found = log_check.verify(clinic.operator, anchors)
        attempt.rollback()
    assert any(state.broken for state in found) == changed


def column_of(store: Store, row_id: int, column: str) -> object:
    """A column as it stands in the database."""
    query = models.AccessLog.select(getattr(models.AccessLog, column)).where(models.AccessLog.id == row_id)
    return store.database.execute(query).fetchone()[0]


def replaced_by_another(columns: str, *values: int) -> None:
    """Write an entry that no trigger keeps, and give it another's place."""
    kind, sign = ("UPDATE", "%s") if on_server() else ("UPDATE OR REPLACE", "?")
    with models.database.atomic():
        made = models.AccessLog.create(at=entry(1, 1).at, event="x", actor_kind="x", chain=999, number=1)
        statement = f"{kind} access_log SET {columns} WHERE id = ?".replace("?", sign)
        models.database.execute_sql(statement, (*values, made.id))


@pytest.mark.parametrize(
    "write",
    [
        lambda row: models.AccessLog.update(actor_name="x").where(models.AccessLog.id == row.id).execute(),
        lambda row: models.AccessLog.update(mac="").where(models.AccessLog.id == row.id).execute(),
        lambda row: row.delete_instance(),
        lambda row: replacing(
            models.AccessLog, "id", id=row.id, at=row.at, event="x", actor_kind="x"
        ).execute(),
        lambda row: replaced_by_another("id = ?", row.id),
        lambda row: replaced_by_another("chain = ?, number = ?", row.chain, row.number),
    ],
)
def test_the_database_itself_refuses(clinic: Clinic, write: Callable[[models.AccessLog], object]) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)
    row = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    with pytest.raises(IntegrityError):
        write(row)

    assert models.AccessLog.get_by_id(row.id) == row
    assert all(state.sound for state in log_check.verify(clinic.operator))
