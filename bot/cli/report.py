"""`shuping report`: a stored assessment or a file of answers as PDF, workbook, picture or acceptance pack."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.cli.files import is_stream, put, read_file, read_filled
from bot.cli.firm import name_told, told_of, with_told
from bot.cli.parser import STDIO
from bot.cli.stored import find_stored, register_stored
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.filled import Filled
from bot.reports.inline import protocol_of, shown_inline
from bot.reports.lacking import told_before
from bot.reports.pack import Pack, pack_file, pack_of_session
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from bot.reports.register import Handed, handed_in
from bot.reports.render import PACK, Kind, render
from bot.reports.signing import Issuer, issuer_of
from bot.reports.sources import day, paper_of_session
from bot.settings import PaperSettings, paper_settings
from bot.words.doubts import doubts
from flows.session import Assessment, Firm, Session
from flows.text import inert
from locales import Catalogue, catalogue
from scoring.answers import Answers, check_answers
from scoring.editions import edition_of, load_rubric


def report(parsed: argparse.Namespace, language: str) -> int:
    """Make what was asked for; without a target, show the picture where the terminal can.

    All files are made, and the papers of a stored assessment registered, before the first is written.
    Raises ReportError, AnswersError, SettingsError, StorageError, OSError.
    """
    settings = paper_settings(parsed.env_file)
    if parsed.batch is not None:
        from bot.cli.batch import batch

        return batch(parsed, language, _unregistered(settings), _day(parsed.on, settings))
    if any(given is not None for given in (parsed.out, parsed.kinds, parsed.jobs)):
        raise ReportError(ReportTrouble.BATCH_OUT)
    given = {name: getattr(parsed, name) for name in (*(kind.value for kind in Kind), PACK)}
    targets = {name: str(target) for name, target in given.items() if target is not None}
    protocol = protocol_of(os.environ) if sys.stdout.isatty() else None
    if not targets and protocol is None:
        raise ReportError(ReportTrouble.NO_TARGET)
    _refuse_same(targets)
    if not parsed.force:
        _refuse_present(targets)
    wish = Wish(parsed, language, settings)
    _tell_lacking(wish.paper.firm, list(targets) or [Kind.PICTURE.value], catalogue(language))
    sys.stderr.writelines(f"{inert(sentence)}\n" for sentence in wish.doubts())
    if not targets and protocol:
        made = wish.report
        sys.stdout.write(shown_inline(render(Kind.PICTURE, made), protocol) + made.caption + "\n")
    made_files = {target: wish.file(name) for name, target in targets.items()}
    wish.register()
    _write(made_files, catalogue(language))
    return 0


def _refuse_same(targets: Mapping[str, str]) -> None:
    """The second would replace the first, or be mixed up with it. Raises ReportError."""
    taken = set[Path]()
    for target in targets.values():
        place = Path(target).resolve()
        if place in taken and (target == STDIO or not is_stream(target)):
            raise ReportError(ReportTrouble.SAME_FILE, file=inert(target))
        taken.add(place)


def _refuse_present(targets: Mapping[str, str]) -> None:
    for target in targets.values():
        there = Path(target).exists() or Path(target).is_symlink()  # also a link to nowhere
        if there and not is_stream(target):
            raise ReportError(ReportTrouble.EXISTS, file=target)


def _day(on: date | None, settings: PaperSettings) -> date:
    """The day that was given, else today. Raises ReportError for one to come."""
    today = day(datetime.now(UTC), settings.timezone)
    if on and on > today:
        raise ReportError(ReportTrouble.AHEAD, date=on)
    return on or today


def _tell_lacking(firm: Firm, wanted: Sequence[str], text: Catalogue) -> None:
    """What the papers will not show of the firm, once and before any is made."""
    told = [sentence for name in wanted if (sentence := told_before(firm, name, text))]
    if told:
        sys.stderr.write(inert(max(told, key=len)) + "\n")  # the picture tells least


def _unregistered(settings: PaperSettings) -> Issuer:
    """Of papers of files: no register knows them, so they name no page on which to ask for them."""
    return replace(issuer_of(settings), address="")


class Wish:
    """What a command line asks to be made: of a file of answers, or of a stored assessment."""

    def __init__(self, parsed: argparse.Namespace, language: str, settings: PaperSettings) -> None:
        if (parsed.file is None) == (parsed.session is None):
            raise ReportError(ReportTrouble.WHICH)
        self._parsed, self._language = parsed, language
        self._issuer = _unregistered(settings) if parsed.session is None else issuer_of(settings)
        self._zone = settings.timezone
        self._handed: list[Handed] = []
        self._told = told_of(parsed, language)
        self._on = _day(parsed.on, settings)

    def file(self, wanted: str) -> bytes:
        """A report of a kind, or the acceptance pack. Raises ReportError for a pack of what is not final."""
        if wanted == PACK:
            return pack_file(self._pack())
        if self._parsed.session is not None and wanted != Kind.PICTURE.value:  # a picture carries no code
            self._handed.append(Handed(self._source[0].id, self.paper, self.report))
        return render(Kind(wanted), self.report)

    def doubts(self) -> list[str]:
        """What may be a slip in a file of answers; in a conversation it was asked back."""
        return doubts(self._answers, self._language) if self._parsed.session is None else []

    def register(self) -> None:
        """Papers of what is stored are known by their codes before anybody has them. Raises StorageError."""
        if self._handed:
            asyncio.run(register_stored(self._parsed, self._parsed.session, self._handed, datetime.now(UTC)))

    @cached_property
    def report(self) -> Report:
        """The report, sealed."""
        return compose(self.paper, self._issuer.seal(self.paper))

    @cached_property
    def paper(self) -> Paper:
        """What the report is made of."""
        return self._of_file() if self._parsed.session is None else self._of_stored()

    def _of_file(self) -> Paper:
        """Who and what is read from the answers' file; the answers before it stand for an earlier assessment."""
        before, on = self._before, self._parsed.before_on
        earlier = Earlier(rubric=before.rubric, record=record_of(before), on=on) if before else None
        return self._paper(self._answers, self._on, earlier)

    def _paper(self, answers: Answers, on: date, earlier: Earlier | None = None) -> Paper:
        """Of the firm that the later answers name; the profile is one of their edition."""
        named = Firm.model_validate({"name": name_told(self._answers.labels.get("firm")), **self._filled.told})
        firm = with_told(named, self._told)
        profile = self._parsed.profile if answers.rubric == self._answers.rubric else None
        address = self._issuer.address
        return paper_of(answers, on, self._language, firm=firm, profile=profile, before=earlier, address=address)

    @cached_property
    def _filled(self) -> Filled:
        return read_filled(self._parsed.file)

    @cached_property
    def _answers(self) -> Answers:
        return _checked(self._filled.answers)

    @cached_property
    def _before(self) -> Answers | None:
        return _checked(read_file(self._parsed.before)) if self._parsed.before else None

    def _of_stored(self) -> Paper:
        session, history = self._source
        profile, address = self._parsed.profile, self._issuer.address
        return paper_of_session(session, history, self._on, profile=profile, address=address, zone=self._zone)

    @cached_property
    def _source(self) -> tuple[Session, Sequence[Assessment]]:
        return self._stored(finished=False)

    def _stored(self, *, finished: bool) -> tuple[Session, Sequence[Assessment]]:
        parsed = self._parsed
        session, history = asyncio.run(
            find_stored(parsed, parsed.session, self._language, finished=finished, zone=self._zone)
        )
        return session.but(language=self._language, firm=with_told(session.firm, self._told)), history

    def _pack(self) -> Pack:
        """Of the assessment finished last, if a stored one is asked for; of a whole file."""
        if self._parsed.session is None:
            return Pack(self._of_file(), self._paper_before(), self._issuer)
        session, history = self._stored(finished=True)
        profile = self._parsed.profile
        pack = pack_of_session(session, history, self._on, profile=profile, issuer=self._issuer, zone=self._zone)
        self._handed += handed_in(pack, session, history)
        return pack

    def _paper_before(self) -> Paper | None:
        """Dated like the later one, if nobody says when it was."""
        return self._paper(self._before, self._parsed.before_on or self._on) if self._before else None


def _checked(data: Any) -> Answers:
    """By the edition that the answers name."""
    return check_answers(load_rubric(edition_of(data)), data)


def _write(files: Mapping[str, bytes], text: Catalogue) -> None:
    for target, content in files.items():
        put(target, content)
        if not is_stream(target):
            sys.stdout.write(text("report.written", file=inert(target)) + "\n")
