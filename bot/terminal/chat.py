"""`shuping chat`: show the card, read a line, apply it, until the person leaves. Everything is saved at once."""

import asyncio
import shlex
import sys
import uuid
from datetime import UTC, datetime

from bot.conversation import Conversation, Outside
from bot.dialogue.reading import read
from bot.screens import screen_of
from bot.screens.details import sections_of
from bot.screens.wishes import FILES, Comparison, Detail
from bot.terminal.lines import Lines, PipedLines, PromptLines
from bot.terminal.painter import Painter, PlainPainter, RichPainter
from bot.words.history import compared, history
from bot.words.results import Section, before_and_after, gap, headline, plan, result_of
from bot.words.target import target
from bot.words.wording import Wording, wording
from flows.aiming import planned_gap
from flows.cards import Card, ProvisionalCard, ResultCard, card_of
from flows.events import Event, HelpAsked, Paused, Refused, Resumed, Stale
from flows.inputs import AnyInput
from flows.progress import progress_of
from flows.session import Assessment, Session
from storage.store import Store

OUTSIDE = Outside(now=lambda: datetime.now(UTC), fresh_id=lambda: uuid.uuid4().hex)


async def chat(store: Store, name: str, language: str, *, insist: bool) -> None:
    """Talk until the end of input, Ctrl-C or "pause". `insist`: the language was asked for in so many words."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    painter: Painter = RichPainter() if interactive else PlainPainter(sys.stdout)
    talk = TerminalTalk(Conversation(store, f"terminal:{name}", name, OUTSIDE), painter)
    await talk.begin(language, insist=insist)
    lines: Lines = PromptLines() if interactive else PipedLines(sys.stdin)
    await talk.listen(lines)


class TerminalTalk:
    """The conversation as seen on a terminal."""

    def __init__(self, conversation: Conversation, painter: Painter) -> None:
        self._conversation = conversation
        self._painter = painter
        self._session: Session

    @property
    def _words(self) -> Wording:
        return wording(self._session.language)

    @property
    def _card(self) -> Card:
        return card_of(self._words.rubric, self._session)

    async def begin(self, language: str, *, insist: bool) -> None:
        """Open the session and show where it is."""
        self._session, events = await self._conversation.open(language, insist=insist)
        self._tell(events)
        self._show()

    async def listen(self, lines: Lines) -> None:
        """Take line after line, until there are no more, or the person pauses."""
        while (line := await lines.next()) is not None:
            if await self._take(line):
                return
        self._painter.note(self._words.text("saved"))

    async def _take(self, line: str) -> bool:
        """Apply a line; true if the person wants to leave."""
        words = self._words
        wish = read(line, self._card, screen_of(self._card, words), words)
        match wish:
            case None:
                self._painter.warn(self._not_understood(line))
                return False
            case Detail():
                await self._detail(wish)
                return False
            case Comparison(numbers=numbers):
                self._painter.sections([compared(await self._past(), numbers, words)])
                return False
            case given:
                return await self._send(given)

    async def _send(self, given: AnyInput) -> bool:
        before = self._session
        self._session, events = await self._conversation.send(given, before)
        self._tell(tuple(event for event in events if not isinstance(event, Resumed)))  # nobody was away
        if any(isinstance(event, Paused) for event in events):
            self._painter.note(self._words.text("saved"))
            return True
        if self._session != before or any(isinstance(event, Stale) for event in events):
            self._show()
        return False

    def _not_understood(self, line: str) -> str:
        words = self._words
        hint = screen_of(self._card, words).hint
        return words.text("not_understood", given=line.strip()[:40], hint=hint) if line.strip() else hint

    # speaking

    def _tell(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, HelpAsked):
                self._painter.sections(self._help(event.item))
            elif sentence := self._words.event(event, self._session):
                speak = self._painter.warn if isinstance(event, Refused | Stale) else self._painter.note
                speak(sentence)

    def _help(self, card: str) -> list[Section]:
        words = self._words
        general = Section(words.text("help.commands"), tuple(words.text("help.commands.text").split("\n")))
        if card not in words.rubric.items:
            return [general]
        return [Section(title, tuple(text.split("\n"))) for title, text in words.explanation(card)]

    def _show(self) -> None:
        card, words, session = self._card, self._words, self._session
        if isinstance(card, ResultCard | ProvisionalCard):
            self._painter.sections(self._outcome(card))
        self._painter.screen(screen_of(card, words), words, progress_of(words.rubric, session))

    def _outcome(self, card: ResultCard | ProvisionalCard) -> list[Section]:
        words, session = self._words, self._session
        provisional = isinstance(card, ProvisionalCard)
        result = result_of(session.record, words)
        sections = [headline(result, words, session.firm.name, provisional=provisional)]
        if session.baseline:
            sections.append(before_and_after(session.baseline.record, session.record, words))
        plans = () if provisional else (plan(planned_gap(session), words),)
        return [*sections, gap(result, words), *plans, *target(session, words)]

    async def _detail(self, detail: Detail) -> None:
        words = self._words
        if detail is Detail.COMMANDS:
            self._painter.sections(self._help(""))
        elif detail is Detail.HISTORY:
            self._painter.sections(history(await self._past(), words))
        elif detail in FILES:
            await self._file(detail)
        else:
            self._painter.sections(sections_of(self._session, detail, words))

    async def _file(self, detail: Detail) -> None:
        """The picture at once, where the terminal can show it; else the command that writes the file."""
        """The picture at once, where the terminal can show it; else the command that writes the file."""
        if detail is Detail.PNG and self._painter.draws:
            await self._draw()
            return
        name = self._conversation.chat.removeprefix("terminal:")
        command = shlex.join(["shuping", "report", "--session", name, f"--{detail}", f"shuping.{detail}"])
        self._painter.note(self._words.text("report.how", command=command))

    async def _draw(self) -> None:
        from bot.reports.render import Kind, render
        from bot.reports.sources import report_of_session

        today = self._conversation.outside.now().astimezone().date()
        report = report_of_session(self._session, await self._past(), self._words, today)
        self._painter.picture(await asyncio.to_thread(render, Kind.PICTURE, report))

    async def _past(self) -> list[Assessment]:
        return await self._conversation.store.history(self._conversation.chat)
