"""How the program reads its terminal: Textual's driver, with `tui.intake` in front of its keys."""

from __future__ import annotations

import os
import selectors
import signal

from textual.drivers.linux_driver import LinuxDriver

from tui.intake import Intake

_AT_ONCE = 65_536
"""Bytes read at once: a large paste should not wait for many rounds."""


class TerminalDriver(LinuxDriver):
    """Reads keys and pastes in a thread of its own; writes as Textual does."""

    def run_input_thread(self) -> None:
        """Read until the program ends, or its terminal is gone: then it is to end as by SIGHUP."""
        intake = Intake()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(intake.patience):
                    messages = intake.paused()
                elif data := self._read():
                    messages = intake.feed(data)
                else:
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                for message in messages:
                    self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _AT_ONCE)
        except OSError:  # the terminal has been closed
            return b""

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)
