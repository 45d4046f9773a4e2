"""Rendering beside the conversation: in processes of their own, a few at a time, the others wait in order.

A process, not a thread: laying out takes 100 MB, and the workbook holds the interpreter; neither may touch other chats.
The first report starts the process; until then a pool costs nothing. Whatever a report does to its process, it is over
within a set time: the process is killed, and the next report finds a new one. So it is with a process that has made
enough, which keeps its memory bounded.
"""

import asyncio
import os
import pickle
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.reports.characters import further_fonts
from bot.reports.comparison import Comparison
from bot.reports.content import Report
from bot.reports.render import Kind, Piece
from bot.reports.worker import REPLY, REQUEST

MOST = 100
"""So many reports may be asked for at once; beyond that, waiting would take longer than people do."""
LIFE = 500
"""So many reports does a process make."""
SECONDS = 20.0
"""A report takes a tenth of a second; one that takes so long will never be made."""
LARGEST = 50_000_000
"""Bytes; Telegram takes no larger file, and ours have a hundredth of it."""
END_SECONDS = 2.0
NEEDED = ("LD_LIBRARY_PATH", "SYSTEMROOT")
"""What Python may need to start, besides the path of its modules; no setting of ours, no secret of anybody."""
FRUGAL = {"RAYON_NUM_THREADS": "1"}
"""One thread for typst: as quick for our few pages, and memory does not depend on how many cores there are."""


class Crowded(Exception):  # noqa: N818  # a state, not a fault
    """Too many reports are being made; ask again later."""


class RenderError(Exception):
    """A report that could not be made; says where, and nothing of what is in it."""


class _BrokenError(RenderError):
    """The process did not start, ended, or said what cannot be: perhaps for the report, perhaps not."""


class Pool:
    """Makes reports, `workers` at a time; each may take so many `seconds`, each process makes `life` of them."""

    def __init__(self, workers: int = 1, most: int = MOST, life: int = LIFE, seconds: float = SECONDS) -> None:
        self._most, self._life, self._seconds = most, life, seconds
        self._turn = asyncio.Semaphore(workers)
        self._resting: list[_Worker] = []
        self._asked: set[asyncio.Task[bytes]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many reports were asked for and have not been made; the next one comes after all of these."""
        return len(self._asked)

    async def render(self, kind: Kind | Piece, report: Report | Comparison) -> bytes:
        """The file of a report. Raises Crowded if too many are being made already, RenderError if it cannot be made."""
        if self.waiting >= self._most:
            raise Crowded
        task = asyncio.create_task(self._made(pickle.dumps((kind, report))))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)
        return await task

    async def _made(self, request: bytes) -> bytes:
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._tried_twice(request)
            except TimeoutError:
                raise RenderError(f"not made within {self._seconds:g} s") from None

    async def _tried_twice(self, request: bytes) -> bytes:
        """A process that dies takes one try with it, not the report."""
        try:
            return await self._tried(request)
        except _BrokenError:
            return await self._tried(request)

    async def _tried(self, request: bytes) -> bytes:
        async with self._worker() as worker:
            made, content = await worker.ask(request, self._seconds)
        if not made:
            raise RenderError(content.decode(errors="replace"))
        return content

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator["_Worker"]:
        """A process for one report; it is used again if it answered, and has not made enough."""
        worker = self._resting.pop() if self._resting else await _Worker.start()
        answered = False
        try:
            yield worker
            answered = True
        finally:
            if answered and worker.asked < self._life:
                self._resting.append(worker)
            else:
                self._end(worker)

    def _end(self, worker: "_Worker") -> None:
        """Kill it; nobody waits until it is gone."""
        worker.kill()
        task = asyncio.create_task(worker.gone())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """End the processes; what is waiting is not made any more, and who waits for it is cancelled."""
        asked = list(self._asked)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        while self._resting:
            self._end(self._resting.pop())
        if self._ending:
            await asyncio.wait(self._ending, timeout=END_SECONDS)


class _Worker:
    """A process that makes reports, one after the other."""

    def __init__(self, process: Process, stdin: StreamWriter, stdout: StreamReader) -> None:
        self._process, self._stdin, self._stdout = process, stdin, stdout
        self.asked = 0

    @classmethod
    async def start(cls) -> "_Worker":
        """A process that inherits nothing but the path of modules and the operator's fonts; no Ctrl-C reaches it."""
        needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
        modules = os.pathsep.join(filter(None, sys.path))
        fonts = further_fonts()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "bot.reports.worker", *([str(fonts)] if fonts else [])),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={**needed, **FRUGAL, "PYTHONPATH": modules},
                start_new_session=True,
            )
        except OSError as error:
            raise _BrokenError(f"the process that makes reports does not start: {error.strerror}") from None
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both were asked for")
        return cls(process, process.stdin, process.stdout)

    async def ask(self, request: bytes, seconds: float) -> tuple[bool, bytes]:
        """Whether a report was made, and the file, or why there is none. Raises _BrokenError.

        The process gives itself twice the time: that is for the case that nobody is left to end it.
        """
        self.asked += 1
        try:
            self._stdin.write(REQUEST.pack(self.asked, 2 * seconds, len(request)) + request)
            await self._stdin.drain()
            number, made, size = REPLY.unpack(await self._stdout.readexactly(REPLY.size))
            if number != self.asked or size > LARGEST:
                raise _BrokenError("the process that makes reports said what cannot be")
            return made, await self._stdout.readexactly(size)
        except (OSError, EOFError):
            raise _BrokenError("the process that makes reports ended") from None

    def kill(self) -> None:
        """Whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self) -> None:
        """After a kill. What it still said is read, since its pipes are closed only after that."""
        self._stdin.close()
        await self._stdout.read()
        await self._process.wait()
