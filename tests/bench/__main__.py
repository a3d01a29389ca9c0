"""`python -m tests.bench [--long] [SUBJECT …]` prints medians and ratios; a subject is a module beside this.

A new subject is a module with `run(effort)`, which yields tables, named in `SUBJECTS`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

from tests.bench import report
from tests.bench.measure import LONG, SHORT, Effort

SUBJECTS = (
    "start",
    "memory",
    "lists",
    "typing",
    "pages",
    "sends",
    "many",
    "contention",
    "postgres",
    "plans",
    "answers",
    "fhir",
    "form_view",
    "builder",
)


def main() -> int:
    """Measure; returns 1 when a figure is beyond its limit."""
    chosen = _arguments()
    effort = LONG if chosen.long else SHORT
    print(f"# Medians of {effort.rounds} rounds. {report.machine()}. Ratios are what to compare.\n")
    start = time.perf_counter()
    subjects = {subject: _measured(subject, effort) for subject in chosen.subjects or SUBJECTS}
    if chosen.json:
        report.write_json(chosen.json, subjects)
    if chosen.write:
        report.write_page(subjects, SUBJECTS)
    failed = report.beyond(subjects, print)
    print(f"{time.perf_counter() - start:.0f} s in all")
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more rounds: steadier figures, some minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    parser.add_argument(
        "--write",
        action="store_true",
        help="bring docs/performance.md up to date; the figures of other subjects stay as they were",
    )
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; all without"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return chosen


def _measured(name: str, effort: Effort) -> report.Subject:
    """The figures of a subject, printed as each table is done."""
    tables = []
    for table in importlib.import_module(f"tests.bench.{name}").run(effort):
        print("\n".join(report.lines(report.as_json(table))), flush=True)
        tables.append(table)
    return report.measured(tables, effort)


if __name__ == "__main__":
    sys.exit(main())
