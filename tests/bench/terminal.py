"""Programs in a pseudo-terminal that answers as a quick real one does, with the moment of every byte.

    with Spawned(program("tests.bench.one_static")) as terminal:
        seconds = terminal.seen("Hello, terminal")

The clock starts just before the program is executed. Bytes are stamped when they arrive; what they paint is
read from them (with pyte) only in pauses, so that reading delays no stamp.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.tui.drivers import surroundings, without_queries

COLUMNS, ROWS = 80, 24
PATIENCE = 60.0
"""Seconds until a text that is never painted ends the run."""

_PAUSE = 0.02
"""Seconds without a byte after which there is time to look at the screen."""

_ROOT = Path(__file__).parents[2]

_ANSWERS: Sequence[tuple[bytes, bytes]] = (
    (rb"\x1b\[0?c", b"\x1b[?62;22c"),  # what are you: a VT220 with colours
    (rb"\x1b\[6n", b"\x1b[1;1R"),  # where is the cursor
    (rb"\x1b\[\?2026\$p", b"\x1b[?2026;2$y"),  # frames shown at once: known, off
    (rb"\x1b\[\?2048\$p", b"\x1b[?2048;2$y"),  # sizes told in the stream: known, off
    (rb"\x1b\[\?2048h", b"\x1b[48;%d;%d;%d;%dt" % (ROWS, COLUMNS, ROWS * 16, COLUMNS * 8)),
    (rb"\x1b\[\?u", b"\x1b[?0u"),  # kitty's keyboard protocol: known, off
    (rb"\x1b\[14t", b"\x1b[4;%d;%dt" % (ROWS * 16, COLUMNS * 8)),
)
"""What programs ask, and what a terminal such as kitty or foot says."""

_QUESTION = re.compile(b"|".join(b"(%s)" % question for question, _answer in _ANSWERS))


def program(module: str, *arguments: str) -> list[str]:
    """The words that run the `main` of a module, as an installed script does."""
    return [sys.executable, "-c", f"import sys; from {module} import main; sys.exit(main())", *arguments]


class Spawned:
    """A program in a terminal of its own, ended when the block is left."""

    def __init__(self, words: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        """What the program wrote, and the seconds from its start to the arrival."""
        self._shown = 0
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            list(words),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=_ROOT,
            env={**surroundings(), **(env or {})},
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGKILL)  # an end in good order is not what is measured
        self._process.wait()
        os.close(self._own)

    @property
    def seconds(self) -> float:
        """Since the program was started."""
        return time.perf_counter() - self.began

    def send(self, keys: bytes) -> None:
        """Type; looked for is only what is painted after it."""
        self._show_all()
        os.write(self._own, keys)

    def seen(self, *wanted: str) -> float:
        """Wait until every text is on the screen at once; returns when the bytes that completed it came, in
        seconds from the program's start. Raises `TimeoutError` with the screen."""
        end = time.perf_counter() + PATIENCE
        while True:
            for moment in self._show():
                if all(text in self.text() for text in wanted):
                    return moment
            if time.perf_counter() > end or not self._read():
                raise TimeoutError(f"not seen: {wanted!r}\n{self.text()}")

    def text(self) -> str:
        """The screen, as far as it has been looked at."""
        return "\n".join(self._screen.display)

    def rest(self, seconds: float = 0.5) -> None:
        """Read until the program has written nothing for so long."""
        while self._arrived(seconds):
            pass
        self._show_all()

    @property
    def pid(self) -> int:
        return self._process.pid

    def peak_memory(self) -> int:
        """The most bytes of memory that the program has had at once (VmHWM of proc(5))."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        (kibibytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
        return int(kibibytes) * 1024

    def _read(self) -> bool:
        """Read until there is a pause; whether the program is still there."""
        if not self._arrived(0.2):
            return self._process.poll() is None
        while self._arrived(_PAUSE):
            pass
        return True

    def _arrived(self, patience: float) -> bool:
        """Read once, and answer what is asked; whether anything came within so many seconds."""
        if not select.select([self._own], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._own, 1 << 16)
        except OSError:  # the program has ended
            return False
        self.chunks.append((self.seconds, data))
        for question in _QUESTION.finditer(data):
            assert question.lastindex is not None
            os.write(self._own, _ANSWERS[question.lastindex - 1][1])
        return True

    def _show(self) -> Iterator[float]:
        """Paint what has arrived, chunk by chunk; gives the moment of each."""
        while self._shown < len(self.chunks):
            moment, data = self.chunks[self._shown]
            self._shown += 1
            self._stream.feed(without_queries(data))
            yield moment

    def _show_all(self) -> None:
        for _moment in self._show():
            pass
