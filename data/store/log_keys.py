"""The keys of the access log's chain: a file of its own beside the database, so that who gets at the one has
not got the other.

Each line holds a key in hexadecimal (256 bits); the last one is used for new entries, the earlier ones to
verify what was written with them. An entry names its key by `key_id`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from data.domain.errors import Message, Unavailable

KEY_BYTES = 32


class LogKeys:
    """The keys that are known, by id; `current` is the id of the one that new entries are written with."""

    def __init__(self, keys: list[bytes]) -> None:
        self.by_id = {key_id(key): key for key in keys}
        self.current = key_id(keys[-1])

    @property
    def key(self) -> bytes:
        """The key for new entries."""
        return self.by_id[self.current]


def key_id(key: bytes) -> str:
    """Names a key without telling it: the first 64 bits of its SHA-256, in hexadecimal."""
    return hashlib.sha256(key).hexdigest()[:16]


def path_beside(database: Path) -> Path:
    """Where the keys of a database file stand."""
    return database.with_name(f"{database.name}.log-keys")


def read(path: Path) -> LogKeys:
    """The keys of a file. Raises `Unavailable` when it is missing or holds anything but keys."""
    try:
        keys = [bytes.fromhex(line.decode()) for line in path.read_bytes().split()]
    except FileNotFoundError as error:
        raise Unavailable(
            Message(
                "The access log's keys are missing at {path}: put the file back; if it is lost, "
                "start a new key with omvant log new-key",
                path=path,
            )
        ) from error
    except (OSError, ValueError) as error:
        raise Unavailable(_unreadable(path)) from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise Unavailable(_unreadable(path))
    return LogKeys(keys)


def add_key(path: Path) -> None:
    """Write one more key, which new entries use from now on; the file is made for its owner alone."""
    line = f"{secrets.token_hex(KEY_BYTES)}\n".encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unavailable(
            Message(
                "The access log's keys can't be written at {path}: {reason}",
                path=path,
                reason=error.strerror or "",
            )
        ) from error


def _unreadable(path: Path) -> Message:
    return Message(
        "The access log's keys at {path} can't be read: put a sound copy of the file back", path=path
    )
