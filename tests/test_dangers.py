"""What the program's own code never does: let data become code, a command, or a spreadsheet's formula."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "yaml", "telnetlib"}
"""They make objects of data, and objects can do anything."""

NAMES = {"eval", "exec", "compile", "__import__", "execfile"}

CALLS = {
    "os.system", "os.popen", "os.execv", "os.execl", "os.spawnl", "os.spawnv", "pty.spawn",
    "subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp",
    "csv.writer", "csv.DictWriter",
}  # fmt: skip
"""Commands in a shell's words; names of files that are not there yet; and CSV, where a spreadsheet runs what
begins with = + - @ (OWASP, "CSV Injection"): who writes any puts ' before those, and changes this test."""


def dangers(source: str) -> list[str]:
    """What in a module's source turns data into something that acts, as "line: what"."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [(node, f"import {one.name}") for one in names if one.name.split(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module), names=names):
                whole = {f"{module}.{one.name}" for one in names}
                if module.split(".")[0] in MODULES or whole & CALLS:
                    found.append((node, f"from {module} import …"))
            case ast.Call(func=ast.Name(id=name)) if name in NAMES:
                found.append((node, f"{name}()"))
            case ast.Call(func=ast.Attribute() as called) if ast.unparse(called) in CALLS:
                found.append((node, f"{ast.unparse(called)}()"))
        if isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False":
            found.append((node, "shell="))
    return [f"{node.lineno}: {what}" for node, what in found]


def test_no_module_lets_data_act() -> None:
    modules = [path for room in ("data", "tui") for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(modules) > 150
    found = [
        f"{path.relative_to(ROOT)}:{danger}"
        for path in modules
        for danger in dangers(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import json, marshal as m",
        "from yaml import load",
        "def f():\n    import shelve",
        "eval(text)",
        "exec(text)",
        "os.system(text)",
        "subprocess.run(text, shell=True)",
        "subprocess.run(text, shell=flag)",
        "csv.writer(file)",
        "from csv import DictWriter",
        "tempfile.mktemp()",
    ],
)
def test_the_rule_finds_each(source: str) -> None:
    assert dangers(source)


@pytest.mark.parametrize(
    "source", ["re.compile(x)", "subprocess.run([x], shell=False)", "csv.reader(f)", "row.exec"]
)
def test_the_rule_leaves_the_rest_alone(source: str) -> None:
    assert not dangers(source)
