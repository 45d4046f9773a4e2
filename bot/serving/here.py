"""What the parts of a running process share, and how a part says that it cannot go on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.delivery.clock import SharedClock
from bot.delivery.lease import Ownership
from bot.delivery.reports import Reports
from bot.delivery.worker import Worker
from bot.dialogue.context import Door, Outside, Rules
from bot.logs import announce
from bot.observing.observer import Observer
from bot.serving.condition import Condition
from bot.settings import Settings
from locales import Catalogue
from scoring.rubric import Rubric
from storage.store import Store

STOPPED, FAILED, REFUSED = 0, 1, 2
"""Exit statuses; 2 is for settings alone, since a service is not started again after it."""


def host_time() -> datetime:
    """By the clock of this host."""
    return datetime.now(UTC)


class EndedError(Exception):
    """A part cannot go on, and with it the process ends; `name` and `details` are those of a text `serving.<name>`."""

    def __init__(self, status: int, name: str, **details: object) -> None:
        super().__init__(name)
        self.status, self.name, self.details = status, name, details


@dataclass(frozen=True, slots=True)
class Here:
    """One process on one database."""

    settings: Settings
    text: Catalogue
    store: Store
    clock: SharedClock
    outside: Outside
    rules: Rules
    doors: list[Door]
    """Those of the rules: Telegram's is there once Telegram has told its address."""
    rubric: Rubric
    worker: Worker
    reports: Reports
    ownership: Ownership
    """Of the house: who has it looks after what is over."""
    lead: Ownership
    """Of Telegram: who has it polls, or tells Telegram where to post."""
    observer: Observer
    condition: Condition

    @property
    def leading(self) -> bool:
        """This process does what only one may, of those with the same parts."""
        return (self.lead if self.condition.telegram else self.ownership).held

    def say(self, name: str, **details: object) -> None:
        """A line for whoever runs this."""
        say(self.text, name, **details)


def say(text: Catalogue, name: str, **details: object) -> None:
    """A line for whoever runs this; its text is `serving.<name>`."""
    announce(text(f"serving.{name}", **details))


class Part(Protocol):
    """What runs beside others in a process."""

    async def run(self) -> None:
        """Work until cancelled. Raises EndedError; OSError if an address cannot be had."""

    async def finish(self) -> None:
        """After `run` has ended: let what was begun be stored."""

    async def close(self) -> None:
        """After nothing is sent any more."""
