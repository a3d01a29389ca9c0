"""The keys of the access log's chain: a file of its own beside the database, so that who gets at the one has
not got the other.

Each line holds a key in hexadecimal (256 bits); the last one is used for new entries, the earlier ones to
verify what was written with them. An entry names its key by `key_id`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from data.domain.errors import Message, Unavailable
from data.store.place import sync_folder

KEY_BYTES = 32


class KeysMissing(Unavailable):
    """There is no key file at `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Message(
                "The access log's keys are missing at {path}: put the file back; if it is lost, "
                "start a new key with omvant log new-key",
                path=path,
            )
        )
        self.path = path


class LogKeys:
    """The keys that are known, by id; `current` is the id of the one that new entries are written with."""

    def __init__(self, keys: list[bytes], path: Path | None = None) -> None:
        """`path`: the file that they were read from, to look for newer ones in."""
        self._take(keys)
        self._path = path
        self._seen = _state(path)

    @property
    def key(self) -> bytes:
        """The key for new entries."""
        return self.by_id[self.current]

    def renew(self) -> None:
        """Take in keys that another program has added to the file meanwhile; a file that is gone or can't be
        read leaves the keys as they are, so that work goes on."""
        state = _state(self._path)
        if self._path is None or state is None or state == self._seen:
            return
        with suppress(Unavailable):
            self._take(_keys_in(self._path))
            self._seen = state

    def hand_over(self, to: Path) -> LogKeys:
        """Add these keys to another file, made if there is none, so that new entries use the same key there.
        Those that are in it stay. Returns the keys of that file."""
        known = _keys_in(to) if to.exists() else []
        if known[-1:] != [self.key]:
            earlier = [key for key in self.by_id.values() if key not in known and key != self.key]
            _append(to, [*earlier, self.key])
        return read(to)

    def add(self) -> None:
        """Start a new key: written to the file, and used from now on."""
        if self._path is not None:
            add_key(self._path)
            self.renew()

    def _take(self, keys: list[bytes]) -> None:
        self.by_id = {key_id(key): key for key in keys}
        self.current = key_id(keys[-1])


def key_id(key: bytes) -> str:
    """Names a key without telling it: the first 64 bits of its SHA-256, in hexadecimal."""
    return hashlib.sha256(key).hexdigest()[:16]


def path_beside(database: Path) -> Path:
    """Where the keys of a database file stand."""
    return database.with_name(f"{database.name}.log-keys")


def read(path: Path) -> LogKeys:
    """The keys of a file. Raises `KeysMissing`, and `Unavailable` when it holds anything but keys."""
    return LogKeys(_keys_in(path), path)


def add_key(path: Path) -> None:
    """Write one more key, which new entries use from now on; the file is made for its owner alone."""
    _append(path, [secrets.token_bytes(KEY_BYTES)])


def _append(path: Path, keys: Sequence[bytes]) -> None:
    lines = "".join(f"{key.hex()}\n" for key in keys).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if os.write(descriptor, lines) < len(lines):  # half a key would make the file unreadable
                os.ftruncate(descriptor, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)  # a new file whose name is lost with the power is a lost key
    except OSError as error:
        raise Unavailable(
            Message(
                "The access log's keys can't be written at {path}: {reason}",
                path=path,
                reason=error.strerror or "",
            )
        ) from error


def _keys_in(path: Path) -> list[bytes]:
    try:
        keys = [bytes.fromhex(line.decode()) for line in path.read_bytes().split()]
    except FileNotFoundError:
        raise KeysMissing(path) from None
    except (OSError, ValueError) as error:
        raise Unavailable(_unreadable(path)) from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise Unavailable(_unreadable(path))
    return keys


def _state(path: Path | None) -> tuple[int, int, int] | None:
    """What differs after the file was written or replaced; None where there is none."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


def _unreadable(path: Path) -> Message:
    return Message(
        "The access log's keys at {path} can't be read: put a sound copy of the file back", path=path
    )
