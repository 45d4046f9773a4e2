"""The mail server, from its address: `smtp://user:password@host:587`, `smtps://host` (TLS from the first byte)."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server that takes our mails. `tls` from the first byte on, or by STARTTLS, or, on this machine alone, none."""

    host: str
    port: int
    tls: bool
    start_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_of(url: str) -> Smtp:
    """A server from its address; what stands percent-encoded in a name or a password is decoded.

    A password travels encrypted, or not at all, unless it stays on this machine. Raises ValueError for anything else,
    without a word of it.
    """
    if any(sign.isspace() for sign in url):  # urlsplit would drop some of them
        raise _misread()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # it quotes what it was given
        raise _misread() from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.path.strip("/") or parts.query:
        raise _misread()
    if parts.fragment or (parts.password and not parts.username):
        raise _misread()
    tls = parts.scheme == "smtps"
    return Smtp(
        parts.hostname,
        port or PORTS[parts.scheme],
        tls,
        not tls and not _is_here(parts.hostname),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _misread() -> ValueError:
    return ValueError("smtp://user:password@host:587")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
