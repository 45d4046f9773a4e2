"""Rendering beside the conversation: in processes of their own, a few at a time, the others wait in order.

A process, not a thread: laying out takes 100 MB, and the workbook holds the interpreter; neither may touch other chats.
The first report starts the process; until then a pool costs nothing. A process that dies takes one try with it, not
the report; one that has rendered long enough is replaced, so that its memory stays bounded.
"""

import asyncio
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

from bot.reports.content import Report
from bot.reports.render import Kind, render

MOST = 100
"""So many reports may be asked for at once; beyond that, waiting would take longer than people do."""
LIFE = 500
"""So many reports does a process make."""


class Crowded(Exception):  # noqa: N818  # a state, not a fault
    """Too many reports are being made; ask again later."""


class Pool:
    """Makes reports, `workers` at a time."""

    def __init__(self, workers: int = 1, most: int = MOST) -> None:
        self._workers, self._most = workers, most
        self._executor: ProcessPoolExecutor | None = None
        self._asked = 0

    @property
    def waiting(self) -> int:
        """How many reports were asked for and have not been made; the next one comes after all of these."""
        return self._asked

    async def render(self, kind: Kind, report: Report) -> bytes:
        """The file of a report. Raises Crowded if too many are being made already."""
        if self._asked >= self._most:
            raise Crowded
        self._asked += 1
        try:
            return await self._rendered(kind, report)
        finally:
            self._asked -= 1

    async def _rendered(self, kind: Kind, report: Report) -> bytes:
        executor = self._running()
        try:
            return await self._on(executor, kind, report)
        except BrokenProcessPool:
            if self._executor is executor:  # the first to notice; the others find a new one
                self._executor = None
            return await self._on(self._running(), kind, report)

    async def _on(self, executor: ProcessPoolExecutor, kind: Kind, report: Report) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(executor, render, kind, report)

    def _running(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=_begin, max_tasks_per_child=LIFE
            )
        return self._executor

    async def close(self) -> None:
        """End the processes; what is waiting is not made any more."""
        executor, self._executor = self._executor, None
        if executor:
            await asyncio.to_thread(executor.shutdown, cancel_futures=True)


def _begin() -> None:
    """Ctrl-C is the parent's business; so is living on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed cannot say so; waiting for work that never comes would last for ever."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(0)
