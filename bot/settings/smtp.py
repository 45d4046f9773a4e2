"""The mail server, from its address: `smtp://user:password@host:587`, `smtps://host` (TLS from the first byte)."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

PORTS = {"smtp": 587, "smtps": 465}
NOTHING = ("", "/")


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mails are taken. `tls`: from the first byte; else the server is asked to begin it, and has to if there is a
    password.
    """

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_of(url: SecretStr) -> Smtp | None:
    """What an address says; None if it is none. What stands percent-encoded in a name or a password is decoded."""
    try:
        parts = urlsplit(url.get_secret_value())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.query or parts.fragment:
        return None
    if parts.path not in NOTHING or bool(parts.username) != bool(parts.password):
        return None
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return Smtp(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)
