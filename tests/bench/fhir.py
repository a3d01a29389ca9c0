"""FHIR: a template out to a Questionnaire and in again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from data.exchange.fhir.export import export_questionnaire
from data.exchange.fhir.import_questionnaire import read_questionnaire
from data.exchange.fhir.reading import parse_resource
from data.exchange.fhir.writing import written
from tests.bench.forms import DESCRIPTION as FORMS
from tests.bench.forms import mixed
from tests.bench.measure import Effort, Ratio, Row, Table, in_turns

SIZES = (10, 200)
DESCRIPTION = f"""
A form to the bytes of a Questionnaire's file and back from them, in memory. Baseline: Python's `json.loads`
and `json.dumps` of the same bytes, which understand nothing of them.{FORMS.rstrip()}
"""
_BASE = "json alone"


def run(effort: Effort) -> Iterator[Table]:
    table = Table("FHIR export and import", DESCRIPTION, columns=("export", "import", _BASE))
    for size in SIZES:
        form = mixed(size)
        file = written(export_questionnaire("Mall", form, version=1, status="active"))
        assert read_questionnaire(parse_resource(file)).form == form
        works = {
            "export": lambda f=form: written(export_questionnaire("Mall", f, version=1, status="active")),
            "import": lambda f=file: read_questionnaire(parse_resource(f)),
            _BASE: lambda f=file: json.dumps(json.loads(f), ensure_ascii=False, indent=2),
        }
        table.rows.append(Row(f"{size} items, {len(file) // 1024} kB", in_turns(works, effort)))
    few, many = table.rows
    share = SIZES[1] / SIZES[0]
    for way in ("export", "import"):
        table.ratios.append(
            Ratio(f"{way} of an item among 200, over one among 10", (many, way), (few, way), share)
        )
        table.ratios.append(Ratio(f"{way} of 200 items, over json alone", (many, way), (many, _BASE)))
    yield table
