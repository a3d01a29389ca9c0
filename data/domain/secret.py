"""Passwords and codes, kept only as argon2id hashes (OWASP ASVS 5.0, 11.4.2).

Hashing takes tens of milliseconds and tens of megabytes on purpose: operations do it `outside`.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SECRET_LIMIT = 1_000
"""Characters: nobody types more, and hashing them would only cost time."""


def canonical(secret: str) -> str:
    """What is hashed, measured and compared: the same letters typed on another system are the same (NFC)."""
    return unicodedata.normalize("NFC", secret)


def hashed(secret: str) -> str:
    """The hash to store."""
    return _hasher().hash(_bytes(secret))


def matches(secret: str, stored: str | None) -> bool:
    """Whether `secret` is the one that was hashed; with nothing stored no, in the same time."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - as in `_hasher`

    try:
        same = _hasher().verify(stored or _nobodys(), _bytes(secret[:SECRET_LIMIT]))
    except (VerificationError, InvalidHashError):
        return False
    return same and stored is not None and len(secret) <= SECRET_LIMIT


def outdated(stored: str) -> bool:
    """Whether a hash was made at another cost than is asked for now (RFC 9106; argon2-cffi's default)."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - most starts see no password

    return PasswordHasher()


def _nobodys() -> str:
    """A hash of today's cost that no secret has. It is written and not computed: that would make the first
    unknown name at a terminal take twice the time of one that somebody has."""
    from argon2.low_level import ARGON2_VERSION  # noqa: PLC0415 - as in `_hasher`

    hasher = _hasher()
    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${parameters}${salt}${digest}"


def _bytes(secret: str) -> bytes:
    # A terminal may hand over lone surrogates, which plain UTF-8 refuses.
    return canonical(secret).encode("utf-8", "surrogatepass")
