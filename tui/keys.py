"""Keys as people know them: their names on screen, a person's own keys, and the README's table.

A person moves keys in `keys.toml` (see `keymap_path`):

    [keys]
    "case.new" = "f9"
    "list.refresh" = "ctrl+r,f5"
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, Keys, key_to_character

from data.domain.errors import Message, NotFound, OmvantError
from data.domain.value import Frozen
from tui.acts import ACTS, Act
from tui.bindings import PLACES, Place
from tui.i18n import N_, _

FORBIDDEN = frozenset({"ctrl+h", "ctrl+m", "ctrl+i", "ctrl+left_square_bracket", "alt+enter"})
"""Keys that terminals send as Backspace, Enter, Tab, Esc, or keep for themselves."""

RESERVED = frozenset({"tab", "shift+tab"})
"""Keys that move between fields: without them there is no way around a form."""

FILE_LIMIT = 100_000
"""Bytes of a person's own keys."""

_REASON_MOST = 200
_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "meta", "hyper"})
_NAMED_KEYS = frozenset(key.value for key in Keys if "+" not in key.value and "<" not in key.value)
_WORKS_WHILE_TYPING = re.compile(r"(ctrl|alt)\+.+|f\d+")

_PRINTED = {
    "enter": "Enter",
    "escape": "Esc",
    "delete": "Del",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "insert": "Ins",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
"""What is printed on keys, alike in Swedish and English."""

_SPOKEN = {"space": N_("Space"), "backspace": N_("Backspace")}
"""Keys that bear no word, and have a name in each language."""


def key_name(key: str, word: Callable[[str], str] = _) -> str:
    """A Textual key as people call it: `ctrl+s` is Ctrl+S, `slash` is /. `word` translates a name."""
    *modifiers, base = key.split("+")
    if base in _SPOKEN:
        name = word(_SPOKEN[base])
    elif base in _PRINTED:
        name = _PRINTED[base]
    elif re.fullmatch(r"f\d+", base):
        name = base.upper()
    else:
        name = character_of(base) or base
        if modifiers:
            name = name.upper()
    return "+".join([*map(str.capitalize, modifiers), name])


def character_of(key: str) -> str | None:
    """What a Textual key types into a field; None for a key that types nothing."""
    # Textual's own function knows "solidus" but not its own name for that key, "slash".
    return key_to_character(REPLACED_KEYS.get(key, key))


def normal_key(key: str) -> str | None:
    """A key as Textual spells it (`Ctrl+[` is `ctrl+left_square_bracket`); None if there is no such key."""
    *modifiers, base = ["plus"] if key.strip() == "+" else [part.strip() for part in key.split("+")]
    modifiers = [modifier.lower() for modifier in modifiers]
    if len(base) == 1:
        base = next(iter(Binding.make_bindings([Binding(base.lower() if modifiers else base, "")]))).key
    else:
        base = base.lower()
    known = base in _NAMED_KEYS or (base and character_of(base) is not None)
    return "+".join([*modifiers, base]) if known and _MODIFIERS.issuperset(modifiers) else None


class Clash(Frozen, kw_only=False):
    """A key that would do two things in one place."""

    place: str
    key: str
    first: str
    second: str


def clashes(places: Mapping[str, Place], acts: Mapping[str, Act]) -> list[Clash]:
    """Every key that does two things in one place, in the order of `places`."""
    found = []
    for name, place in places.items():
        owners: dict[str, str] = {}
        for act_id in place.acts:
            for key in filter(None, acts[act_id].keys.split(",")):
                first = owners.setdefault(key, act_id)
                if first != act_id:
                    found.append(Clash(name, key, first, act_id))
    return found


def keymap_path() -> Path:
    """Where a person's own keys are read from, such as `~/.config/omvant/keys.toml`."""
    from platformdirs import user_config_path

    return user_config_path("omvant") / "keys.toml"


def load_keymap(path: Path) -> tuple[dict[str, str], list[Message]]:
    """A person's own keys: act ids with Textual keys, for `App.set_keymap`, and what was refused.

    One bad line is refused with a message and the rest applies. No file gives no keys and no messages.
    """
    if not os.path.exists(path):  # most people move none: nothing is imported for them
        return {}, []
    import tomllib

    from data.exchange.files import read_file

    try:
        table = tomllib.loads(read_file(path, FILE_LIMIT).decode()).get("keys", {})
    except NotFound:
        return {}, []
    # What tomllib and the decoding raise are ValueErrors; it recurses into lists within lists.
    except (OmvantError, ValueError, RecursionError) as error:
        why = str(error)[:_REASON_MOST]
        unread = Message("{file} can't be read, so no key is moved: {reason}", file=path.name, reason=why)
        return {}, [unread]
    if not isinstance(table, dict):
        return {}, [Message("{file} has no table [keys], so no key is moved", file=path.name)]
    keymap: dict[str, str] = {}
    refused: list[Message] = []
    for act_id, value in table.items():
        keys = [normal_key(key) or key for key in value.split(",")] if isinstance(value, str) else []
        reason = next(_refusals(act_id, keys), None)
        if reason:
            refused.append(reason)
        else:
            keymap[act_id] = ",".join(keys)
    refused.extend(_drop_clashes(keymap))
    return keymap, refused


def _refusals(act_id: str, keys: Collection[str]) -> Iterator[Message]:
    act = ACTS.get(act_id)
    if act is None:
        yield Message("There is no act {act} to move a key for", act=act_id)
        return
    if not act.keys:
        # Textual's keymap moves keys that are bound; it can't bind what has none.
        yield Message("{act} is found in the list of all commands and can't be given a key", act=act_id)
    if not keys:
        yield Message('Write the key of {act} between quotation marks, as in "ctrl+r"', act=act_id)
    for key in keys:
        if normal_key(key) is None:
            yield Message("{key} is not a key, so {act} keeps its own", key=key, act=act_id)
        elif key in FORBIDDEN:
            yield Message("Terminals send {key} as another key, so {act} keeps its own", key=key, act=act_id)
        elif key in RESERVED:
            yield Message("{key} moves between fields, so {act} keeps its own key", key=key, act=act_id)
        elif act.priority and not _WORKS_WHILE_TYPING.fullmatch(key):
            # A priority key is taken before the field sees it: a bare letter could no longer be typed.
            yield Message(
                "{act} must work while you type: give it a key with Ctrl or Alt, or F1 to F12, not {key}",
                key=key,
                act=act_id,
            )


def _drop_clashes(keymap: dict[str, str]) -> Iterator[Message]:
    """Take moved keys that clash out of `keymap`, the last written first, until no two clash."""
    while found := clashes(PLACES, _moved(keymap)):
        clash = found[0]
        loser = next(act_id for act_id in reversed(keymap) if act_id in {clash.first, clash.second})
        other = clash.first if loser == clash.second else clash.second
        del keymap[loser]
        yield Message(
            "{key} already does {other} in the same place, so {act} keeps its own key",
            key=clash.key,
            other=other,
            act=loser,
        )


def _moved(keymap: Mapping[str, str]) -> dict[str, Act]:
    return {name: act.model_copy(update={"keys": keymap.get(name, act.keys)}) for name, act in ACTS.items()}


def key_table() -> str:
    """The README's table of keys as Markdown, in English, one row for each act that has a key."""
    rows = ["| key | act | where |", "|---|---|---|"]
    for act in ACTS.values():
        if act.keys:
            keys = ", ".join(f"`{key_name(key, str)}`" for key in act.keys.split(","))
            rows.append(f"| {keys} | **{act.label}** – {act.help} | {_where(act.id)} |")
    return "\n".join(rows) + "\n"


def _where(act_id: str) -> str:
    inside = [place.title for place in PLACES.values() if act_id in place.acts]
    outside = [place.title for place in PLACES.values() if act_id not in place.acts]
    if not outside:
        return "everywhere"
    if len(outside) < len(inside):
        return "everywhere but " + ", ".join(dict.fromkeys(outside))
    return ", ".join(dict.fromkeys(inside))
