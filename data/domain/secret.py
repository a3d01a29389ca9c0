"""Passwords and codes, kept only as argon2id hashes (OWASP ASVS 5.0, 11.4.2).

Hashing takes tens of milliseconds and tens of megabytes on purpose: operations do it `outside`.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SECRET_LIMIT = 1_000
"""Characters: nobody types more, and hashing them would only cost time."""

_hasher = PasswordHasher()


def hashed(secret: str) -> str:
    """The hash to store. The same letters typed on another system give the same (NFC)."""
    return _hasher.hash(_bytes(secret))


def matches(secret: str, stored: str | None) -> bool:
    """Whether `secret` is the one that was hashed; with nothing stored no, in the same time."""
    try:
        same = _hasher.verify(stored or _nobodys(), _bytes(secret[:SECRET_LIMIT]))
    except (VerificationError, InvalidHashError):
        return False
    return same and stored is not None and len(secret) <= SECRET_LIMIT


def outdated(stored: str) -> bool:
    """Whether a hash was made at another cost than is asked for now (RFC 9106; argon2-cffi's default)."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this secret")


def _bytes(secret: str) -> bytes:
    # A terminal may hand over lone surrogates, which plain UTF-8 refuses.
    return unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")
