"""What a database has to do to be copied from, or to."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from storage.copying.tables import Row, Table, Unfit


class Progress(NamedTuple):
    """How far a table has come: so many rows, and the key of the last of them."""

    rows: int = 0
    last: Row | None = None


class Reader(ABC):
    """A database as it was at one moment, whatever becomes of it."""

    place: str
    """As it may be shown."""

    @abstractmethod
    def count(self, table: Table) -> int:
        """How many rows a table has, damaged ones, too."""

    @abstractmethod
    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row | Unfit]:
        """All rows in the normal form, in the order of their keys, or those after a key."""

    @abstractmethod
    def ask(self, query: str) -> list[Sequence[Any]]:
        """What a query finds that names tables, and the column of windows, in braces: `{sights}`, `{window}`."""

    @abstractmethod
    def faults(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the database itself, each with a kind: `integrity`, `missing`, `invalid`, `collation`."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


class Writer(ABC):
    """A database that is becoming the copy of another one; no program opens it meanwhile, and nobody else copies to it.

    Whatever happens to who writes, it holds what `progress` says, and nothing else.
    """

    place: str

    @abstractmethod
    def progress(self, table: Table) -> Progress:
        """How far it has come."""

    @abstractmethod
    def write(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        """Write rows, and how far that is, in one transaction."""

    @abstractmethod
    def reader(self) -> Reader:
        """What it holds by now."""

    @abstractmethod
    def finish(self) -> None:
        """It is whole: from now on programs open it, and number what is new after all that is there."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""
