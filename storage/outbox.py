"""The transactional outbox: messages are written with the answers that they reply to, and sent after the commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Payload = dict[str, Any]
"""JSON that the channel understands."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent at a time. A key makes it replace an unsent one of the same chat and key.

    `anew`: it is to appear below what was said last, not in the place of an earlier message. What replaces such a
    message is sent anew, too: the first one may have been sent already, and an edit further up would not be seen.
    """

    payload: Payload
    due: datetime
    key: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox; numbers give the order within a chat."""

    number: int
    chat: str
    key: str | None
    payload: Payload
    due: datetime
    attempts: int
    anew: bool = False
