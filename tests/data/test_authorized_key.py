"""The line of `authorized_keys`: no name, path or key gets out of the command that it is tied to."""

from __future__ import annotations

import base64
import shlex
import shutil
import string
import subprocess
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from data.domain.authorized_key import KEY_LIMIT, PublicKey, authorized_line
from data.domain.errors import Invalid
from tests.conftest import PUBLIC_KEY

KEY = PublicKey.parse(PUBLIC_KEY)
NASTY = (
    '"',
    "'",
    "\\",
    '\\"',
    '\\\\"',
    '" ssh-rsa AAAA',
    '",command="sh',
    "$(id)`id`;id&&id|id>x#",
    "anna dag",
    "-x",
    "--create",
    "åsa",
    "%h %u",
    "!!",
    "~",
    "",
)


def blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(len(part).to_bytes(4) + part for part in parts)).decode()


def options_and_rest(line: str) -> tuple[str, str]:
    """Where sshd ends the options: at the first blank outside quotes (sshkey_advance_past_options)."""
    quoted, at = False, 0
    while at < len(line) and (quoted or line[at] not in " \t"):
        if line[at : at + 2] == '\\"':
            at += 1
        elif line[at] == '"':
            quoted = not quoted
        at += 1
    return line[:at], line[at:].lstrip(" \t")


def dequoted(text: str) -> tuple[str, str]:
    """What sshd makes of a quoted option, and what follows it (opt_dequote)."""
    assert text.startswith('"')
    at, value = 1, ""
    while text[at] != '"':  # IndexError: the quote is never closed, and sshd refuses the line
        if text[at : at + 2] == '\\"':
            at += 1
        value += text[at]
        at += 1
    return value, text[at + 1 :]


PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp"])
TRICKY = st.sampled_from("\"'\\ $`;&|<>()#!*?[]{}~=,%")
ARGUMENTS = st.lists(st.text(st.one_of(TRICKY, PRINTABLE)), min_size=1, max_size=5)


@given(ARGUMENTS)
@example(list(NASTY))
def test_sshd_and_the_shell_read_exactly_the_arguments(arguments: list[str]) -> None:
    line = authorized_line(arguments, KEY)

    assert "\n" not in line
    options, key = options_and_rest(line)
    assert options.startswith("restrict,pty,command=")
    command, after = dequoted(options.removeprefix("restrict,pty,command="))
    assert after == ""
    assert key == PUBLIC_KEY
    assert shlex.split(command) == arguments


@given(st.text(), st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), st.text())
def test_what_breaks_a_line_or_hides_is_refused(before: str, sign: str, after: str) -> None:
    with pytest.raises(Invalid):
        authorized_line(["omvant", before + sign + after], KEY)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_real_shell_and_the_real_ssh_keygen_agree(tmp_path: Path) -> None:
    file = tmp_path / "authorized_keys"
    for name in NASTY:
        line = authorized_line(["printf", "%s\\n", name], KEY)
        options, _key = options_and_rest(line)
        command, _after = dequoted(options.removeprefix("restrict,pty,command="))
        said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
        assert said.stdout == f"{name}\n"
        file.write_text(f"{line}\n", encoding="utf-8")
        told = subprocess.run(["ssh-keygen", "-lf", file], capture_output=True, text=True, check=True)
        assert KEY.fingerprint in told.stdout
        assert len(told.stdout.splitlines()) == 1


# Keys


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
@pytest.mark.parametrize(
    "kind", [("ed25519",), ("ecdsa", "-b", "256"), ("ecdsa", "-b", "521"), ("rsa", "-b", "2048")], ids=str
)
def test_keys_that_ssh_keygen_makes_are_read(tmp_path: Path, kind: tuple[str, ...]) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", *kind, "-N", "", "-C", "Åsa, kontoret", "-f", file], check=True)
    public = file.with_suffix(".pub").read_text(encoding="utf-8")
    told = subprocess.run(["ssh-keygen", "-lf", file], capture_output=True, text=True, check=True).stdout

    key = PublicKey.parse(public)

    assert key.fingerprint == told.split()[1]
    assert f"{key.kind} {key.encoded} {key.comment}\n" == public
    with pytest.raises(Invalid) as error:
        PublicKey.parse(file.read_text(encoding="utf-8"))
    assert "private key" in str(error.value)


def test_keys_of_security_sticks_are_read() -> None:
    ed25519 = b"sk-ssh-ed25519@openssh.com"
    ecdsa = b"sk-ecdsa-sha2-nistp256@openssh.com"
    for kind, encoded in (
        (ed25519, blob(ed25519, bytes(32), b"ssh:")),
        (ecdsa, blob(ecdsa, b"nistp256", b"\x04" + bytes(64), b"ssh:")),
    ):
        assert PublicKey.parse(f"{kind.decode()} {encoded}").comment == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        f'command="sh" {PUBLIC_KEY}',
        f"no-pty {PUBLIC_KEY}",
        f"{PUBLIC_KEY}\n{PUBLIC_KEY}",
        f"{PUBLIC_KEY}\r{PUBLIC_KEY}",
        f"# {PUBLIC_KEY}",
        PUBLIC_KEY.replace("ssh-ed25519", "ssh-rsa", 1),
        PUBLIC_KEY.replace(" ", "\N{NO-BREAK SPACE}"),
        PUBLIC_KEY.replace("AAAAC3", "AAAA\x00C3"),
        PUBLIC_KEY.replace("C3Nz", "C3N"),
        f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(31))}",
        f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(32), b'more')}",
        f"ssh-ed25519 {blob(b'ssh-ed25519')}",
        f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp521', bytes(65))}",
        f"ssh-dss {blob(b'ssh-dss', b'p', b'q', b'g', b'y')}",
        f"ssh-ed25519-cert-v01@openssh.com {blob(b'ssh-ed25519-cert-v01@openssh.com', bytes(32))}",
        f"ssh-rsa {blob(b'ssh-rsa', bytes([1, 0, 1]), bytes([127]) + bytes(127))}",
        f"{PUBLIC_KEY} {'x' * KEY_LIMIT}",
    ],
    ids=lambda text: ascii(text)[:50],
)
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(Invalid):
        PublicKey.parse(text)


@given(st.text())
@example("\x1b]0;pwned\x07")
@example('" no-restrict')
def test_a_comment_stays_a_comment(comment: str) -> None:
    assume(not set("\r\n") & set(comment) and "PRIVATE KEY" not in comment)
    bare = " ".join(PUBLIC_KEY.split()[:2])

    key = PublicKey.parse(f"{bare} {comment}")
    line = authorized_line(["omvant"], key)

    assert line.startswith(f'restrict,pty,command="omvant" {bare}')
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in line)


@given(st.text(string.printable))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(Invalid):
        assert PublicKey.parse(text).kind in text
