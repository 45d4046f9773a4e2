"""Reports: each kind of file, warm, made of data never seen before; and what the bot pays before the first of them."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.samples import RUBRIC, answer_files, written
from bench.table import Row, at_least, at_most, at_most_of, size
from bench.timing import Work, plain_env, seconds_of, turns
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.pack import Pack, pack_file
from bot.reports.paper import Earlier, paper_of, record_of
from bot.reports.pool import Pool
from bot.reports.render import Kind, render
from flows.session import Firm, FirmKind
from scoring.answers import check_answers

ROUNDS = 30
LIMITS = {Kind.PICTURE: 0.1, Kind.DOCUMENT: 0.1, Kind.WORKBOOK: 0.3}
PICTURE_LIMIT = 300_000
PACKS, PACK_LIMIT = 10, 2.0
MEMORY_LIMIT = 5 * 2**20
BOT = "import bot.serving.run, bot.serving.telegram"
WITH_POOL = f"{BOT}, bot.reports.pool; bot.reports.pool.Pool()"
REPORTED = "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"
FIRMS = 1_000
A_SECOND = {Kind.PICTURE: 25.0, Kind.DOCUMENT: 15.0}
"""So many reports at least does a batch make on two cores."""
PROCESS_LIMIT = 400 * 2**20
DAY = date(2026, 11, 22)


def rows() -> Iterator[Row]:
    reports = list(_reports(2 * ROUNDS + 4))
    yield at_most("a report put into words", min(_composed(number) for number in range(20)), 0.02)
    for kind, limit in LIMITS.items():
        render(kind, reports[-1])
        times = sorted(seconds_of(partial(render, kind, made)) for made in reports[:ROUNDS])
        yield at_most(f"{kind}, warm, median of {ROUNDS} firms", median(times), limit)
        yield at_most("the same, the fastest", times[0], limit)
        sizes = sorted(len(render(kind, made)) for made in reports[:5])
        if kind is Kind.PICTURE:
            yield at_most_of("its size", f"{sizes[-1]:,} B", f"limit {PICTURE_LIMIT:,} B", sizes[-1] / PICTURE_LIMIT, 1)
        else:
            yield Row("its size", f"{sizes[-1]:,} B")
    yield from _packs()
    yield from _batches()
    yield from asyncio.run(_through_pool(reports[ROUNDS:]))
    yield _memory()


def _reports(number: int) -> Iterator[Report]:
    """Firms that differ in everything; each beside the one before it."""
    files = [check_answers(RUBRIC, file) for file in answer_files(number + 1)]
    for i, (before, answers) in enumerate(pairwise(files)):
        firm = Firm(name=f"某某第{i}五金制品有限公司", kind=FirmKind.MICRO)
        earlier = Earlier(rubric=before.rubric, record=record_of(before), on=DAY)
        yield compose(paper_of(answers, DAY, "zh-Hans", firm=firm, before=earlier))


def _packs() -> Iterator[Row]:
    """Acceptance packs, each with a report before and one after."""
    files = [check_answers(RUBRIC, file) for file in answer_files(2 * PACKS)]
    papers = [paper_of(answers, DAY, "zh-Hans", firm=Firm(name="某某五金制品有限公司")) for answers in files]
    times, most = [], 0
    for before, after in zip(papers[::2], papers[1::2], strict=True):
        earlier = Earlier(rubric=before.rubric, record=before.record, on=DAY)
        pack = Pack(after.model_copy(update={"before": earlier}), before)
        times.append(seconds_of(partial(pack_file, pack)))
        most = max(most, len(pack_file(pack)))
    yield at_most(f"an acceptance pack, warm, median of {PACKS}", median(times), PACK_LIMIT)
    yield Row("its size, the largest", f"{most:,} B")


def _composed(number: int) -> float:
    (answers,) = (check_answers(RUBRIC, file) for file in answer_files(1))
    return seconds_of(partial(compose, paper_of(answers, DAY, "zh-Hans", firm=Firm(name=f"第{number}厂"))))


def _batches() -> Iterator[Row]:
    """The command itself, from its start to the summary, and again when all is there; the largest of its processes.

    By the processor's time it is told as well: what two cores would make in a second that nobody else had a part of.
    """
    with TemporaryDirectory() as folder:
        firms = _firms(Path(folder))
        for kind, least in A_SECOND.items():
            command = (sys.executable, "-m", "bot", "report", "--batch", str(firms), "--out", f"{folder}/{kind}")
            run = partial(subprocess.run, [*command, "--kinds", kind], check=True, capture_output=True, env=plain_env())
            before = _processor_seconds()
            yield at_least(f"{kind} of {FIRMS:,} firms, a batch", FIRMS / seconds_of(run), least)
            yield at_least("the same by processor time", 2 * FIRMS / (_processor_seconds() - before), least)
            yield Row("the same when all are there already", f"{FIRMS / seconds_of(run):,.0f}/s")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    what = "peak memory of the largest process of a batch"
    yield at_most_of(what, size(largest), f"limit {size(PROCESS_LIMIT)}", largest / PROCESS_LIMIT, 1)


def _firms(folder: Path) -> Path:
    """A file of answers, each of a firm with a name."""
    firms = folder / "firms.jsonl"
    with firms.open("wb") as out:
        for number, file in enumerate(answer_files(FIRMS)):
            out.write(written({"firm": f"某某第{number}五金制品有限公司", **file}))
    return firms


def _processor_seconds() -> float:
    """Of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _through_pool(reports: list[Report]) -> Iterator[Row]:
    """The first one, which starts the process, and then one at a time; how long the event loop stands still."""
    pool, left = Pool(), iter(reports)
    first = await _timed(pool, next(left))
    later = [await _timed(pool, made) for _, made in zip(range(20), left, strict=False)]
    still = await _longest_pause(pool, next(left))
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    await pool.close()
    workers = max(workers, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return iter(
        (
            Row("pdf through the pool, the first, which starts it", f"{first * 1000:.0f} ms"),
            at_most("pdf through the pool, median of 20", median(later), 0.15),
            at_most("the longest pause of the event loop meanwhile", still, 0.02),
            Row("peak memory of the process that renders", size(workers * 1024)),
        )
    )


async def _timed(pool: Pool, made: Report) -> float:
    loop = asyncio.get_running_loop()
    start = loop.time()
    await pool.render(Kind.DOCUMENT, made)
    return loop.time() - start


async def _longest_pause(pool: Pool, made: Report) -> float:
    loop = asyncio.get_running_loop()
    asked, longest = asyncio.create_task(pool.render(Kind.DOCUMENT, made)), 0.0
    while not asked.done():
        start = loop.time()
        await asyncio.sleep(0)
        longest = max(longest, loop.time() - start)
    return longest


def _memory() -> Row:
    """The bot's imports with and without the pool, in turns."""
    seen: dict[str, list[int]] = {BOT: [], WITH_POOL: []}
    work: dict[str, Work] = {code: partial(_resident, code, seen[code]) for code in seen}
    turns(work, 5)
    without, there = (median(seen[code]) for code in (BOT, WITH_POOL))
    more = there - without
    what = "memory of the bot before the first report, more than without"
    return at_most_of(what, f"{more / 2**20:.1f} MiB", f"limit {size(MEMORY_LIMIT)}", more / MEMORY_LIMIT, 1)


def _resident(code: str, into: list[int]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code + REPORTED], check=True, capture_output=True, env=plain_env(), text=True
    )
    into.append(int(done.stdout) * 1024)
