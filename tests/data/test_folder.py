"""A screen's files: by name, in one folder, whatever is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.domain.errors import Conflict, NotFound, OmvantError, Unavailable
from data.exchange.folder import Folder
from tests.payloads import PAYLOADS

LIMIT = 1000


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that no screen is to reach."""
    path = tmp_path / "omvant.db"
    path.write_bytes(b"secret")
    return path


@pytest.fixture
def folder(tmp_path: Path, outside: Path) -> Folder:
    return Folder(tmp_path / "files")


def test_a_file_is_written_and_read_by_its_name_alone(folder: Folder) -> None:
    assert folder.readable_fault("Mall å.json")
    assert folder.writable_fault("Mall å.json") is None
    path = folder.write("Mall å.json", b"{}")
    assert path == folder.path / "Mall å.json"
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.read("Mall å.json", LIMIT) == folder.read(str(path), LIMIT) == b"{}"
    with pytest.raises(Conflict):
        folder.write("Mall å.json", b"[]")
    folder.write("Mall å.json", b"[]", replace=True)
    assert path.read_bytes() == b"[]"
    with pytest.raises(NotFound):
        folder.read("Ingen.json", LIMIT)


@pytest.mark.parametrize(
    "typed",
    [
        "", ".", "..", "../omvant.db", "sub/../../omvant.db", "./../omvant.db", "/etc/passwd", "~/x",
        "~root/x", "sub/x", ".ssh", ".bashrc", "a\0b", "a\nb", "a\x1b[2Jb", "å" * 500, "/", "//",
        "/proc/self/environ",
    ],
)  # fmt: skip
def test_no_name_leads_elsewhere(folder: Folder, outside: Path, typed: str) -> None:
    (folder.path / "sub").mkdir(parents=True)
    before = sorted(outside.parent.rglob("*"))
    assert folder.readable_fault(typed)
    assert folder.writable_fault(typed)
    with pytest.raises(OmvantError):
        folder.read(typed, LIMIT)
    with pytest.raises(OmvantError):
        folder.write(typed, b"x", replace=True)
    assert sorted(outside.parent.rglob("*")) == before
    assert outside.read_bytes() == b"secret"


def test_the_whole_path_to_a_file_outside_is_refused(folder: Folder, outside: Path) -> None:
    for typed in (
        str(outside),
        f"{folder.path}/../{outside.name}",
        f"{folder.path}/sub/../../{outside.name}",
    ):
        with pytest.raises(Unavailable, match="alone"):
            folder.read(typed, LIMIT)


def test_no_link_is_followed(folder: Folder, outside: Path) -> None:
    folder.path.mkdir()
    (folder.path / "link.json").symlink_to(outside)
    (folder.path / "dangling.json").symlink_to(outside.parent / "new")
    for typed in ("link.json", "dangling.json"):
        assert folder.readable_fault(typed)
        assert folder.writable_fault(typed)
        with pytest.raises(Unavailable, match="no ordinary file"):
            folder.read(typed, LIMIT)
        with pytest.raises(Unavailable):
            folder.write(typed, b"x", replace=True)
    assert outside.read_bytes() == b"secret"
    assert not (outside.parent / "new").exists()


def test_a_link_that_comes_after_the_look_is_not_followed_either(
    folder: Folder, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.path.mkdir()
    (folder.path / "link.json").symlink_to(outside)
    monkeypatch.setattr(Path, "is_symlink", lambda _path: False)
    with pytest.raises(Unavailable):
        folder.read("link.json", LIMIT)
    folder.write("link.json", b"x", replace=True)
    assert outside.read_bytes() == b"secret"


def test_a_pipe_is_no_file(folder: Folder) -> None:
    folder.path.mkdir()
    os.mkfifo(folder.path / "pipe")
    with pytest.raises(Unavailable):
        folder.read("pipe", LIMIT)
    with pytest.raises(Unavailable):
        folder.write("pipe", b"x", replace=True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = Folder(tmp_path / "file" / "files")
    assert folder.writable_fault("a.json")
    with pytest.raises(Unavailable):
        folder.write("a.json", b"x")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_as_names_stay_inside(folder: Folder, outside: Path, payload: str) -> None:
    try:
        path = folder.write(PAYLOADS[payload], b"x")
    except OmvantError:
        return
    assert path.parent == folder.path
    assert path.name.isprintable()
