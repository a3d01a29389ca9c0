"""Passwords and codes as they are stored and compared."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from data.domain import secret
from data.domain.secret import SECRET_LIMIT, hashed, matches, outdated

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_a_secret_is_the_one_that_was_hashed_however_it_was_typed() -> None:
    stored = hashed("hemlig \u00e5\ud800")

    assert matches("hemlig a\u030a\ud800", stored)
    assert not matches("hemlig a\ud800", stored)


def test_what_is_too_long_is_not_the_same_as_its_beginning() -> None:
    stored = CHEAP.hash("x" * SECRET_LIMIT)

    assert matches("x" * SECRET_LIMIT, stored)
    assert not matches("x" * (SECRET_LIMIT + 1), stored)


@pytest.mark.parametrize("stored", [None, "", "no hash at all", "$argon2id$v=19$m=8"])
def test_nothing_matches_what_is_no_hash(stored: str | None) -> None:
    assert not matches("hemlig", stored)


def test_a_hash_of_another_cost_is_outdated() -> None:
    assert outdated(CHEAP.hash("hemlig"))
    assert not outdated(hashed("hemlig"))


def test_comparing_with_nobodys_hash_is_the_same_work() -> None:
    nobodys = secret._nobodys()

    assert extract_parameters(nobodys) == extract_parameters(hashed("hemlig"))
    with pytest.raises(VerifyMismatchError):  # compared, not refused unread
        PasswordHasher().verify(nobodys, "hemlig")
