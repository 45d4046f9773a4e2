"""Two ways to show a screen: cards by rich on a terminal, plain lines everywhere else."""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from typing_extensions import override
from uniseg.wrap import tt_wrap

from bot.reports.inline import protocol_of, shown_inline
from bot.screens import Screen
from bot.terminal.breaking import breakables
from bot.words.sections import Section
from bot.words.wording import Wording
from flows.progress import Progress
from flows.text import inert, inert_lines

WIDEST = 100
MARK = "✓"


class Painter(ABC):
    """Shows things to a person."""

    @abstractmethod
    def screen(self, screen: Screen, words: Wording, progress: Progress | None) -> None:
        """A whole card."""

    @property
    def draws(self) -> bool:
        """Whether pictures can be shown here."""
        return False

    @abstractmethod
    def picture(self, png: bytes) -> None:
        """Show a picture, where that is possible at all."""

    @abstractmethod
    def sections(self, sections: Sequence[Section]) -> None:
        """Parts of a result, or an explanation."""

    @abstractmethod
    def note(self, text: str) -> None:
        """A line about what just happened."""

    @abstractmethod
    def command(self, text: str) -> None:
        """A note with a command in it, in one piece: whoever copies it gets no line break."""

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
    def picture(self, png: bytes) -> None:
        """Plain text has none."""

    @override
    def note(self, text: str) -> None:
        self._print(text)

    @override
    def command(self, text: str) -> None:
        self._print(text)

    @override
    def warn(self, text: str) -> None:
        self._print(f"! {text}")

    def _print(self, *lines: str) -> None:
        self._out.write(inert_lines("\n".join(lines)) + "\n")
        self._out.flush()


class Paragraph:
    """Text in lines broken as Unicode says (UAX 14): rich alone takes a run of Chinese for one long word."""

    def __init__(self, text: str, style: str = "") -> None:
        self._text = inert_lines(text)
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in tt_wrap(self._text, options.max_width, iter_breakables=breakables):
            yield Text(line.rstrip(), style=self._style, no_wrap=True)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(2, min(cell_len(self._text), options.max_width))


class RichPainter(Painter):
    """Cards with a progress bar; rich measures Chinese as two columns a character."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._protocol = protocol_of(os.environ)

    @property
    @override
    def draws(self) -> bool:
        return self._protocol is not None

    @override
    def picture(self, png: bytes) -> None:
        if self._protocol:
            self._console.file.write(shown_inline(png, self._protocol))
            self._console.file.flush()

    @property
    def _width(self) -> int:
        return min(self._console.width, WIDEST)

    @override
    def screen(self, screen: Screen, words: Wording, progress: Progress | None) -> None:
        roomy = cell_len(screen.header) <= self._width - 6
        parts: list[RenderableType] = [] if roomy else [Paragraph(screen.header, "dim")]
        if progress and progress.position:
            parts.append(_bar(progress, self._width - 4))
        said: list[RenderableType] = [Paragraph(screen.title, "bold"), *map(Paragraph, screen.body)]
        choices = [_choices(screen)] if screen.choices else []
        below = [Paragraph(screen.hint, "cyan")] if screen.hint else []
        below.append(Paragraph(" · ".join(labels(screen, words)), "dim"))
        title = Text(inert(screen.header), style="dim") if screen.header and roomy else None

        def panel(*order: RenderableType) -> Panel:
            return Panel(
                Group(*parts, *order, *below), title=title, title_align="left", width=self._width, padding=(0, 1)
            )

        card = panel(*said, *choices)
        self._console.print()
        self._console.print(card if self._fits(card) else panel(*choices, *said))

    def _fits(self, card: Panel) -> bool:
        """Whether all of a card is seen at once; of one that is longer, a screen shows the end, above the prompt."""
        return len(self._console.render_lines(card, pad=False)) < self._console.height

    @override
    def sections(self, sections: Sequence[Section]) -> None:
        for section in sections:
            self._console.print()
            self._console.print(Paragraph(section.title, "bold"), width=self._width)
            for line in section.lines:
                text = line.lstrip(" ")
                indent = 2 + len(line) - len(text)
                self._console.print(Padding(Paragraph(text), (0, 0, 0, indent)), width=self._width)

    @override
    def note(self, text: str) -> None:
        self._console.print(Paragraph(f"{MARK} {text}", "green"), width=self._width)

    @override
    def command(self, text: str) -> None:
        self._console.print(Text(inert(text), style="green"), soft_wrap=True)

    @override
    def warn(self, text: str) -> None:
        self._console.print(Paragraph(text, "yellow"), width=self._width)


def _bar(progress: Progress, width: int) -> RenderableType:
    """A thin line, as far as the walk has come; in a grid of its own, since a bar does not end its line."""
    grid = Table.grid()
    grid.add_row(ProgressBar(progress.total, progress.total - progress.rest, width=width))
    return grid


def _choices(screen: Screen) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(justify="right", style="bold cyan", no_wrap=True)
    table.add_column()
    for choice in screen.choices:
        style = "bold green" if choice.marked else ""
        table.add_row(Text(MARK if choice.marked else "", style=style), choice.key, Paragraph(choice.text, style))
    return table
