"""At which addresses what listens here can be reached."""

import socket
from contextlib import suppress

from bot.http.server import host_and_port

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  # compared, not bound
OUTSIDE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): the system says from where it would write to it, and nothing is sent."""


def is_everywhere(listen: str) -> bool:
    """Not only at one address."""
    return host_and_port(listen)[0] in EVERYWHERE


def reached_at(listen: str) -> list[str]:
    """The addresses of a page that listens at "host:port", the likeliest first."""
    host, port = host_and_port(listen)
    hosts = [*(_of_this_machine() or ["127.0.0.1"])] if host in EVERYWHERE else [host]
    return [f"http://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts]


def _of_this_machine() -> list[str]:
    """Its IPv4 addresses, but for those that mean the machine itself: the one that leads outside first."""
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(OUTSIDE)
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")]
