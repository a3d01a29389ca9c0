"""Mutants of what mutmut leaves alone: functions under a decorator, hence all operations and signing in.

```sh
python -m tests.reliability.by_hand
```

Each is made in a copy of the tree and must be noticed by a test; those that are not are told. A text that is
no longer there is an error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
SUBJECTS = ("sessions", "staff", "inbox", "audit", "refusals", "passwords", "operation")


@dataclass(frozen=True)
class Mutant:
    """`instead` in place of what stands in a file of `data`."""

    file: str
    stands: str
    instead: str


def _staff(stands: str, instead: str) -> Mutant:
    return Mutant("staff.py", stands, instead)


MUTANTS = (
    _staff("if row and right and not row.disabled else ()", "if row and right else ()"),
    _staff("if row and right and not row.disabled else ()", "if row and not row.disabled else ()"),
    _staff('audit.instead("staff.sign_in_failed")', "pass"),
    _staff("if row:\n            audit.about(username=name)", "if row:\n            pass"),
    _staff("if row:\n            audit.about(username", "if True:\n            audit.about(username"),
    _staff("return SignIn(refused=True)", "return SignIn()"),
    _staff('audit.instead("staff.signed_in", actor=actors[0])', "pass"),
    _staff("if len(actors) == 1:", "if len(actors) >= 1:"),
    _staff("if len(actors) == 1:", "if False:"),
    _staff("if problems:\n        raise Invalid(*problems)\n    if not passwords", "if not passwords"),
    _staff("if not passwords.right(row, current):", "if False:"),
    _staff('audit.instead("staff.password_change_failed")', "pass"),
    _staff("if canonical(new) == canonical(current):", "if False:"),
    _staff("set_new(row, new, must_change=False)", "set_new(row, new, must_change=True)"),
    _staff("if passwords.right(models.Staff.get_by_id(actor.staff_id), password):", "if True:"),
    _staff('audit.instead("staff.unlock_failed")', "pass"),
    _staff('did for a reason."""\n    if ended:', 'did for a reason."""\n    if False:'),
    _staff('session for a reason."""\n    if ended:', 'session for a reason."""\n    if False:'),
    _staff(
        'event="staff.unlocked", standing=Standing.PASSWORD_DUE',
        'event="staff.unlocked", standing=Standing.ENDED',
    ),
    _staff('event="staff.entered_clinic", standing=Standing.PASSWORD_DUE', 'event="staff.entered_clinic"'),
    _staff('event="staff.signed_out", standing=Standing.ENDED', 'event="staff.signed_out"'),
    Mutant("inbox.py", "issued.tries_left > 0 and ", ""),
    Mutant("inbox.py", " and issued.expires_at > now()", ""),
    Mutant("inbox.py", "alive.tries_left -= 1", "pass"),
    Mutant("inbox.py", "    alive.delete_instance()\n", ""),
    Mutant("audit.py", "_running.reset(token)", "pass"),
    Mutant("audit.py", "if entry.event is not None:\n        append", "if True:\n        append"),
    Mutant("operation.py", "_check_session(actor, account, self.standing)", "pass"),
    Mutant("operation.py", "if not self.roles & _confirmed_roles(actor, account):", "if False:"),
)


def survivors() -> list[Mutant]:
    """The mutants that no test notices."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, "omvant")
        for name in ("data", "tests", "tui"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        return [mutant for mutant in MUTANTS if not _is_noticed(mutant, copy)]


def _is_noticed(mutant: Mutant, copy: Path) -> bool:
    path = copy / "data" / mutant.file
    right = path.read_text()
    if mutant.stands not in right:
        raise LookupError(f"{mutant.file} has no {mutant.stands!r} any more")
    path.write_text(right.replace(mutant.stands, mutant.instead, 1))
    tests = [f"tests/data/test_{subject}.py" for subject in SUBJECTS]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    path.write_text(right)
    noticed = ended.returncode == 1
    print("noticed " if noticed else "SURVIVED", mutant, flush=True)
    return noticed


if __name__ == "__main__":
    left = survivors()
    print(f"{len(MUTANTS) - len(left)} of {len(MUTANTS)} mutants are noticed")
    sys.exit(bool(left))
