"""Reports beside the conversation: made in another process, in order, and in spite of accidents."""

import asyncio
import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

import psutil
import pytest
import uvloop

from bot.reports.pool import LIFE, Crowded, Pool, RenderError
from bot.reports.render import Kind, render
from tests.bot.child import environment
from tests.reports import hostile as bad
from tests.reports.firms import of_grade, report
from tests.reports.hostile import hostile

MADE = report(of_grade(2))
FIRM = "不可外传五金厂"
SECONDS, ENOUGH = 2.0, 60.0
"""For a report that takes for ever; for a process that starts, and makes one, on a machine that is busy."""


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    there = Pool(most=3)
    yield there
    await there.close()


def children() -> list[psutil.Process]:
    """The processes that render; not those that have just ended."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "bot.reports.worker" in child.cmdline():
                found.append(child)
    return found


def opened(process: psutil.Process) -> Counter[str]:
    """The kinds of what a process has open, how many of each."""
    return Counter(str(entry.readlink()).partition(":")[0] for entry in Path(f"/proc/{process.pid}/fd").iterdir())


async def makes(pool: Pool) -> bool:
    """The pool makes reports."""
    return (await pool.render(Kind.WORKBOOK, MADE))[:2] == b"PK"


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
    """The first while its report is made, the second before that; the third gets his."""
    asked = [asyncio.create_task(pool.render(Kind.DOCUMENT, MADE)) for _ in range(3)]
    await asyncio.sleep(0.01)
    for given_up in asked[:2]:
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
    assert pool.waiting == 1
    assert (await asked[2])[:5] == b"%PDF-"
    assert pool.waiting == 0


@pytest.mark.slow
async def test_processes_are_replaced_and_nobody_notices() -> None:
    """Twenty chats want two reports each of processes that make three; each gets both."""
    pool = Pool(life=3)
    ever: set[int] = set()

    async def chat() -> None:
        for _ in range(2):
            assert await makes(pool)
            ever.update(child.pid for child in children())

    await asyncio.gather(*(chat() for _ in range(20)))
    assert 40 // 3 - 1 <= len(ever) <= 40 // 3 + 1
    await pool.close()
    assert children() == []


@pytest.mark.slow
async def test_more_reports_than_a_process_makes(pool: Pool) -> None:
    """As many at once as may wait, beyond the number at which the process is replaced."""
    made = 0
    while made < LIFE + 20:
        assert all(await asyncio.gather(*(makes(pool) for _ in range(3))))
        made += 3


@pytest.mark.parametrize("does", [bad.hang, pytest.param(bad.stand_still, marks=pytest.mark.slow)])
async def test_a_report_that_takes_for_ever_is_given_up(does: Callable[[], None]) -> None:
    pool = Pool(seconds=SECONDS)
    asked = asyncio.create_task(pool.render(Kind.PICTURE, hostile(does)))
    while not pool._turn.locked():  # noqa: ASYNC110  # it has no bell
        await asyncio.sleep(0)
    pool._seconds = ENOUGH
    behind = [asyncio.create_task(makes(pool)) for _ in range(3)]
    with pytest.raises(RenderError, match="not made within"):
        await asked
    assert all(await asyncio.gather(*behind))
    await pool.close()
    assert children() == []


async def test_a_report_that_kills_its_process_is_tried_twice(pool: Pool, tmp_path: Path) -> None:
    once = hostile(bad.die_once, str(tmp_path / "died"), MADE)
    assert (await pool.render(Kind.DOCUMENT, once))[:5] == b"%PDF-"
    assert (tmp_path / "died").exists()
    outcomes = await asyncio.gather(pool.render(Kind.PICTURE, hostile(bad.die)), makes(pool), return_exceptions=True)
    assert isinstance(outcomes[0], RenderError)
    assert outcomes[1] is True


@pytest.mark.parametrize("amount", [1, 100_000])
async def test_what_is_no_reply_is_not_taken_for_one(pool: Pool, amount: int) -> None:
    """Nor is the reply after it, or what is left of it when the next report is made."""
    with pytest.raises(RenderError, match="what cannot be"):
        await pool.render(Kind.PICTURE, hostile(bad.babble, amount))
    assert await makes(pool)


async def test_a_failure_says_where_and_not_what(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    """Errors quote what people wrote; neither the log nor standard error may. The process is as good as before."""
    assert await makes(pool)
    before = children()
    with pytest.raises(RenderError) as failed:
        await pool.render(Kind.PICTURE, hostile(bad.shout, FIRM))
    assert "ValueError at " in str(failed.value)
    assert "hostile.py:" in str(failed.value)
    assert FIRM not in str(failed.value)
    assert FIRM not in "".join(capfd.readouterr())
    assert await makes(pool)
    assert children() == before


async def test_a_report_cannot_take_the_memory_of_the_machine(pool: Pool) -> None:
    with pytest.raises(RenderError, match="MemoryError"):
        await pool.render(Kind.PICTURE, hostile(bad.eat, 1 << 30))
    assert await makes(pool)


async def test_the_process_knows_nothing_of_ours(pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No secret, no open file or socket, not our terminal."""
    monkeypatch.setenv("SHUPING_TELEGRAM_TOKEN", "secret")
    with (tmp_path / "database").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003
        await pool.render(Kind.PICTURE, MADE)
        (child,) = children()
        assert not [name for name in child.environ() if "SHUPING" in name]
        assert "secret" not in child.environ().values()
        assert opened(child) <= Counter({"pipe": 2, "socket": 1, "/dev/null": 2}), "its standard input, output, errors"
        assert os.getsid(child.pid) != os.getsid(0), "Ctrl-C is not its business"


async def test_a_machine_that_starts_no_process(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(RenderError, match="does not start"):
            await pool.render(Kind.PICTURE, MADE)
    assert await makes(pool)


async def test_closed_while_reports_are_made(pool: Pool) -> None:
    """Nothing is awaited any more, however long it would have taken; no process stays."""
    asked = [asyncio.create_task(pool.render(Kind.PICTURE, made)) for made in (hostile(bad.hang), MADE, MADE)]
    await asyncio.sleep(SECONDS / 10)
    await pool.close()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 3
    assert children() == []


@pytest.mark.slow
def test_all_of_that_on_the_loop_that_the_bot_runs_on() -> None:
    async def live() -> None:
        pool = Pool(life=2, seconds=ENOUGH)
        assert all([await makes(pool) for _ in range(3)])
        for does, seconds in (
            (hostile(bad.die), ENOUGH),
            (hostile(bad.hang), SECONDS),
            (hostile(bad.babble, 100_000), ENOUGH),
        ):
            pool._seconds = seconds
            with pytest.raises(RenderError):
                await pool.render(Kind.PICTURE, does)
        pool._seconds = ENOUGH
        assert await makes(pool)
        await pool.close()
        assert children() == []

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(live())


ORPHAN = """
import asyncio, os, signal, sys
import psutil
from bot.reports.pool import Pool
from bot.reports.render import Kind
from tests.reports.firms import of_grade, report
from tests.reports.hostile import hang, hostile

async def main():
    pool = Pool(seconds=2)
    await pool.render(Kind.WORKBOOK, report(of_grade(2)))
    if sys.argv[1] == "rendering":
        asked = asyncio.create_task(pool.render(Kind.WORKBOOK, hostile(hang)))
        await asyncio.sleep(0.1)
    print(*[child.pid for child in psutil.Process().children() if "bot.reports.worker" in child.cmdline()], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("what", ["resting", pytest.param("rendering", marks=pytest.mark.slow)])
def test_a_killed_bot_leaves_no_process_behind(tmp_path: Path, what: str) -> None:
    command = (sys.executable, "-c", ORPHAN, what)
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment(tmp_path), check=False)
    (pid,) = map(int, done.stdout.split())
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=10)
    assert not psutil.pid_exists(pid)


HEAVY = ("typst", "xlsxwriter", "multiprocessing")


def test_nothing_heavy_is_imported_before_the_first_report(tmp_path: Path) -> None:
    code = f"import bot.reports.pool, bot.reports.sources, sys; print(*[n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(tmp_path), check=True, text=True
    )
    assert done.stdout.strip() == ""


FIRST = """
import pickle, sys
from bot.reports.render import render
assert render(*pickle.load(sys.stdin.buffer))
print(*[name for name in ("pydantic", "babel", "asyncio") if name in sys.modules])
"""


@pytest.mark.parametrize("kind", Kind)
def test_the_process_that_makes_reports_imports_only_what_lays_them_out(kind: Kind, tmp_path: Path) -> None:
    """Half of what the first report costs would be rules for answers, which are long checked there."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST],
        input=pickle.dumps((kind, MADE)),
        capture_output=True,
        env=environment(tmp_path),
        check=True,
    )
    assert (done.stdout.decode().strip(), done.stderr.decode()) == ("", "")
