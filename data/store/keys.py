"""The key that a database file is encrypted with: 256 random bits in a file of its own.

SQLCipher takes it raw, without deriving it from a passphrase, together with a salt of ours: it writes the
salt as the first 16 bytes of the database file (zetetic.net/sqlcipher/sqlcipher-api, "PRAGMA key"), so the
file itself says whether this is its key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from data.domain.errors import Conflict, Message, Unavailable
from data.store.place import sync_folder

KEY_BYTES = 32
SALT_BYTES = 16
CREDENTIAL = "omvant-key"
"""What the key is called among the credentials that systemd hands to a service (systemd.exec(5))."""

_FILE_LIMIT = 200
_WRITTEN = re.compile(rb"\s*([0-9A-Fa-f]{64})\s*")


class EncryptionKey:
    """A key, as SQLCipher takes it. It never says what it is: not in errors, tracebacks or logs."""

    __slots__ = ("passphrase", "salt")

    def __init__(self, key: bytes) -> None:
        self.salt = hmac.new(key, b"omvant salt 1", hashlib.sha256).digest()[:SALT_BYTES]
        """The first bytes of a file that is encrypted with this key."""
        self.passphrase = f"x'{key.hex()}{self.salt.hex()}'"

    def __repr__(self) -> str:
        return "<EncryptionKey>"


def find_key(chosen: str | None, environ: Mapping[str, str]) -> EncryptionKey | None:
    """The key of the file `chosen`, else of the one in OMVANT_KEY_FILE, else systemd's credential."""
    if named := chosen or environ.get("OMVANT_KEY_FILE"):
        return read_key(Path(named).expanduser())
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(folder, CREDENTIAL)
        return read_key(credential, of_systemd=True) if credential.exists() else None
    return None


def read_key(path: Path, *, of_systemd: bool = False) -> EncryptionKey:
    """The key of a file: 64 hexadecimal digits, readable by nobody but its owner, who is running this.

    systemd's credentials belong to it or to us, and it sees to their privacy itself. Raises `Unavailable`.
    """
    try:
        # Non-blocking: a pipe in its place would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        with open(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            content = file.read(_FILE_LIMIT) if stat.S_ISREG(found.st_mode) else b""
    except FileNotFoundError:
        raise Unavailable(Message("There is no key file at {path}", path=path)) from None
    except OSError as error:
        raise Unavailable(
            Message("The key file {path} can't be read: {reason}", path=path, reason=error.strerror or "")
        ) from None
    if not of_systemd and (found.st_mode & 0o077 or found.st_uid != os.geteuid()):
        raise Unavailable(
            Message(
                "Others may read or change the key file {path}: make it your own alone with "
                "chown and chmod 600",
                path=path,
            )
        )
    written = _WRITTEN.fullmatch(content)
    if written is None:
        raise Unavailable(
            Message(
                "{path} is no key file: one holds 64 hexadecimal digits, as omvant encrypt writes it",
                path=path,
            )
        )
    return EncryptionKey(bytes.fromhex(written[1].decode()))


def make_key(path: Path) -> EncryptionKey:
    """A new key, in a file for its owner alone, on the disk before anything is encrypted with it.

    Raises `Conflict` where there is a file, which is never written over, and `Unavailable`.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchmod(descriptor, 0o600)  # whatever the umask
            os.write(descriptor, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except FileExistsError:
        raise Conflict(Message("There is a file at {path} already", path=path)) from None
    except OSError as error:
        raise Unavailable(
            Message("The key file {path} can't be written: {reason}", path=path, reason=error.strerror or "")
        ) from None
    return read_key(path)
