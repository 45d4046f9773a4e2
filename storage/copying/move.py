"""From one URL to another one: all of it, whatever was done of it before."""

from collections.abc import Callable
from contextlib import closing

from storage.copying.opening import read_from, shown, write_to
from storage.copying.run import Compared, Tell, compare, copy
from storage.copying.side import Reader
from storage.copying.tables import TABLES
from storage.errors import StorageError, Trouble


def move(source: str, target: str, tell: Tell, begun: Callable[[int], None]) -> tuple[Compared, ...]:
    """Copy what is not there yet, and compare all; `begun` is told of rows that were there. Raises StorageError.

    Where it was finished before, and nobody has come to know because the process died just then, that is what is found.
    """
    with closing(read_from(source)) as reader:
        try:
            writer = write_to(target, shown(source))
        except StorageError as error:
            if error.trouble is not Trouble.OCCUPIED or not (found := _finished(reader, target, tell)):
                raise
            return found
        with closing(writer):
            if rows := sum(writer.progress(table).rows for table in TABLES):
                begun(rows)
            return copy(reader, writer, tell)


def _finished(source: Reader, target: str, tell: Tell) -> tuple[Compared, ...]:
    """Nothing, unless the target holds the same to the last row."""
    with closing(read_from(target, alone=False)) as reader:
        if any(source.count(table) != reader.count(table) for table in TABLES):
            return ()
        found = tuple(compare(source, reader, table, tell) for table in TABLES)
    return found if all(table.equal for table in found) else ()
