"""One line of the log for each update: whose dossier (hashed), where it stands, what came of it, how long it took."""

import hmac
import logging
from secrets import token_bytes

from typing_extensions import override

from bot.logs import FIELDS, UPDATES
from bot.observing.observer import Came, Observer

LOG = logging.getLogger(UPDATES)

HASH_BYTES = 8


def key_of(secret: str) -> bytes:
    """A key for hashes: the same in all processes that share this secret, and unknown to whoever has it not.

    Without one, a new one: then lines can be told to be of one dossier for as long as the process runs.
    """
    return hmac.digest(secret.encode(), b"dossiers in the log", "sha256") if secret else token_bytes(32)


class Lines(Observer):
    """Writes them. Whoever has the lines and a list of all ids cannot tell whose they are, without the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @override
    def updated(self, channel: str, came: Came, seconds: float, dossier: str | None, phase: str | None) -> None:
        fields = {
            "dossier": self._hash(dossier) if dossier else None,
            "channel": channel,
            "phase": phase,
            "outcome": came.value,
            "ms": round(seconds * 1000, 2),
        }
        LOG.info("an update was seen to", extra={FIELDS: fields})

    def _hash(self, dossier: str) -> str:
        return hmac.digest(self._key, dossier.encode(), "sha256")[:HASH_BYTES].hex()
