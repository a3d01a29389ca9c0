"""The one folder that the program's screens read and write files in.

Whoever sits at a screen may use the account of a server, with files of its own: the database, keys, other
people's exports. So a screen takes the name of a file and no way to one (OWASP ASVS 5.0, V5.3.2: file paths
are not made of what users write). The operator's commands take any path.
"""

from __future__ import annotations

from pathlib import Path

from data.domain.errors import Message, OmvantError, Unavailable
from data.domain.text import clean
from data.exchange.files import read_file, readable_fault, unwritable, writable_fault, write_file


class Folder:
    """Files by their names alone. No name leads out of it: not by `..`, a path, or a symbolic link."""

    def __init__(self, path: Path) -> None:
        """`path` need not be there until something is written; then it is made, for its owner alone."""
        self.path = path.absolute()

    def file(self, typed: str) -> Path:
        """The file of that name, which need not be there; a whole path is taken when it leads straight here.

        Raises `Unavailable` for all that would lead elsewhere, and for hidden files.
        """
        try:
            path = self.path / typed
            inside = path.parent == self.path and path.name == clean(path.name) and path.name[:1] != "."
            link = inside and path.is_symlink()
        except (OSError, ValueError):
            inside = False
        if not inside:
            raise Unavailable(Message("Write the file's name alone: files are in {folder}", folder=self.path))
        if link:
            raise Unavailable(Message("{path} is no ordinary file", path=path))
        return path

    def readable_fault(self, typed: str) -> Message | None:
        """Why there is nothing to read by that name."""
        return self._fault(typed, reading=True)

    def writable_fault(self, typed: str) -> Message | None:
        """Why no file can be written by that name, apart from one that is there already."""
        return self._fault(typed, reading=False)

    def read(self, typed: str, limit: int) -> bytes:
        """The content of a file of at most `limit` bytes. Raises as `file` and `read_file` do."""
        return read_file(self.file(typed), limit, follow=False)

    def write(self, typed: str, content: bytes, *, replace: bool = False) -> Path:
        """Write a file for its owner alone, whole or not at all. Raises as `file` and `write_file` do."""
        path = self.file(typed)
        self._make()
        write_file(path, content, replace=replace)
        return path

    def _fault(self, typed: str, *, reading: bool) -> Message | None:
        try:
            path = self.file(typed)
            if reading:
                return readable_fault(path)
            self._make()
            return writable_fault(path)
        except OmvantError as error:
            return error.message

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.path, error) from error
