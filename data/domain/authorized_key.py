"""A person's public SSH key, and the line of `authorized_keys` that lets it do one thing only.

Rules: sshd(8), "AUTHORIZED_KEYS FILE FORMAT", and how OpenSSH reads such a line (`opt_dequote` in misc.c).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence

from data.domain.errors import invalid
from data.domain.text import clean
from data.domain.value import Frozen

KEY_LIMIT = 16_384
"""Characters of a key's line; what OpenSSH itself takes (SSH_MAX_PUBKEY_BYTES)."""

RSA_LEAST = 2048
"""Bits of an RSA key (NIST SP 800-131A)."""

_COMMENT_LIMIT = 100

_PARTS = {
    "ssh-ed25519": 2,
    "sk-ssh-ed25519@openssh.com": 3,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "sk-ecdsa-sha2-nistp256@openssh.com": 4,
    "ssh-rsa": 3,
}
"""How many strings the binary form of a type's key has (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4,
PROTOCOL.u2f). DSA is too weak, and a certificate is no key."""

_ED25519_BYTES = 32

_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories: controls, what is invisible or turns text around, and line breaks."""


class PublicKey(Frozen):
    """A key as it stands in a `.pub` file. `encoded` is Base64 of the binary form."""

    kind: str
    encoded: str
    comment: str = ""

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read the one line of a `.pub` file. Raises `Invalid` for anything else, such as options before the
        key, several lines, or a private key."""
        if "PRIVATE KEY" in text:
            raise invalid("key", "That is the private key, which never leaves its owner: give the .pub file")
        line = text.strip(" \t\r\n")
        # str.split() alone would also part at characters that are no spaces to OpenSSH.
        kind, encoded, comment = [*re.split("[ \t]+", line, maxsplit=2), "", "", ""][:3]
        if len(line) > KEY_LIMIT or "\n" in line or "\r" in line or kind not in _PARTS:
            raise invalid(
                "key", "That is no public SSH key: it is one line that begins with say ssh-ed25519 AAAA"
            )
        try:
            parts = list(_strings(base64.b64decode(encoded, validate=True)))
        except (binascii.Error, ValueError):
            parts = []
        if len(parts) != _PARTS[kind] or parts[0] != kind.encode() or not _plausible(kind, parts):
            raise invalid("key", "The key is damaged: copy the whole line of the .pub file")
        if kind == "ssh-rsa" and int.from_bytes(parts[2]).bit_length() < RSA_LEAST:
            raise invalid(
                "key", "The RSA key is too short: it needs {least} bits, or use ed25519", least=RSA_LEAST
            )
        return cls(kind=kind, encoded=encoded, comment=clean(comment, limit=_COMMENT_LIMIT))

    @property
    def fingerprint(self) -> str:
        """What `ssh-keygen -l` and sshd's log call the key, such as `SHA256:…`."""
        digest = hashlib.sha256(base64.b64decode(self.encoded)).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def authorized_line(arguments: Sequence[str], key: PublicKey) -> str:
    """The line of `authorized_keys` with which `key` runs this command whatever its owner asks for, in a
    terminal and with nothing else: no forwarding, no agent, no X11, no `~/.ssh/rc`.

    The account's shell reads the command; the quoting is that of POSIX shells. Raises `Invalid` for an
    argument with a line break or another control character, for which such a line has no room.
    """
    for argument in arguments:
        if any(unicodedata.category(sign) in _UNPRINTABLE for sign in argument):
            raise invalid("command", "{text} holds a character that can't stand in the line", text=argument)
    command = shlex.join(arguments)
    # Only \" means something in there; another backslash is itself. A last argument that holds a backslash is
    # quoted and ends in ', so none can swallow the closing sign.
    quoted = command.replace('"', '\\"')
    return " ".join(filter(None, [f'restrict,pty,command="{quoted}"', key.kind, key.encoded, key.comment]))


def _strings(blob: bytes) -> Iterator[bytes]:
    """The strings of a key's binary form, each after its length in four bytes. Raises ValueError."""
    while blob:
        length = int.from_bytes(blob[:4])
        if len(blob) < 4 + length:
            raise ValueError("cut off")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def _plausible(kind: str, parts: Sequence[bytes]) -> bool:
    """Whether the strings after the type are what the type asks for."""
    if "ed25519" in kind:
        return len(parts[1]) == _ED25519_BYTES
    if "nistp" in kind:
        curve = kind.removeprefix("sk-").removeprefix("ecdsa-sha2-").removesuffix("@openssh.com")
        return parts[1] == curve.encode() and parts[2][:1] == b"\x04"
    return bool(parts[1]) and bool(parts[2])
