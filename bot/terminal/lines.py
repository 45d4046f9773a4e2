"""Where lines come from: a prompt with history on a terminal, standard input otherwise."""

import signal
from abc import ABC, abstractmethod
from typing import TextIO

from typing_extensions import override

LONGEST_LINE = 1 << 13
"""Bytes of a line at most; the rest of it is dropped. What is understood is far shorter."""


class Lines(ABC):
    """One line at a time."""

    @abstractmethod
    async def next(self) -> str | None:
        """The next line without its end; None at the end of input, or after Ctrl-C."""


class PipedLines(Lines):
    """Lines of a file or pipe. They are few, and nothing else runs meanwhile, so reading may block.

    Each is decoded alone: bytes that are no UTF-8 spoil their own line only.
    """

    def __init__(self, source: TextIO) -> None:
        self._source = source.buffer
        signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio's own handler waits for the loop

    @override
    async def next(self) -> str | None:
        try:
            line = part = self._source.readline(LONGEST_LINE)
            while len(part) == LONGEST_LINE and not part.endswith(b"\n"):
                part = self._source.readline(LONGEST_LINE)
        except KeyboardInterrupt:
            return None
        return line.decode("utf-8", "replace").rstrip("\r\n") if line else None


class PromptLines(Lines):
    """prompt_toolkit's prompt: editing, history, right widths. It is imported after the first card is shown."""

    def __init__(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        self._session: PromptSession[str] = PromptSession(history=InMemoryHistory())

    @override
    async def next(self) -> str | None:
        try:
            return await self._session.prompt_async("› ")
        except (EOFError, KeyboardInterrupt):
            return None
