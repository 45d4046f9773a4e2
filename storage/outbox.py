"""The transactional outbox: messages are written with the answers that they reply to, and sent after the commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Payload = dict[str, Any]
"""JSON that the channel understands."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent at a time. A key makes it replace an unsent one of the same chat and key.

    A payload that says `edit` says false if the one that it replaces did: what was to be sent anew, below what had been
    said, and may even have been sent already, is not made good by an edit further up.
    """

    payload: Payload
    due: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox; numbers give the order within a chat."""

    number: int
    chat: str
    key: str | None
    payload: Payload
    due: datetime
    attempts: int
