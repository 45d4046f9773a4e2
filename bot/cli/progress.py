"""How far a long piece of work is: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from locales import Catalogue
from storage.copying.run import Step, Tell

SILENT_SECONDS = 10.0
"""So long at most nothing is said where there is no bar."""


@contextmanager
def told(text: Catalogue) -> Iterator[Tell]:
    """What tells people of each step, on standard error."""
    if sys.stderr.isatty():
        with bars(text) as tell:
            yield tell
    else:
        yield _Lines(text).tell


@contextmanager
def bars(text: Catalogue) -> Iterator[Tell]:
    """The same on a terminal; elsewhere, nothing is said."""
    with _progress() as progress:
        yield _Bars(text, progress).tell


def _named(text: Catalogue, step: Step) -> str:
    return text("db.comparing" if step.comparing else "db.copying", table=step.table)


class Count:
    """How many of many are done: a bar on a terminal, elsewhere a line now and then. Use `counted`."""

    def __init__(self, text: Catalogue, progress: Progress, total: int | None) -> None:
        self._text, self._progress, self._total = text, progress, total
        self._task = progress.add_task(text("report.batch.making"), total=total)
        self._done, self._at = 0, monotonic()

    def one(self) -> None:
        """Another is done."""
        self._done += 1
        self._progress.advance(self._task)
        if self._progress.disable and monotonic() - self._at >= SILENT_SECONDS:
            self._at = monotonic()
            total = "?" if self._total is None else self._total
            self.tell(self._text("db.progress", what=self._text("report.batch.making"), done=self._done, total=total))

    def tell(self, line: str) -> None:
        """A line of its own, above the bar if there is one."""
        if self._progress.disable:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
        else:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def counted(text: Catalogue, total: int | None) -> Iterator[Count]:
    """Counts things that are made, on standard error. `total`: None if nobody knows."""
    with _progress() as progress:
        yield Count(text, progress, total)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


class _Bars:
    """One for each table, copied and compared."""

    def __init__(self, text: Catalogue, progress: Progress) -> None:
        self._text, self._progress = text, progress
        self._bars: dict[tuple[bool, str], TaskID] = {}

    def tell(self, step: Step) -> None:
        """Move a bar; a new one begins where the work had stopped."""
        key = (step.comparing, step.table)
        if key not in self._bars:
            self._bars[key] = self._progress.add_task(_named(self._text, step))
        self._progress.update(self._bars[key], completed=step.done, total=step.total)


class _Lines:
    """One when a table begins, and then now and then."""

    def __init__(self, text: Catalogue) -> None:
        self._text = text
        self._said: tuple[bool, str] | None = None
        self._at = 0.0

    def tell(self, step: Step) -> None:
        """Say it, unless something was said just now."""
        key = (step.comparing, step.table)
        if key == self._said and monotonic() - self._at < SILENT_SECONDS:
            return
        self._said, self._at = key, monotonic()
        line = self._text("db.progress", what=_named(self._text, step), done=step.done, total=step.total)
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
