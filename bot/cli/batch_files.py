"""The files of a batch: made by as many processes as there are cores, each record's in its turn, into one folder."""

import asyncio
from asyncio import Task
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.cli.batch_records import BeforeError, Papers, named
from bot.cli.files import put
from bot.reports.compose import compose
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.ledger import Ledger, Made
from bot.reports.naming import stem_of
from bot.reports.paper import Paper
from bot.reports.pool import Pool, RenderError
from bot.reports.render import Kind
from bot.reports.signing import Issuer
from bot.reports.summary import Row, outcome_of
from flows.text import tidy
from scoring.errors import AnswersError

AHEAD = 3
"""Records begun for each process: while one is rendered, the next is put into words, and one is written."""
ANY_DAY = date(2000, 1, 1)
Refused = AnswersError | BeforeError | ReportError | RenderError
"""Why a record has no files; whatever else goes wrong is the end of the batch."""


@dataclass(frozen=True, slots=True)
class Done:
    """A record that has its files: its row, and whether all were there before."""

    row: Row
    kept: bool


Told = Callable[[int, Any, Done | Refused], None]
"""Hears of each record in order: its number, itself, and what became of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of each record, and where. `today`: the day of new papers. `force`: replace what is there."""

    folder: Path
    kinds: Sequence[Kind]
    papers: Papers
    issuer: Issuer
    today: date
    force: bool = False
    jobs: int = 1


async def make(order: Order, ledger: Ledger, records: Iterable[Any], tell: Told) -> None:
    """The files of all records. Raises OSError for a folder that takes no more; all work ends then."""
    pool = Pool(workers=order.jobs, most=AHEAD * order.jobs)
    maker = _Maker(order, ledger, pool)
    begun: deque[tuple[int, Any, Task[Done | Refused]]] = deque()
    try:
        for number, record in enumerate(records, start=1):
            if len(begun) == AHEAD * order.jobs:
                await _first(begun, tell)
            begun.append((number, record, asyncio.create_task(maker.one(number, record))))
            await asyncio.sleep(0)  # it begins before the next is read
        while begun:
            await _first(begun, tell)
    finally:
        for _, _, task in begun:
            task.cancel()
        await asyncio.gather(*(task for _, _, task in begun), return_exceptions=True)
        await pool.close()


async def _first(begun: deque[tuple[int, Any, Task[Done | Refused]]], tell: Told) -> None:
    number, record, task = begun[0]
    became = await task
    begun.popleft()
    tell(number, record, became)


@dataclass(frozen=True, slots=True)
class _Maker:
    order: Order
    ledger: Ledger
    pool: Pool

    async def one(self, number: int, record: Any) -> Done | Refused:
        """The files of a record, or why it has none. Raises OSError."""
        try:
            return await self._made(number, record)
        except (AnswersError, BeforeError, ReportError, RenderError) as error:
            return error

    async def _made(self, number: int, record: Any) -> Done:
        stem = stem_of(number, named(record))
        paper, key = self._paper(record)
        known = self.ledger.found(stem)
        if known and (known.key != key or self.order.force):
            known = None
        files = known.files if known else {}
        there = {kind: digest for kind, digest in files.items() if self._whole(stem, kind, digest)}
        missing = [kind for kind in self.order.kinds if kind not in there]
        if known and not missing:
            self.ledger.settle(known.names)
            return Done(known.row, kept=True)
        self._refuse_others(stem, missing)
        if known:  # what is added bears the day of what is there
            paper = paper.model_copy(update={"on": known.on})
        made = await self._files(paper, missing)
        digests = {**there, **{kind: sha256(content).hexdigest() for kind, content in made.items()}}
        row = self._row(number, named(record), paper, [f"{stem}.{kind}" for kind in sorted(digests)])
        note = Made(stem=stem, key=key, on=paper.on, files=digests, row=row)
        self.ledger.add(note)
        self.ledger.settle(note.names)
        for kind, content in made.items():
            put(str(self.order.folder / f"{stem}.{kind}"), content)
        return Done(row, kept=False)

    def _paper(self, record: Any) -> tuple[Paper, str]:
        """What is to be made, and the code that it would have on any day: what was made of the same stays as it is."""
        paper = self.order.papers.paper(record, ANY_DAY)
        return paper.model_copy(update={"on": self.order.today}), self.order.issuer.seal(paper).code

    def _whole(self, stem: str, kind: str, digest: str) -> bool:
        return self.ledger.whole(f"{stem}.{kind}", digest)

    def _refuse_others(self, stem: str, kinds: Iterable[Kind]) -> None:
        """Files that this batch did not make stay, unless they are to be replaced. Raises ReportError."""
        for name in (f"{stem}.{kind.value}" for kind in kinds):
            if (self.order.folder / name).is_dir() or not (self.order.force or self.ledger.free(name)):
                raise ReportError(ReportTrouble.EXISTS, file=self.order.folder / name)

    async def _files(self, paper: Paper, kinds: Iterable[Kind]) -> dict[str, bytes]:
        try:
            report = compose(paper, self.order.issuer.seal(paper))
        except Exception as error:  # one record that nobody foresaw must not take the others with it
            raise RenderError(type(error).__name__) from error
        return {kind.value: await self.pool.render(kind, report) for kind in kinds}

    def _row(self, number: int, labels: Mapping[str, str], paper: Paper, files: Iterable[str]) -> Row:
        whose = {name: tidy(value) for name, value in labels.items()}
        return Row(number=number, **whose, outcome=outcome_of(paper, self.order.issuer.seal(paper).number), files=files)
