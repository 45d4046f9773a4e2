"""What a channel is to those who deliver: it paints pages, and takes them to an address. Nothing knows one by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.dialogue.context import Manner
from bot.dialogue.pages import Page
from storage.outbox import Urgency

Payload = Any
"""What a channel makes of a page, for itself alone."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """It arrived; `card` refers to a new live card, if it was one. `harmless`: it may be sent again without harm."""

    card: str | None = None
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: after so many seconds, or, if nobody knows, after a pause that grows."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will never be taken."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The person takes no messages."""


Outcome = Delivered | Later | Refused | Gone


class Channel(Protocol):
    """A way to people. Its windows are called "<name>:<address>"; `manner` is how it speaks."""

    name: str
    manner: Manner

    def paint(self, page: Page) -> Sequence[Payload]:
        """A page in the channel's form, in as many parts as it takes; pure."""

    async def turn(self, address: str, urgency: Urgency) -> bool:
        """Wait until the channel's limits of rate allow one more message; whether that took any time."""

    async def deliver(self, address: str, payload: Payload, live: str | None) -> Outcome:
        """Take one part to an address; `live` is the card to be changed in its place, None for a new message.

        Raises nothing: whatever goes wrong is an outcome.
        """
