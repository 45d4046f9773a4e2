"""Two ways to show a screen: cards by rich on a terminal, plain lines everywhere else."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from bot.results import Section
from bot.screens import Screen
from bot.wording import Wording
from flows.progress import Progress

WIDEST = 100
MARK = "✓"


class Painter(ABC):
    """Shows things to a person."""

    @abstractmethod
    def screen(self, screen: Screen, words: Wording, progress: Progress | None) -> None:
        """A whole card."""

    @abstractmethod
    def sections(self, sections: Sequence[Section]) -> None:
        """Parts of a result, or an explanation."""

    @abstractmethod
    def note(self, text: str) -> None:
        """A line about what just happened."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """A line about what was not understood or refused."""


def labels(screen: Screen, words: Wording) -> list[str]:
    """What can be typed here besides choices, in words."""
    return [words.text.words(f"words.{action.name}")[0] for action in screen.actions]


class PlainPainter(Painter):
    """Lines of plain text, for pipes and files."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @override
    def screen(self, screen: Screen, words: Wording, progress: Progress | None) -> None:
        lines = [f"── {screen.header}" if screen.header else "──", screen.title, *screen.body]
        lines += [f"{MARK if choice.marked else ' '} {choice.key}  {choice.text}" for choice in screen.choices]
        lines += [
            line for line in (screen.hint, words.text("actions", actions=" · ".join(labels(screen, words)))) if line
        ]
        self._print(*lines)

    @override
    def sections(self, sections: Sequence[Section]) -> None:
        for section in sections:
            self._print("", section.title, *(f"  {line}" for line in section.lines))

    @override
    def note(self, text: str) -> None:
        self._print(text)

    @override
    def warn(self, text: str) -> None:
        self._print(f"! {text}")

    def _print(self, *lines: str) -> None:
        self._out.write("\n".join(lines) + "\n")
        self._out.flush()


class RichPainter(Painter):
    """Cards with a progress bar; rich measures Chinese as two columns a character."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)

    @property
    def _width(self) -> int:
        return min(self._console.width, WIDEST)

    @override
    def screen(self, screen: Screen, words: Wording, progress: Progress | None) -> None:
        parts: list[RenderableType] = []
        if progress and progress.position:
            parts.append(ProgressBar(progress.total, progress.total - progress.rest, width=min(40, self._width - 6)))
        parts.append(Text(screen.title, style="bold"))
        parts += [Text(line) for line in screen.body]
        if screen.choices:
            parts.append(_choices(screen))
        if screen.hint:
            parts.append(Text(screen.hint, style="cyan"))
        parts.append(Text(" · ".join(labels(screen, words)), style="dim"))
        title = Text(screen.header, style="dim") if screen.header else None
        self._console.print()
        self._console.print(Panel(Group(*parts), title=title, title_align="left", width=self._width, padding=(0, 1)))

    @override
    def sections(self, sections: Sequence[Section]) -> None:
        for section in sections:
            self._console.print(Text(section.title, style="bold"), width=self._width)
            for line in section.lines:
                text = line.lstrip(" ")
                indent = 2 + len(line) - len(text)
                self._console.print(Padding(Text(text), (0, 0, 0, indent)), width=self._width)

    @override
    def note(self, text: str) -> None:
        self._console.print(Text(f"{MARK} {text}", style="green"), width=self._width)

    @override
    def warn(self, text: str) -> None:
        self._console.print(Text(text, style="yellow"), width=self._width)


def _choices(screen: Screen) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(justify="right", style="bold cyan")
    table.add_column()
    for choice in screen.choices:
        style = "bold green" if choice.marked else ""
        table.add_row(Text(MARK if choice.marked else "", style=style), choice.key, Text(choice.text, style=style))
    return table
