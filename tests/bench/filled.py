"""Filled databases for benches: made once by `data.fill`, as `omvant demo --fill` does, and kept.

They stand in a folder of the system's temporary files, under the number of cases and a hash of what makes
them; any of them can be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from data import fill
from data.store.log_keys import path_beside
from tui.fill_commands import Bar

_ROOT = Path(__file__).parents[2]
_MADE_BY = (
    "data/fill", "data/library", "data/demo.py", "data/demo_answers.py", "data/domain/chain.py",
    "data/store/migrations", "data/store/loading.py", "data/store/search_tokens.py",
)  # fmt: skip
"""What decides what is in such a file."""


def database(cases: int) -> Path:
    """A file with so many cases, to look at or to copy; made if there is none, which is shown on stderr.

    Operations write, if only to the access log: run them on a `copy`, since others use this one too.
    """
    folder = Path(tempfile.gettempdir()) / "omvant-bench"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{cases}-{_fingerprint()}.db"
    with (folder / "lock").open("w") as lock:  # two benches at a time make it once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob(f"{cases}-*"):  # of other code; some GB each
                old.unlink()
            with Bar(sys.stderr) as bar:
                fill.fill(path, cases, progress=bar.show)
    return path


def copy(cases: int, to: Path) -> Path:
    """A copy of `database(cases)` at `to`, with the keys of its access log, for a bench to work with."""
    source = database(cases)
    for one, other in ((source, to), (path_beside(source), path_beside(to))):
        # Shares the file's blocks where the file system can: a million cases are some GB.
        done = subprocess.run(["cp", "--reflink=auto", one, other], check=False)
        if done.returncode:
            shutil.copyfile(one, other)
    return to


@cache
def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in _MADE_BY:
        place = _ROOT / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in {".py", ".json"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
