"""`shuping report`: a stored assessment or a file of answers as PDF, workbook or picture."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.reports.compose import Earlier, Occasion, compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.inline import protocol_of, shown_inline
from bot.reports.render import Kind, render
from bot.wording import Wording, wording
from scoring.answers import Answers, check_answers, read_json


def report(parsed: argparse.Namespace, language: str) -> int:
    """Make what was asked for; without a target, show the picture where the terminal can.

    All files are made before the first is written. Raises ReportError, AnswersError, StorageError, OSError.
    """
    given = {kind: getattr(parsed, kind.value) for kind in Kind}
    targets = {kind: Path(name) for kind, name in given.items() if name is not None}
    protocol = protocol_of(os.environ) if sys.stdout.isatty() else None
    if not targets and protocol is None:
        raise ReportError(ReportTrouble.NO_TARGET)
    if not parsed.force:
        _refuse_present(targets)
    words = wording(language)
    made = _report(parsed, words)
    if not targets and protocol:
        sys.stdout.write(shown_inline(render(Kind.PICTURE, made), protocol) + made.caption + "\n")
    _write({target: render(kind, made) for kind, target in targets.items()}, words)
    return 0


def _refuse_present(targets: Mapping[Kind, Path]) -> None:
    for target in targets.values():
        if target.exists():
            raise ReportError(ReportTrouble.EXISTS, file=target)


def _report(parsed: argparse.Namespace, words: Wording) -> Report:
    if (parsed.file is None) == (parsed.session is None):
        raise ReportError(ReportTrouble.WHICH)
    return _of_file(parsed, words) if parsed.session is None else _of_session(parsed, words)


def _of_file(parsed: argparse.Namespace, words: Wording) -> Report:
    before = Earlier(_answers(parsed.before, words), None) if parsed.before else None
    occasion = Occasion(firm=parsed.firm, on=datetime.now(UTC).astimezone().date(), before=before)
    return compose(_answers(parsed.file, words), occasion, words, parsed.profile)


def _answers(file: str, words: Wording) -> Answers:
    return check_answers(words.rubric, read_json(Path(file).read_bytes()))


def _of_session(parsed: argparse.Namespace, words: Wording) -> Report:
    import asyncio

    from bot.reports.sources import report_of_session
    from bot.settings import load_settings
    from storage.opening import open_store

    chat = f"terminal:{parsed.session}"
    url = parsed.database or load_settings(parsed.env_file).database_url

    async def look() -> Report:
        async with await open_store(url) as store:
            state = await store.state(chat)
            if state.session is None:
                raise ReportError(ReportTrouble.NO_SESSION, name=parsed.session)
            session = state.session
            if parsed.firm:
                session = session.but(firm=session.firm.model_copy(update={"name": parsed.firm}))
            today = datetime.now(UTC).astimezone().date()
            return report_of_session(session, await store.history(chat), words, today, parsed.profile)

    return asyncio.run(look())


def _write(files: Mapping[Path, bytes], words: Wording) -> None:
    for target, content in files.items():
        _put(target, content)
        sys.stdout.write(words.text("report.written", file=target) + "\n")


def _put(target: Path, content: bytes) -> None:
    """The whole file appears at once, or not at all."""
    part = target.with_name(f".{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(target)) from None
