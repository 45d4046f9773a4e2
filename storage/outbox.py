"""The transactional outbox: messages are written with the answers that they reply to, and sent after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import islice
from typing import Any

Payload = dict[str, Any]
"""JSON that the channel understands."""

MOST_WAITING = 64
"""So many texts may wait for one chat; what a flood of commands would add is not queued. A card always is."""


class Urgency(IntEnum):
    """Who goes first when not all can be sent at once; the order in which people wait, not that of time."""

    ANSWER = 0
    GREETING = 1
    """To somebody who has not begun: a flood of strangers costs strangers."""
    RETIREMENT = 2
    """The buttons of an old card are taken away."""
    REMINDER = 3
    FILE = 4

    @property
    def aside(self) -> bool:
        """It stands by itself: no message waits for it, nor does it wait for others."""
        return self >= Urgency.RETIREMENT


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
    urgency: Urgency = Urgency.ANSWER

    @property
    def counted(self) -> bool:
        """One of the texts of which only so many may wait; others are replaced by the next of their key."""
        return self.key is None and not self.urgency.aside


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox; numbers give the order within a chat. `card` is the chat's live card of now."""

    number: int
    chat: str
    key: str | None
    payload: Payload
    due: datetime
    attempts: int
    anew: bool = False
    urgency: Urgency = Urgency.ANSWER
    card: int | None = None


def fitting(outbox: Iterable[Outgoing], waiting: int) -> list[Outgoing]:
    """The messages that are queued while so many texts wait already."""
    messages = list(outbox)
    texts = set(map(id, islice((one for one in messages if one.counted), max(0, MOST_WAITING - waiting))))
    return [one for one in messages if not one.counted or id(one) in texts]
