"""The chain of the access log: each entry's MAC covers the entry before it and its own content.

Rule: HSLF-FS 2016:40 4 kap. 9 § (the log must be protected against change), OWASP ASVS 5.0, 16.4.2. The
construction is that of RFC 2104's HMAC over a canonical text, as in a hash-linked log (RFC 9162, 2.1 has the
tree form of the same idea).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

YEARS_LEAST = 5
"""HSLF-FS 2016:40 4 kap. 9 §: how long entries are kept."""

FIRST = ""
"""What stands for the MAC before a chain's first entry."""

CONTENT = (
    "chain",
    "number",
    "at",
    "event",
    "allowed",
    "actor_kind",
    "staff_id",
    "actor_name",
    "clinic_id",
    "patient_id",
    "case_id",
    "details",
)
"""The columns that a MAC covers, in the order in which they are written."""

_columns = itemgetter(*CONTENT)
_ALLOWED = CONTENT.index("allowed")
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def mac(key: bytes, previous: str, content: Mapping[str, object]) -> str:
    """HMAC-SHA-256 in lower-case hexadecimal over `previous` and the columns of `CONTENT`.

    Values are as the database stores them: texts, whole numbers, truths and None. The text is a JSON list
    without white space, so that no two contents share one.
    """
    values = list(_columns(content))
    if isinstance(allowed := values[_ALLOWED], bool):  # SQLite hands it back as 0 or 1, PostgreSQL as a truth
        values[_ALLOWED] = int(allowed)
    text = _encode([previous, *values])
    made = _begun(key).copy()
    made.update(text.encode())
    return made.hexdigest()


@lru_cache(maxsize=8)
def _begun(key: bytes) -> hmac.HMAC:
    """What has taken in the key: beginning with it takes as long as all the rest."""
    return hmac.new(key, digestmod="sha256")


def prunable_before(moment: datetime, years: int = YEARS_LEAST) -> datetime:
    """At a moment, entries from before this one have been kept that many years."""
    moment = moment.replace(microsecond=0)
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:  # a leap day
        return moment.replace(year=moment.year - years, day=28)
