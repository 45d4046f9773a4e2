"""`shuping report`: a stored assessment or a file of answers as PDF, workbook or picture."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from bot.cli.files import is_stream, put, read_file
from bot.cli.stored import find_stored
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.inline import protocol_of, shown_inline
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from bot.reports.render import Kind, render
from bot.reports.signing import Issuer, issuer_of
from bot.reports.sources import paper_of_session
from bot.settings import paper_settings
from flows.firm import LONGEST_NAME
from flows.session import Firm
from flows.text import inert, tidy
from locales import Catalogue, catalogue
from scoring.answers import Answers, check_answers
from scoring.editions import edition_of, load_rubric


def report(parsed: argparse.Namespace, language: str) -> int:
    """Make what was asked for; without a target, show the picture where the terminal can.

    All files are made before the first is written.
    Raises ReportError, AnswersError, SettingsError, StorageError, OSError.
    """
    issuer = issuer_of(paper_settings(parsed.env_file))
    if parsed.batch is not None:
        from bot.cli.batch import batch

        return batch(parsed, language, issuer, _today())
    if any(given is not None for given in (parsed.out, parsed.kinds, parsed.jobs)):
        raise ReportError(ReportTrouble.BATCH_OUT)
    given = {kind: getattr(parsed, kind.value) for kind in Kind}
    targets = {kind: str(name) for kind, name in given.items() if name is not None}
    protocol = protocol_of(os.environ) if sys.stdout.isatty() else None
    if not targets and protocol is None:
        raise ReportError(ReportTrouble.NO_TARGET)
    if not parsed.force:
        _refuse_present(targets)
    parsed.firm = _firm(parsed.firm)
    made = _report(parsed, language, issuer)
    if not targets and protocol:
        sys.stdout.write(shown_inline(render(Kind.PICTURE, made), protocol) + made.caption + "\n")
    _write({target: render(kind, made) for kind, target in targets.items()}, catalogue(language))
    return 0


def _firm(name: str | None) -> str | None:
    """A firm's name as the conversation takes it, too."""
    kept = tidy(name)
    if len(kept) > LONGEST_NAME:
        raise ReportError(ReportTrouble.NAME_LONG, most=LONGEST_NAME)
    return kept or None


def _refuse_present(targets: Mapping[Kind, str]) -> None:
    for target in targets.values():
        there = Path(target).exists() or Path(target).is_symlink()  # also a link to nowhere
        if there and not is_stream(target):
            raise ReportError(ReportTrouble.EXISTS, file=target)


def _report(parsed: argparse.Namespace, language: str, issuer: Issuer) -> Report:
    if (parsed.file is None) == (parsed.session is None):
        raise ReportError(ReportTrouble.WHICH)
    paper = (_of_file if parsed.session is None else _of_stored)(parsed, language, issuer)
    return compose(paper, issuer.seal(paper))


def _of_file(parsed: argparse.Namespace, language: str, issuer: Issuer) -> Paper:
    before = _answers(parsed.before) if parsed.before else None
    answers = _answers(parsed.file)
    firm = Firm(name=parsed.firm or _firm(answers.labels.get("firm")))
    earlier = Earlier(rubric=before.rubric, record=record_of(before)) if before else None
    return paper_of(
        answers, _today(), language, firm=firm, profile=parsed.profile, before=earlier, address=issuer.address
    )


def _answers(file: str) -> Answers:
    """By the edition that the file names."""
    data = read_file(file)
    return check_answers(load_rubric(edition_of(data)), data)


def _of_stored(parsed: argparse.Namespace, language: str, issuer: Issuer) -> Paper:
    session, history = asyncio.run(find_stored(parsed, parsed.session, language))
    session = session.but(language=language)
    if parsed.firm:
        session = session.but(firm=session.firm.model_copy(update={"name": parsed.firm}))
    return paper_of_session(session, history, _today(), profile=parsed.profile, address=issuer.address)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _write(files: Mapping[str, bytes], text: Catalogue) -> None:
    for target, content in files.items():
        put(target, content)
        if not is_stream(target):
            sys.stdout.write(text("report.written", file=inert(target)) + "\n")
