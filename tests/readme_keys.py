"""Write the key table into README.md, between its markers: `python -m tests.readme_keys`."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.keys import key_table

README = Path(__file__).parent.parent / "README.md"
START = "<!-- keys -->"
END = "<!-- /keys -->"


def with_table(text: str) -> str:
    """`text` with the current key table between the markers; ValueError where a marker is missing."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"README.md needs the lines {START} and {END}; the key table goes between them")
    return f"{before}{START}\n{key_table()}{END}{after}"


def main() -> int:
    try:
        README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
