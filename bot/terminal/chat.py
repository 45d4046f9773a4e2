"""`shuping chat`: show the card, read a line, apply it, until the person leaves. Everything is saved at once."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.dialogue.commands import EXPORT
from bot.dialogue.context import Context, Manner, Outside, Rules
from bot.dialogue.firms import hash_of
from bot.dialogue.messages import Followed, Message, Pressed, Returned, Typed, commanded
from bot.dialogue.pages import CardPage, Page, TextPage, View, needs_history, needs_shelf, page_of
from bot.dialogue.reader import as_read
from bot.dialogue.replies import Card, File, read
from bot.dialogue.respond import respond
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.lacking import told_before
from bot.reports.render import PACK, Kind
from bot.terminal.files import free_name, put_new, stem_of
from bot.terminal.lines import Lines, PipedLines, PromptLines
from bot.terminal.painter import Painter, PlainPainter, RichPainter
from bot.words.complaints import complaint
from bot.words.outcome import Outcome
from bot.words.sections import Section
from bot.words.wording import Medium, Wording, words_at_hand
from flows.session import Assessment, CardRef, Session
from scoring.rubric import Rubric
from storage.store import Applied, Decision, State, Store

if TYPE_CHECKING:
    from bot.reports.register import Handed

Drawn = tuple[bytes, Sequence["Handed"]]
"""A file, and the papers in it."""
OUTSIDE = Outside(now=lambda: datetime.now(UTC))
TERMINAL = "terminal"
MANNER = Manner(Medium.TYPING, reminds=False, attended=True)
COMMAND_MARK = "/"


async def chat(talk: "TerminalTalk", asked: str | None, token: str | None) -> None:
    """Talk until the end of input, Ctrl-C or "pause". `asked`: the language, in so many words; `token`: of a link."""
    await talk.begin(asked, token)
    await talk.listen(PromptLines() if is_interactive() else PipedLines(sys.stdin))


def is_interactive() -> bool:
    """Somebody sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def painter_here() -> Painter:
    """Cards on a terminal, plain lines everywhere else."""
    return RichPainter() if is_interactive() else PlainPainter(sys.stdout)


def _towards_the_end(outcome: Outcome) -> list[Section]:
    """The longest first: a screen shows what stands last, and that is grade, score and what to do first."""
    parts = (*outcome.goal, outcome.changes, outcome.missing, outcome.summary)
    return [part for part in parts if part]


@dataclass
class TerminalTalk:
    """The conversation as seen on a terminal; `name` is the address of its window, `language` the environment's."""

    store: Store
    name: str
    language: str
    rules: Rules
    rubric: Rubric
    painter: Painter
    outside: Outside = OUTSIDE
    database: str | None = None
    """Its URL, for the commands that are told, unless they find it by themselves."""
    folder: Path = Path()
    """Where reports are written."""
    shown: tuple[CardRef, str] | None = None
    """The card on the screen, and its language."""
    choices: dict[str, str] = field(default_factory=dict)
    """What can be typed for the buttons of the text that was said last, and their data."""

    async def begin(self, asked: str | None, token: str | None) -> None:
        """Show where the conversation is; a link opens its dossier first."""
        await self._give(Returned(asked))
        if token is not None:
            await self._give(Followed(token))

    async def listen(self, lines: Lines) -> None:
        """Take line after line, until there are no more, or the person pauses."""
        while (line := await lines.next()) is not None:
            if await self._give(self._said(line)):
                return
        self.painter.note((await self._words()).text("saved"))

    def _said(self, line: str) -> Message:
        """A line; what begins with a slash is a command, or one of the choices that were offered."""
        typed = line.strip()
        if typed in self.choices:
            return Pressed(self.choices[typed])
        if not typed.startswith(COMMAND_MARK) or len(typed) == 1:
            return Typed(line, self.shown and self.shown[0])
        name, _, argument = typed[1:].partition(" ")
        return commanded(name.lower(), argument.strip())

    async def _give(self, message: Message) -> bool:
        """Apply a message and show what comes of it; true if the person wants to leave."""
        now = self.outside.now()
        context = Context(self._window, self.language, now, self.outside.fresh(), self.rules, MANNER, self.rubric)
        said: Decision = Decision()

        def decide(state: State) -> Decision:
            nonlocal said
            said = respond(message, state, context)
            return replace(said, outbox=())  # what is shown at once has not to wait anywhere

        link = hash_of(message) if isinstance(message, Followed) else None
        applied = await self.store.apply(self._window, decide, link=link)
        if applied is None:
            raise AssertionError("a line is no update that may come twice")
        return await self._show(said, applied)

    @property
    def _window(self) -> str:
        return f"{TERMINAL}:{self.name}"

    async def _words(self) -> Wording:
        view = View(await self.store.state(self._window), self.outside.now(), self.rules, Medium.TYPING, self.rubric)
        return words_at_hand(view.session_for(Card(language=self.language)), self.rubric.id, Medium.TYPING)

    async def _show(self, said: Decision, applied: Applied) -> bool:
        self.choices = {}
        left = False
        for outgoing in said.outbox:
            reply = read(outgoing.reply)
            state = applied.state
            view = View(state, self.outside.now(), self.rules, Medium.TYPING, self.rubric)
            if needs_history(reply) and state.dossier:
                view = replace(view, history=await self.store.history(state.dossier))
            if needs_shelf(reply):
                view = replace(view, shelf=await self.store.shelf(self._window))
            if isinstance(reply, File):
                await self._file(reply.format, view)
            elif page := page_of(reply, view):
                self._paint(page)
            left = left or (isinstance(reply, Card) and reply.paused)
        if left:
            self.painter.note((await self._words()).text("saved"))
        return left

    def _paint(self, page: Page) -> None:
        match page:
            case CardPage():
                self._card(page)
            case TextPage(sections=sections, buttons=buttons):
                titled = [section for section in sections if section.title]
                self.painter.sections(titled)
                for line in (line for section in sections if not section.title for line in section.lines):
                    self.painter.note(line)
                offered = [button for row in buttons for button in row]
                self.choices = {f"{COMMAND_MARK}{number}": one.data for number, one in enumerate(offered, start=1)}
                for key, button in zip(self.choices, offered, strict=True):
                    self.painter.note(f"{key}  {button.label}")

    def _card(self, page: CardPage) -> None:
        """What has just happened; and the card, unless it is on the screen already."""
        for notice in page.notices:
            (self.painter.warn if page.warned else self.painter.note)(notice)
        present = page.session.ref, page.session.language
        if page.paused or present == self.shown:
            return
        self.shown = present
        if page.outcome:
            self.painter.sections(_towards_the_end(page.outcome))
        self.painter.screen(page.screen, page.words, page.progress)

    async def _file(self, wanted: str, view: View) -> None:
        """A report into the folder, the picture also on the screen where that is possible; else the command for it."""
        session, dossier = as_read(view.state).session, view.state.dossier
        words = await self._words()
        if wanted == EXPORT or session is None or dossier is None:
            self.painter.command(words.text("report.how", command=self._command("data", "export", "--as", self.name)))
            return
        if lacking := told_before(session.firm, wanted, words.text):
            self.painter.warn(lacking)
        stem = stem_of(session.firm.name, words.text("report.file"))
        try:
            name = put_new(self.folder, stem, wanted, await self._made(wanted, session, dossier))
        except ReportError as error:
            self.painter.warn(words.text(f"report.trouble.{error.trouble.value}", **error.details))
            return
        except OSError as error:
            self.painter.warn(complaint(error, words.language) or "")
            command = self._command("report", "--session", self.name, f"--{wanted}", f"{stem}.{wanted}")
            self.painter.command(words.text("report.how", command=command))
            return
        self.painter.note(words.text("report.written", file=name))
        following = free_name(self.folder, stem, wanted)
        command = self._command("report", "--session", self.name, f"--{wanted}", following)
        self.painter.command(words.text("report.again", command=command))

    def _command(self, *arguments: str) -> str:
        """The whole command, to be typed as it stands."""
        where = ("--database", self.database) if self.database else ()
        return shlex.join(["shuping", *arguments, *where])

    async def _made(self, wanted: str, session: Session, dossier: str) -> bytes:
        """The file, whose papers are in the register. Raises ReportError for a pack of what is not final."""
        past = await self.store.history(dossier)
        work = self._pack if wanted == PACK else partial(self._report, Kind(wanted))
        content, handed = await asyncio.to_thread(work, session, past)
        if wanted == Kind.PICTURE.value:
            if self.painter.draws:
                self.painter.picture(content)
            return content
        from bot.reports.register import register

        if not await register(self.store, dossier, handed, self.outside.now()):
            raise ReportError(ReportTrouble.GONE)
        return content

    def _report(self, kind: Kind, session: Session, past: Sequence[Assessment]) -> Drawn:
        from bot.reports.compose import compose
        from bot.reports.register import Handed
        from bot.reports.render import render
        from bot.reports.sources import paper_of_session

        issuer, zone = self.rules.issuer, self.rules.zone
        paper = paper_of_session(session, past, self._today(), address=issuer.address, zone=zone)
        report = compose(paper, issuer.seal(paper))
        return render(kind, report), [Handed(session.id, paper, report)]

    def _pack(self, session: Session, past: Sequence[Assessment]) -> Drawn:
        from bot.reports.pack import pack_file, pack_of_session
        from bot.reports.register import handed_in
        from bot.reports.sources import finished_last

        found = finished_last(session, past)
        if found is None:
            raise ReportError(ReportTrouble.NOT_FINAL)
        pack = pack_of_session(*found, self._today(), issuer=self.rules.issuer, zone=self.rules.zone)
        return pack_file(pack), handed_in(pack, *found)

    def _today(self) -> date:
        return self.outside.now().astimezone(self.rules.zone).date()
