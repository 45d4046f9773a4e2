"""`shuping report --batch`: papers of many firms in a folder, and a workbook that sums them up.

What is there already, made of the same answers by the same program, is left alone: a batch that was interrupted is
taken up by giving the same command again. A record that is refused is named, and the others are made.
"""

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import date
from errno import ENOTDIR
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.cli.batch_files import Done, Order, Refused, make
from bot.cli.batch_records import BeforeError, Papers, befores_of, counted_in, entries_of, named
from bot.cli.files import is_stream, put
from bot.cli.firm import told_of
from bot.cli.progress import Count, counted
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.lacking import told_before
from bot.reports.ledger import opened_ledger
from bot.reports.outcome import Row
from bot.reports.pool import RenderError
from bot.reports.render import PACK, Kind
from bot.reports.signing import Issuer
from bot.reports.summary import Summary
from bot.words.complaints import complaint
from bot.words.doubts import doubts
from flows.text import inert, tidy
from locales import catalogue

FAILED = 1
KINDS = {*(kind.value for kind in Kind), PACK}
NOT_OURS = ("file", "session", "of", "number", "firm", "credit_code", "contact", *KINDS)
"""What a batch takes from its records, or does not know."""
LEFT_SHOWN = 5


def batch(parsed: argparse.Namespace, language: str, issuer: Issuer, on: date) -> int:
    """Make them all, dated `on`. Status 0, or 1 if a record was refused, or has not all that was wanted.

    Raises ReportError, AnswersError, OSError for what concerns all of them.
    """
    kinds, folder, text = _kinds(parsed), _folder(parsed), catalogue(language)
    total = None if is_stream(parsed.batch) else counted_in(parsed.batch)
    if total == 0:
        raise ReportError(ReportTrouble.BATCH_EMPTY, file=parsed.batch)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        befores_of(parsed.before) if parsed.before else nullcontext() as before,
        entries_of(parsed.batch) as entries,
        opened_ledger(folder) as ledger,
        closing(Summary(language, version("shuping"))) as summary,
        counted(text, total) as count,
    ):
        told = told_of(parsed, language)
        source = Path() if is_stream(parsed.batch) else Path(parsed.batch).parent
        papers = Papers(language, parsed.profile, issuer.address, before, parsed.before_on, told, source)
        jobs, settled = parsed.jobs or _cores(), parsed.on is not None
        taken = (Path(text("batch.file")).stem,)
        order = Order(folder, kinds, papers, issuer, on, settled=settled, taken=taken, force=parsed.force, jobs=jobs)
        teller = _Teller(language, kinds, summary, count)
        try:
            asyncio.run(make(order, ledger, entries, teller.hear))
        except KeyboardInterrupt:
            count.tell(text("report.batch.stopped"))
            raise
        if not teller.counts.total():  # an empty summary would take the place of one that is there
            raise ReportError(ReportTrouble.BATCH_EMPTY, file=parsed.batch)
        put(str(folder / text("batch.file")), summary.workbook())
        stale, unwanted = ledger.stale(), before.unwanted() if before else []
    teller.end(folder)
    teller.left(stale, unwanted)
    return FAILED if teller.counts["refused"] or teller.counts["unpacked"] else 0


def _kinds(parsed: argparse.Namespace) -> Sequence[str]:
    """What is wanted of each record: PDF, if nothing is said. Raises ReportError."""
    if any(getattr(parsed, name) is not None for name in NOT_OURS):
        raise ReportError(ReportTrouble.BATCH_ALONE)
    given = [name.strip().lower() for name in (parsed.kinds or Kind.DOCUMENT.value).split(",")]
    if not KINDS.issuperset(given):
        raise ReportError(ReportTrouble.BATCH_KINDS, kinds=", ".join(sorted(KINDS)))
    return [*dict.fromkeys(given)]


def _folder(parsed: argparse.Namespace) -> Path:
    if parsed.out is None:
        raise ReportError(ReportTrouble.BATCH_OUT)
    folder = Path(parsed.out)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(folder))
    if Path(parsed.batch).is_dir() and folder.exists() and folder.samefile(parsed.batch):
        raise ReportError(ReportTrouble.BATCH_SAME)  # workbooks that were made would be taken for answers
    return folder


def _cores() -> int:
    """Those that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Teller:
    """Tells people what became of each record, and puts it into the summary."""

    def __init__(self, language: str, kinds: Sequence[str], summary: Summary, count: Count) -> None:
        self._language, self._kinds, self._text = language, kinds, catalogue(language)
        self._summary, self._count = summary, count
        self.counts = Counter[str]()

    def hear(self, number: int, record: Any, became: Done | Refused) -> None:
        """The next record."""
        if isinstance(became, Done):
            self.counts.update(("made", "kept") if became.kept else ("made",))
            self._tell_notes(number, became)
            self.counts["unpacked"] += became.unpacked is not None
            fault = self._sentence(became.unpacked) if became.unpacked else ""
            self._summary.add(became.row.model_copy(update={"fault": fault}))
        else:
            self.counts["refused"] += 1
            labels = {name: tidy(value) for name, value in named(record).items()}
            fault = self._sentence(became)
            self._summary.add(Row(number=number, fault=fault, **labels))
            self._count.tell(f"shuping: {self._named(number, labels)}{' '.join(fault.splitlines())}")
        self._count.one()

    def _tell_notes(self, number: int, done: Done) -> None:
        """What a paper that was made does not show of its firm, and what in its answers may be a slip."""
        if done.kept:
            return
        lacking = [told_before(done.paper.firm, kind, self._text) for kind in self._kinds]
        whose = {"id": done.row.id, "firm": done.row.firm}
        for sentence in filter(None, (max(lacking, key=len), *doubts(done.paper.answers, self._language))):
            self._count.tell(f"{self._named(number, whose)}{inert(sentence)}")

    def _named(self, number: int, labels: Mapping[str, str]) -> str:
        whose = self._text("list.separator").join(filter(None, labels.values()))
        if not whose:
            return self._text("report.batch.record", number=number)
        return self._text("report.batch.record.named", number=number, whose=inert(whose))

    def _sentence(self, refused: Refused) -> str:
        match refused:
            case RenderError():
                return self._text("report.batch.broken", place=inert(str(refused)))
            case BeforeError():
                return self._text("report.batch.before", fault=complaint(refused.cause, self._language))
            case _:
                return complaint(refused, self._language) or ""

    def end(self, folder: Path) -> None:
        """How many of what, and where the summary is."""
        text, counts = self._text, self.counts
        sys.stdout.write(text("report.written", file=inert(str(folder / text("batch.file")))) + "\n")
        sys.stdout.write(
            text("report.batch.end", **{name: counts[name] for name in ("made", "kept", "refused")}) + "\n"
        )
        if counts["unpacked"]:
            sys.stdout.write(text("report.batch.unpacked", number=counts["unpacked"]) + "\n")

    def left(self, stale: Sequence[str], unwanted: Sequence[str]) -> None:
        """Files, and answers before, that are there and of no record of this batch."""
        text = self._text
        if stale:
            sys.stderr.write(text("report.batch.stale", number=len(stale), names=self._some(stale)) + "\n")
        if unwanted:
            sys.stderr.write(text("report.batch.unwanted", number=len(unwanted), names=self._some(unwanted)) + "\n")

    def _some(self, names: Sequence[str]) -> str:
        return self._text("list.separator").join(map(inert, names[:LEFT_SHOWN]))
