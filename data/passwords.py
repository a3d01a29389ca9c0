"""Trying a password: after a few wrong ones in a row the account is closed for a while, each time for longer.

NIST SP 800-63B-4, 3.2.2 and OWASP ASVS 5.0, 6.3.1 ask for a limit; closing for good would let anybody shut
the clinic out. What is counted stands with the account, so another terminal or a restart changes nothing.
Comparing is done outside the transaction, counting and deciding within it: of guesses made at many terminals
at once, no more count than of those made at one.
"""

from __future__ import annotations

from datetime import timedelta

from data import audit
from data.domain.password_rules import too_short
from data.domain.secret import hashed, matches, outdated
from data.operation import now, outside
from data.store import models

FAILURES = 5
"""Wrong passwords in a row that close an account."""

CLOSED_FIRST = timedelta(minutes=5)
"""How long for; twice as long after each failure that follows."""

CLOSED_MOST = timedelta(days=1)


def right(account: models.Staff | None, password: str) -> bool:
    """Whether `password` opens the account now; counts the failures and tells the log.

    A closed account, a wrong password and a name that nobody has give the same answer in the same time
    (OWASP ASVS 5.0, 6.3.8): one comparison each.

    A right password whose hash is of an older cost is hashed anew.
    """
    same = outside(matches, password, account.password_hash if account else None)
    if account is None:
        return False
    # No one can choose so short a password: it is the demo's, which its sign-in screen shows.
    public = same and too_short(password)
    if account.closed_until is not None and account.closed_until > now() and not public:
        audit.about(while_closed=True)
        return False
    if same:
        if outdated(account.password_hash):
            _keep(account, password)
        reopen(account)
    else:
        _count(account)
    return same


def set_new(account: models.Staff, password: str, *, must_change: bool) -> None:
    """Give the account a new password, which its rules allow (`data.domain.password_rules`).

    Sessions that are open end (OWASP ASVS 5.0, 7.4.3), and wrong tries are forgotten. `must_change`: somebody
    else chose it, so that it is for one sign-in (OWASP ASVS 5.0, 6.4.1).
    """
    _keep(account, password)
    account.must_change = must_change
    account.generation += 1
    account.save(only=[models.Staff.must_change, models.Staff.generation])
    reopen(account)


def reopen(account: models.Staff) -> None:
    """Forget the failures: the password was right, or it is a new one."""
    _store(account, failures=0, closed_for=None)


def _keep(account: models.Staff, password: str) -> None:
    account.password_hash = outside(hashed, password)
    account.save(only=[models.Staff.password_hash])


def _count(account: models.Staff) -> None:
    failures = account.failures + 1
    closed_for = None
    if failures >= FAILURES:
        doublings = min(
            failures - FAILURES, 10
        )  # more would pass the most, and in the end what can be counted
        closed_for = min(CLOSED_FIRST * 2**doublings, CLOSED_MOST)
        audit.about(closed_minutes=closed_for // timedelta(minutes=1))
    _store(account, failures=failures, closed_for=closed_for)


def _store(account: models.Staff, *, failures: int, closed_for: timedelta | None) -> None:
    account.failures = failures
    account.closed_until = now() + closed_for if closed_for else None
    account.save(only=[models.Staff.failures, models.Staff.closed_until])
