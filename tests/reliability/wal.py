"""SQLite's WAL file, read from outside: where its transactions end (sqlite.org/fileformat2.html, 4.1)."""

from __future__ import annotations

HEADER = 32
FRAME_HEADER = 24


def ends(wal: bytes) -> list[int]:
    """Where each committed transaction of the file ends, in bytes from its start; frames that an earlier,
    longer run of the file left behind are not its own."""
    page_size = int.from_bytes(wal[8:12])
    salt = wal[16:24]
    frame = FRAME_HEADER + page_size
    found = []
    for start in range(HEADER, len(wal) - frame + 1, frame):
        if wal[start + 8 : start + 16] != salt:
            break
        if int.from_bytes(wal[start + 4 : start + 8]):  # pages in the database: only a commit's frame tells
            found.append(start + frame)
    return found
