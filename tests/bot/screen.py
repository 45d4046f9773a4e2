"""A terminal to look at: the command under a pseudo-terminal, its output drawn by an emulator."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType

import pexpect
import pyte
from rich.cells import cell_len

from tests.bot.child import environment

PROMPT = "›"
UP, CTRL_C, CTRL_D, BACKSPACE = "\x1b[A", "\x03", "\x04", "\x7f"
PATIENCE = 30


class _Screen(pyte.Screen):
    """Answers the question for the cursor's position, as terminals do."""

    def __init__(self, columns: int, rows: int, child: "pexpect.spawn[str]") -> None:
        super().__init__(columns, rows)
        self._child = child

    def write_process_input(self, data: str) -> None:
        self._child.send(data)


class Terminal:
    """`shuping chat` on a terminal of so many columns."""

    def __init__(self, folder: Path, columns: int = 80, rows: int = 24, name: str = "local", **more: str) -> None:
        self.columns = columns
        database = f"sqlite:///{folder / 'shuping.sqlite3'}"
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "bot", "chat", "--database", database, "--as", name],
            env=environment(folder, TERM="xterm-256color", **more),
            cwd=str(folder),
            dimensions=(rows, columns),
            encoding="utf-8",
        )
        self._screen = _Screen(columns, rows, self.child)
        self._stream = pyte.Stream(self._screen)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    @property
    def rows(self) -> list[str]:
        """The rows as they stand, blanks at their ends cut off."""
        return [row.rstrip() for row in self._screen.display]

    @property
    def last(self) -> str:
        """The row where the cursor is."""
        row: str = self._screen.display[self._screen.cursor.y]
        return row.rstrip()

    @property
    def cursor(self) -> int:
        """The column of the cursor."""
        column: int = self._screen.cursor.x
        return column

    def until(self, *parts: str) -> None:
        """Wait until all of this is on the screen, and the prompt is waiting below it."""
        self._wait(lambda: all(part in "\n".join(self.rows) for part in parts) and self.last == PROMPT, parts)

    def until_typed(self, line: str) -> None:
        """Wait until this stands at the prompt."""
        self._wait(lambda: self.last == f"{PROMPT} {line}", line)

    def _wait(self, seen: Callable[[], bool], what: object) -> None:
        deadline = monotonic() + PATIENCE
        while not seen():
            if monotonic() > deadline:
                raise AssertionError(f"{what} did not come up:\n" + "\n".join(self.rows))
            self._draw()

    def _draw(self) -> None:
        with suppress(pexpect.TIMEOUT, pexpect.EOF):
            self._stream.feed(self.child.read_nonblocking(10_000, timeout=0.05))

    def type(self, text: str, *parts: str) -> None:
        """Type a line; wait for what it brings."""
        self.child.send(f"{text}\r")
        self.until(*parts)

    def press(self, key: str) -> None:
        self.child.send(key)

    def ended(self) -> tuple[int | None, str]:
        """The exit status, and what stood on the screen at the end."""
        self.child.expect(pexpect.EOF, timeout=PATIENCE)
        self._stream.feed(self.child.before)
        self.child.wait() if self.child.isalive() else None
        return self.child.exitstatus, "\n".join(self.rows)

    def aligned(self) -> int:
        """Every row of a card fills the width, borders in its first and last column; how many there are."""
        framed = [y for y in range(len(self.rows)) if self._screen.buffer[y][0].data in "╭│╰"]
        for y in framed:
            assert cell_len(self.rows[y]) == self.columns, self.rows[y]
            assert self._screen.buffer[y][self.columns - 1].data in "╮│╯", self.rows[y]
        return len(framed)
