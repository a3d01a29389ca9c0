"""Measured tables as JSON, as text on a terminal, and as docs/performance.md.

Everything that is shown is made from the JSON, so that a run of one subject leaves the figures of the others
as they were measured last.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import Effort, Figure, Ratio, Table, Unit, Verdict, verdict

Subject = dict[str, Any]
"""A subject's figures: `day`, `machine`, `rounds`, and `tables` as `as_json` makes them."""

DOCS = Path(__file__).parents[2] / "docs"
FIGURES = DOCS / "performance.json"
"""The last figures of every subject, which docs/performance.md is written from."""

PAGE = DOCS / "performance.md"


def measured(tables: Sequence[Table], effort: Effort) -> Subject:
    """What was measured of a subject, today on this machine."""
    return {
        "day": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": machine(),
        "rounds": effort.rounds,
        "tables": [as_json(table) for table in tables],
    }


def machine() -> str:
    """This machine in words."""
    return (
        f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def as_json(table: Table) -> dict[str, Any]:
    """A table with the medians of its rows, by column, and its figures with their verdicts."""
    return {
        "title": table.title,
        "description": table.description.strip(),
        "columns": list(table.columns),
        "rows": [
            {"what": row.what, "unit": row.unit, "medians": {c: row.median(c) for c in row.samples}}
            for row in table.rows
        ],
        "figures": [_figure(one) for one in table.ratios],
    }


def _figure(one: Ratio | Figure) -> dict[str, Any]:
    value = one.value
    return {
        "words": one.words,
        "value": value,
        "sign": one.sign,
        "must": one.must,
        "aim": one.aim,
        "verdict": verdict(value, one.must, one.aim).value,
    }


def lines(table: dict[str, Any]) -> Iterator[str]:
    """A table for a terminal."""
    yield f"## {table['title']}"
    yield from (f"   {line}" for line in table["description"].splitlines())
    yield " " * 46 + "".join(f"{column:>14}" for column in table["columns"])
    for row in table["rows"]:
        yield f"   {row['what']:<43}" + "".join(f"{cell:>14}" for cell in _cells(table, row))
    for one in table["figures"]:
        asked = f" ({_asked(one)}: {one['verdict']})" if one["verdict"] else ""
        yield f" → {one['words']}: {_number(one, one['value'])}{asked}"
    yield ""


def _asked(one: dict[str, Any]) -> str:
    words = (("at most", one["must"]), ("aim", one["aim"]))
    return ", ".join(f"{word} {_number(one, value)}" for word, value in words if value is not None)


def _number(one: dict[str, Any], value: float | None) -> str:
    if value is None:
        return ""
    written = f"{value:.2f}" if one["sign"] == "×" else f"{value:g}"
    return f"{written}{one['sign']}"


def _cells(table: dict[str, Any], row: dict[str, Any]) -> list[str]:
    medians = row["medians"]
    return [_readable(medians[c], row["unit"]) if c in medians else "–" for c in table["columns"]]


def _readable(value: float, unit: Unit) -> str:
    match unit:
        case "B":
            return f"{value / 1e6:.1f} MB"
        case "":
            return f"{value:g}"
        case _:
            return f"{value * 1e3:.2f} ms" if value >= 0.001 else f"{value * 1e6:.1f} µs"


def write_json(path: Path, subjects: dict[str, Subject]) -> None:
    """Write the figures of subjects, by name."""
    path.write_text(json.dumps(subjects, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_page(subjects: dict[str, Subject], order: Sequence[str]) -> None:
    """Bring docs/performance.json and docs/performance.md up to date with what was measured now."""
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    together = {name: {**known, **subjects}[name] for name in order if name in known or name in subjects}
    write_json(FIGURES, together)
    page = PAGE.read_text(encoding="utf-8")
    page = _between(page, "limits", _limits(together))
    PAGE.write_text(_between(page, "details", _details(together)), encoding="utf-8")


def _between(page: str, name: str, written: Iterator[str]) -> str:
    """`page` with what is between a name's two markers written anew."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = page.partition(start)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"docs/performance.md needs the lines {start.strip()} and {end}")
    return before + start + "\n" + "\n".join(written) + "\n" + end + after


def _limits(subjects: dict[str, Subject]) -> Iterator[str]:
    """Every figure of which something is asked."""
    yield "| figure | measured | at most | aim | |"
    yield "|---|---|---|---|---|"
    for name, subject in subjects.items():
        for one in _figures(subject):
            if one["verdict"]:
                numbers = " | ".join(_number(one, one[key]) for key in ("value", "must", "aim"))
                yield f"| {name}: {one['words']} | {numbers} | {_shown(one)} |"
    yield ""


def _figures(subject: Subject) -> Iterator[dict[str, Any]]:
    for table in subject["tables"]:
        yield from table["figures"]


def _shown(one: dict[str, Any]) -> str:
    return f"**{one['verdict']}**" if one["verdict"] == Verdict.BEYOND else str(one["verdict"])


def _details(subjects: dict[str, Subject]) -> Iterator[str]:
    """Each subject: when and where, what was done, the medians, and the other ratios."""
    for name, subject in subjects.items():
        yield f"### {name}"
        yield ""
        yield f"{subject['day']}, {subject['machine']}; medians of {subject['rounds']} rounds."
        yield ""
        for table in subject["tables"]:
            yield from _table_in_markdown(table)


def _table_in_markdown(table: dict[str, Any]) -> Iterator[str]:
    yield f"**{table['title']}.** {' '.join(table['description'].split())}"
    yield ""
    yield " | ".join(("|", *table["columns"], "")).rstrip()
    yield "|---" * (len(table["columns"]) + 1) + "|"
    for row in table["rows"]:
        yield " | ".join((f"| {row['what']}", *_cells(table, row), "")).rstrip()
    yield ""
    for one in table["figures"]:
        yield f"- {one['words']}: {_number(one, one['value'])}"
    yield ""


def beyond(subjects: dict[str, Subject], say: Callable[[str], None]) -> bool:
    """Say which figures are beyond their limits; whether there are any."""
    found = [
        (name, one)
        for name, subject in subjects.items()
        for one in _figures(subject)
        if one["verdict"] == Verdict.BEYOND
    ]
    for name, one in found:
        say(f"beyond the limit: {name}: {one['words']}: {_number(one, one['value'])}")
    return bool(found)
