"""The copying itself, whatever the databases are: in batches by the order of keys, so that memory stays flat."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice, repeat
from typing import NamedTuple

from pydantic_core import to_json

from storage.copying.side import Progress, Reader, Writer
from storage.copying.tables import TABLES, Row, Table, Unfit

BATCH = 1000
"""Rows of a transaction."""
SHOWN = 3
"""So many damaged rows of a table are named."""


class Step(NamedTuple):
    """So many rows of a table of all are done: copied, or compared."""

    comparing: bool
    table: str
    done: int
    total: int


Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """A table on both sides: rows, checksums over the normal form, and the first row that differs, by its key.

    `unfit` damaged rows of the source stay behind; `named` are the first of them.
    """

    table: str
    rows: tuple[int, int]
    checksums: tuple[str, str]
    first: str | None
    unfit: int
    named: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """All that can be read of the source is there, and nothing else."""
        return self.first is None and self.rows[0] == self.rows[1] and self.checksums[0] == self.checksums[1]


def copy(source: Reader, target: Writer, tell: Tell) -> tuple[Compared, ...]:
    """Copy what the target has not got yet, and compare all; the target is finished only if nothing differs.

    Raises StorageError.
    """
    for table in TABLES:
        _copy(source, target, table, tell)
    with closing(target.reader()) as copied:
        found = tuple(compare(source, copied, table, tell) for table in TABLES)
    if all(table.equal for table in found):
        target.finish()
    return found


def _copy(source: Reader, target: Writer, table: Table, tell: Tell) -> None:
    progress, total = target.progress(table), source.count(table)
    tell(Step(comparing=False, table=table.name, done=progress.rows, total=total))
    coming = _fit(source.rows(table, progress.last))
    while rows := tuple(islice(coming, BATCH)):
        progress = Progress(progress.rows + len(rows), table.key_of(rows[-1]))
        target.write(table, rows, progress)
        tell(Step(comparing=False, table=table.name, done=progress.rows, total=total))


def _fit(rows: Iterator[Row | Unfit]) -> Iterator[Row]:
    return (row for row in rows if not isinstance(row, Unfit))


def compare(here: Reader, there: Reader, table: Table, tell: Tell) -> Compared:
    """Hold the rows of a table against each other."""
    comparing = _Comparing(table)
    total = here.count(table)
    ours, theirs = comparing.read(here), _fit(there.rows(table))
    pairs = zip(chain(ours, repeat(None)), chain(theirs, repeat(None)), strict=False)
    for ours_, theirs_ in pairs:
        if ours_ is None and theirs_ is None:
            break
        comparing.take(ours_, theirs_)
        if comparing.rows[0] % BATCH == 0:
            tell(Step(comparing=True, table=table.name, done=comparing.rows[0], total=total))
    tell(Step(comparing=True, table=table.name, done=total, total=total))
    return comparing.outcome()


class _Comparing:
    """What is known of a table so far."""

    def __init__(self, table: Table) -> None:
        self.rows = [0, 0]
        self._table = table
        self._sums = (blake2b(digest_size=16), blake2b(digest_size=16))
        self._first: str | None = None
        self._unfit: list[str] = []
        self._unfits = 0

    def read(self, side: Reader) -> Iterator[Row]:
        """The rows of the source, those that are damaged noted."""
        for row in side.rows(self._table):
            if isinstance(row, Unfit):
                self._unfits += 1
                self._unfit += [row.key] if len(self._unfit) < SHOWN else []
            else:
                yield row

    def take(self, ours: Row | None, theirs: Row | None) -> None:
        """The next row of each side; None where there is none left."""
        for side, row in enumerate((ours, theirs)):
            if row is not None:
                self.rows[side] += 1
                self._sums[side].update(to_json(row) + b"\n")
        if ours != theirs and self._first is None:
            self._first = self._named(ours, theirs)

    def _named(self, ours: Row | None, theirs: Row | None) -> str:
        """The one that comes first, since the other side has not got it."""
        keys = [self._table.key_of(row) for row in (ours, theirs) if row is not None]
        return ", ".join(map(str, min(keys)))

    def outcome(self) -> Compared:
        """All that was found."""
        here, there = (checksum.hexdigest() for checksum in self._sums)
        rows = (self.rows[0], self.rows[1])
        return Compared(self._table.name, rows, (here, there), self._first, self._unfits, tuple(self._unfit))
