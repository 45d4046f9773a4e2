"""What every store does, whatever keeps the data; `tests/storage` runs one suite against all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flows.events import AnswerValue
from flows.session import Assessment, Session


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the append-only answer log: what changed, when, by whom.

    `kind` is the event's name ("recorded", "parked", "withdrawn", "finished").
    """

    session: str
    kind: str
    item: str
    before: AnswerValue | None
    after: AnswerValue | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one input comes to, to be written in one transaction. No session means: nothing is written."""

    session: Session | None
    log: tuple[LogEntry, ...] = ()
    finished: tuple[Assessment, ...] = ()


Decide = Callable[[Session | None], Decision]
"""Pure: it may be called again if a transaction has to be repeated."""


class Store(ABC):
    """One conversation a chat; `chat` names it ("terminal:anna", "telegram:42")."""

    @abstractmethod
    async def apply(self, chat: str, decide: Decide) -> Decision:
        """Load the chat's session, decide, and write all that was decided: everything or nothing.

        Raises StorageError; whatever `decide` raises comes through, and nothing is written.
        """

    @abstractmethod
    async def session(self, chat: str) -> Session | None:
        """The chat's present session."""

    @abstractmethod
    async def history(self, chat: str) -> list[Assessment]:
        """The chat's finished assessments, the newest first."""

    @abstractmethod
    async def log(self, chat: str) -> list[LogEntry]:
        """The chat's answer log, the oldest entry first."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; the store cannot be used afterwards."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
