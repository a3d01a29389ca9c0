"""A second process that writes rows while this one does other work."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from data.domain.errors import Message, OmvantError, Unavailable
from data.fill.rows import Job, write

WORTH_IT = 20_000
"""Cases from which a second process, which takes a second to start, is quicker than waiting."""


class Writer:
    """Rows that are being written; `done` is how many cases of them are."""

    def __init__(self, process: BaseProcess | None = None, told: Connection | None = None) -> None:
        self._process = process
        self._told = told
        self._finished = process is None
        self._done = 0

    def done(self, *, wait: float = 0) -> int:
        """How many cases are done; `wait` for news is in seconds. Raises `Unavailable` if it has failed."""
        if self._told is None:
            return self._done
        while not self._finished and self._told.poll(wait):
            wait = 0
            try:
                news = self._told.recv()
            except EOFError:
                self._end()
            else:
                if isinstance(news, Message):
                    raise Unavailable(news)
                self._done = news
        return self._done

    @property
    def finished(self) -> bool:
        """Whether all rows are written."""
        return self._finished

    def _end(self) -> None:
        assert self._process is not None  # noqa: S101 # nosec B101 - there is one if it tells something
        self._process.join()
        if self._process.exitcode:
            raise Unavailable(Message("A part of the program ended before its work was done: try again"))
        self._finished = True


@contextmanager
def writing(job: Job, path: Path) -> Iterator[Writer]:
    """Write the rows of a job to a new file, in another process if there are many; it ends with the block."""
    if job.plan.cases < WORTH_IT:
        write(job, path, lambda _done: None)
        yield Writer()
        return
    context = get_context("spawn")  # a fork would share this process's connections
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=_write, args=(job, path, telling), daemon=True)
    process.start()
    telling.close()  # so that the pipe ends when the other process does
    try:
        yield Writer(process, told)
    finally:
        process.terminate()
        process.join()
        told.close()


def _write(job: Job, path: Path, telling: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the first process, which then ends this one
    try:
        write(job, path, telling.send)
    except OmvantError as error:
        telling.send(error.message)
    except BrokenPipeError:
        pass  # the first process is gone, and nobody wants the rows any more
