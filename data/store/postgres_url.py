"""What a `postgresql://…` URL asks for, and what is asked of every connection besides.

All that libpq understands may stand in it: several hosts, `sslrootcert`, `service`, a password file
(postgresql.org/docs/current/libpq-connect.html, 32.1).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from data.domain.errors import Message, Unavailable

_PRIVATE = ("verify-full", "verify-ca", "require")
"""TLS modes that never fall back to sending in the clear; the first is what an URL without one gets."""

_ASKED_OF_ALL = {
    "application_name": "omvant",
    "target_session_attrs": "read-write",  # of several hosts, the one that is the primary just now
    "connect_timeout": "5",
    # A server whose machine is gone says nothing more: after these seconds it counts as away.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


@dataclass(frozen=True)
class ServerUrl:
    """A database on a server. `parameters` are libpq's, by keyword; `shown` names it without a password."""

    parameters: dict[str, str]
    shown: str

    @property
    def database(self) -> str:
        """The database's name."""
        return self.parameters["dbname"]


def read_url(url: str) -> ServerUrl:
    """Take a URL apart. Raises `Unavailable` for one that libpq does not understand, that names no database,
    or that would let patient data over a network in the clear."""
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        # What libpq quotes may be a password. Nor may it stand in the error's history.
        fault = re.sub('".*"', "…", str(error).strip(), flags=re.DOTALL)
        raise Unavailable(Message("The database's URL can't be understood: {fault}", fault=fault)) from None
    if not given.get("dbname"):
        raise Unavailable(Message("The URL names no database: postgresql://server/DATABASE"))
    parameters = {**_ASKED_OF_ALL, **given}
    if not _stays_on_this_machine(given):
        mode = parameters.setdefault("sslmode", os.environ.get("PGSSLMODE", _PRIVATE[0]))
        if mode not in _PRIVATE:
            raise Unavailable(
                Message(
                    "Patient data goes over a network only encrypted: use sslmode={safe}, not {mode}",
                    safe=_PRIVATE[0],
                    mode=mode,
                )
            )
        if mode == _PRIVATE[0] and "PGSSLROOTCERT" not in os.environ:
            parameters.setdefault("sslrootcert", "system")
    return ServerUrl(parameters, _shown(given))


def is_private(connection: psycopg.Connection[object]) -> bool:
    """Whether nobody between here and the server can read along; asked of the connection itself, since hosts
    may come from a service file."""
    return bool(connection.pgconn.ssl_in_use) or _is_here(connection.info.host, connection.info.hostaddr)


def _stays_on_this_machine(given: dict[str, str]) -> bool:
    hosts = given.get("host", os.environ.get("PGHOST", "")).split(",")
    addresses = given.get("hostaddr", os.environ.get("PGHOSTADDR", "")).split(",")
    by_service = "service" in given or "PGSERVICE" in os.environ
    return (
        not by_service
        and all(_is_here(host, "") for host in hosts)
        and all(not address or _is_loopback(address) for address in addresses)
    )


def _is_here(host: str, address: str) -> bool:
    if not host or host.startswith(("/", "@")):  # a socket in the file system
        return True
    return _is_loopback(address) if address else host == "localhost" or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _shown(given: dict[str, str]) -> str:
    rest = {name: value for name, value in given.items() if name not in ("password", "sslpassword", "dbname")}
    query = f"?{urlencode(sorted(rest.items()))}" if rest else ""
    return f"postgresql:///{quote(given['dbname'])}{query}"
