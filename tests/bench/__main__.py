"""`python -m tests.bench [--long] [SUBJECT …]` prints medians and ratios; a subject is a module beside this.

A new subject is a module with `run(effort)`, which yields tables, named in `SUBJECTS`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import time

from tests.bench.measure import LONG, SHORT

SUBJECTS = ("answers", "fhir", "form_view", "builder")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more rounds: steadier figures, some minutes")
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; all without"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    effort = LONG if chosen.long else SHORT
    system = f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores"
    print(f"# Medians of {effort.rounds} rounds. {system}. Ratios are what to compare.\n")
    start = time.perf_counter()
    for subject in chosen.subjects or SUBJECTS:
        for table in importlib.import_module(f"tests.bench.{subject}").run(effort):
            print("\n".join(table.lines()), flush=True)
    print(f"{time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
