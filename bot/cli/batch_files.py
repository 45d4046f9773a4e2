"""The files of a batch: made by as many processes as there are cores, each record's in its turn, into one folder."""

import asyncio
from asyncio import Task
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.cli.batch_records import BeforeError, FromFile, Papers, named
from bot.cli.files import put
from bot.reports.compose import compose
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.ledger import Ledger, Made
from bot.reports.naming import stem_of, stem_of_file
from bot.reports.outcome import Row, outcome_of
from bot.reports.pack import Pack
from bot.reports.paper import Paper
from bot.reports.pool import Pool, RenderError
from bot.reports.render import PACK, Kind
from bot.reports.signing import Issuer
from flows.text import tidy
from scoring.errors import AnswersError

AHEAD = 3
"""Records begun for each process: while one is rendered, the next is put into words, and one is written."""
ANY_DAY = date(2000, 1, 1)
Refused = AnswersError | BeforeError | ReportError | RenderError
"""Why a record has no files; whatever else goes wrong is the end of the batch."""


@dataclass(frozen=True, slots=True)
class Done:
    """A record that has its files: its row, whether all were there before, and why it has no acceptance pack.

    `paper`: what they are made of.
    """

    row: Row
    paper: Paper
    kept: bool
    unpacked: ReportError | None = None


Told = Callable[[int, Any, Done | Refused], None]
"""Hears of each record in order: its number, itself, and what became of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of each record, and where. `on`: the day of new papers, `settled`: and of those that are there.

    `taken`: stems of other files in the folder. `force`: replace what is there. `jobs`: so many processes render.
    """

    folder: Path
    kinds: Sequence[str]
    papers: Papers
    issuer: Issuer
    on: date
    settled: bool = False
    taken: Collection[str] = ()
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
class _Wish:
    """The papers of a record, the stem of its files, and what is known to have been made of the same answers."""

    stem: str
    key: str
    after: Paper
    before: Paper | None
    known: Made | None = None

    def there(self, ledger: Ledger) -> dict[str, str]:
        """The files that are there as they were made: digests by kinds. Raises OSError."""
        files = self.known.files if self.known else {}
        return {kind: digest for kind, digest in files.items() if ledger.whole(f"{self.stem}.{kind}", digest)}


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
        labels = named(record)
        wish = self._wish(self._stem(number, record), record)
        unpacked = self._unpacked(wish)
        wanted = [kind for kind in self.order.kinds if kind != PACK or not unpacked]
        if unpacked and not wanted:
            raise unpacked
        there = wish.there(self.ledger)
        missing = [kind for kind in wanted if kind not in there]
        if wish.known and not missing:
            self.ledger.settle(wish.known.names)
            row = wish.known.row.model_copy(update={"number": number})
            return Done(row, wish.after, kept=True, unpacked=unpacked)
        self._refuse_others(wish.stem, missing)
        made = await self._files(wish, missing)
        digests = {**there, **{kind: sha256(content).hexdigest() for kind, content in made.items()}}
        row = self._row(number, labels, wish.after, [f"{wish.stem}.{kind}" for kind in sorted(digests)])
        self._write(Made(stem=wish.stem, key=wish.key, on=wish.after.on, files=digests, row=row), made)
        return Done(row, wish.after, kept=False, unpacked=unpacked)

    def _stem(self, number: int, record: Any) -> str:
        if isinstance(record, FromFile):
            return stem_of_file(record.name, self.order.taken)
        return stem_of(number, named(record))

    def _wish(self, stem: str, record: Any) -> _Wish:
        """What is to be made; what was made of the same before stays, and what is added bears its day."""
        after, before = self.order.papers.papers(record, self.order.on)
        key, known = self._key(after, before), self._known(stem)
        if known is None or known.key != key:
            return _Wish(stem, key, after, before)
        if known.on != after.on:
            after, before = self.order.papers.papers(record, known.on)
        return _Wish(stem, key, after, before, known)

    def _key(self, after: Paper, before: Paper | None) -> str:
        """The codes that they would have on any day: what was made of the same stays as it is."""
        papers = [each.model_copy(update={"on": ANY_DAY}) for each in (after, before) if each]
        return " ".join(self.order.issuer.seal(paper).code for paper in papers)

    def _known(self, stem: str) -> Made | None:
        """What is there and may stay."""
        known = None if self.order.force else self.ledger.found(stem)
        return None if known and self.order.settled and known.on != self.order.on else known

    def _unpacked(self, wish: _Wish) -> ReportError | None:
        """Why there can be no acceptance pack, if one is wanted."""
        try:
            if PACK in self.order.kinds:
                Pack(wish.after, wish.before, self.order.issuer)
        except ReportError as error:
            return error
        return None

    def _refuse_others(self, stem: str, kinds: Iterable[str]) -> None:
        """Files that this batch did not make stay, unless they are to be replaced. Raises ReportError."""
        for name in (f"{stem}.{kind}" for kind in kinds):
            if (self.order.folder / name).is_dir() or not (self.order.force or self.ledger.free(name)):
                self.ledger.settle([name])
                raise ReportError(ReportTrouble.EXISTS, file=self.order.folder / name)

    async def _files(self, wish: _Wish, kinds: Iterable[str]) -> dict[str, bytes]:
        """Rendered in the pool. Raises RenderError; one record that nobody foresaw does not take the others with it."""
        try:
            report = compose(wish.after, self.order.issuer.seal(wish.after))
            pack = Pack(wish.after, wish.before, self.order.issuer) if PACK in kinds else None
            drawn = [*pack.drawn()] if pack else []
        except Exception as error:
            raise RenderError(type(error).__name__) from error
        made = {kind: await self.pool.render(Kind(kind), report) for kind in kinds if kind != PACK}
        if pack:
            made[PACK] = pack.zipped({each.name: await self.pool.render(each.kind, each.content) for each in drawn})
        return made

    def _row(self, number: int, labels: Mapping[str, str], paper: Paper, files: Iterable[str]) -> Row:
        whose = {"firm": paper.firm.name or "", **{name: tidy(value) for name, value in labels.items()}}
        return Row(number=number, **whose, outcome=outcome_of(paper, self.order.issuer.seal(paper).number), files=files)

    def _write(self, note: Made, made: Mapping[str, bytes]) -> None:
        """First the note, then the files: whatever ends the program, what is there is known to be ours."""
        self.ledger.add(note)
        self.ledger.settle(note.names)
        for kind, content in made.items():
            put(str(self.order.folder / f"{note.stem}.{kind}"), content)
