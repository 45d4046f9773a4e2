"""Reports beside the conversation: made in another process, in order, and in spite of accidents."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import psutil
import pytest

from bot.reports.pool import Crowded, Pool
from bot.reports.render import Kind, render
from tests.bot.child import environment
from tests.reports.firms import of_grade, report

MADE = report(of_grade(2))


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    there = Pool(most=3)
    yield there
    await there.close()


def children() -> list[psutil.Process]:
    """The processes that render, without the helper that multiprocessing keeps."""
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


async def test_files_come_from_another_process_and_are_the_same(pool: Pool) -> None:
    assert await pool.render(Kind.PICTURE, MADE) == render(Kind.PICTURE, MADE)
    assert (await pool.render(Kind.WORKBOOK, MADE))[:2] == b"PK"
    assert (await pool.render(Kind.DOCUMENT, MADE))[:5] == b"%PDF-"
    assert len(children()) == 1
    await pool.close()
    assert children() == []


async def test_how_many_wait_is_known_and_bounded(pool: Pool) -> None:
    assert pool.waiting == 0
    asked = [asyncio.create_task(pool.render(Kind.WORKBOOK, MADE)) for _ in range(3)]
    await asyncio.sleep(0)
    assert pool.waiting == 3
    with pytest.raises(Crowded):
        await pool.render(Kind.PICTURE, MADE)
    assert len(set(map(len, await asyncio.gather(*asked)))) == 1
    assert pool.waiting == 0


async def test_others_go_on_while_a_report_is_made(pool: Pool) -> None:
    asked = asyncio.create_task(pool.render(Kind.DOCUMENT, MADE))
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 20
    assert asked.result()


async def test_a_report_survives_the_death_of_its_process(pool: Pool) -> None:
    await pool.render(Kind.WORKBOOK, MADE)
    (child,) = children()
    asked = asyncio.create_task(pool.render(Kind.DOCUMENT, MADE))
    await asyncio.sleep(0)
    os.kill(child.pid, SIGKILL)
    assert (await asked)[:5] == b"%PDF-"
    assert [other.pid for other in children()] != [child.pid]


async def test_who_stops_waiting_leaves_the_queue(pool: Pool) -> None:
    asked = asyncio.create_task(pool.render(Kind.DOCUMENT, MADE))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert pool.waiting == 0


ORPHAN = """
import asyncio
from bot.reports.pool import Pool
from bot.reports.render import Kind
from tests.reports.firms import of_grade, report
import psutil, os, signal

async def main():
    pool = Pool()
    await pool.render(Kind.WORKBOOK, report(of_grade(2)))
    children = psutil.Process().children()
    print(*[child.pid for child in children if "spawn_main" in " ".join(child.cmdline())], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_killed_bot_leaves_no_process_behind(tmp_path: Path) -> None:
    file = tmp_path / "orphan.py"
    file.write_text(ORPHAN, encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], stdout=subprocess.PIPE, env=environment(tmp_path), check=False)
    (pid,) = map(int, done.stdout.split())
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=10)
    assert not psutil.pid_exists(pid)


HEAVY = ("typst", "xlsxwriter", "multiprocessing.pool")


def test_nothing_heavy_is_imported_before_the_first_report(tmp_path: Path) -> None:
    code = f"import bot.reports.pool, bot.reports.sources, sys; print(*[n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(tmp_path), check=True, text=True
    )
    assert done.stdout.strip() == ""
