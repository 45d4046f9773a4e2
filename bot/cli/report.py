"""`shuping report`: a stored assessment or a file of answers as PDF, workbook or picture."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

from bot.reports.compose import Earlier, Occasion, compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.inline import protocol_of, shown_inline
from bot.reports.render import Kind, render
from bot.words.wording import wording
from flows.firm import LONGEST_NAME
from flows.text import inert, tidy
from locales import Catalogue, catalogue
from scoring.answers import Answers, check_answers
from scoring.decoding import RECORD, read_json
from scoring.editions import edition_of, load_rubric


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
    parsed.firm = _firm(parsed.firm)
    made = _report(parsed, language)
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


def _refuse_present(targets: Mapping[Kind, Path]) -> None:
    for target in targets.values():
        if target.exists() or target.is_symlink():  # also a link to nowhere
            raise ReportError(ReportTrouble.EXISTS, file=target)


def _report(parsed: argparse.Namespace, language: str) -> Report:
    if (parsed.file is None) == (parsed.session is None):
        raise ReportError(ReportTrouble.WHICH)
    return _of_file(parsed, language) if parsed.session is None else _of_session(parsed, language)


def _of_file(parsed: argparse.Namespace, language: str) -> Report:
    before = Earlier(_answers(parsed.before), None) if parsed.before else None
    answers = _answers(parsed.file)
    firm = parsed.firm or _firm(answers.labels.get("firm"))
    occasion = Occasion(firm=firm, on=datetime.now(UTC).astimezone().date(), before=before)
    return compose(answers, occasion, wording(language, answers.rubric), parsed.profile)


def _answers(file: str) -> Answers:
    """By the edition that the file names."""
    with Path(file).open("rb") as source:
        data = read_json(source.read(RECORD + 1))
    return check_answers(load_rubric(edition_of(data)), data)


def _of_session(parsed: argparse.Namespace, language: str) -> Report:
    import asyncio

    from bot.reports.sources import report_of_session
    from bot.settings import load_settings
    from storage.opening import open_store

    window = f"terminal:{parsed.session}"
    url = parsed.database or load_settings(parsed.env_file).database_url

    async def look() -> Report:
        async with await open_store(url) as store:
            state = await store.state(window)
            if state.session is None or state.dossier is None:
                raise ReportError(ReportTrouble.NO_SESSION, name=parsed.session)
            session = state.session
            if parsed.firm:
                session = session.but(firm=session.firm.model_copy(update={"name": parsed.firm}))
            today = datetime.now(UTC).astimezone().date()
            words = wording(language, session.rubric)
            return report_of_session(session, await store.history(state.dossier), words, today, parsed.profile)

    return asyncio.run(look())


def _write(files: Mapping[Path, bytes], text: Catalogue) -> None:
    for target, content in files.items():
        _put(target, content)
        sys.stdout.write(text("report.written", file=inert(str(target))) + "\n")


def _put(target: Path, content: bytes) -> None:
    """The whole file appears at once, or not at all; only its owner can read it.

    It is written under a name that nobody can guess, as a file that was not there before, so that no link that somebody
    else put there is ever followed; a link at the target itself is replaced.
    """
    part: Path | None = None
    try:
        handle, name = mkstemp(prefix=".shuping-", suffix=".part", dir=target.parent)  # O_EXCL, O_NOFOLLOW, 0600
        part = Path(name)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        part.replace(target)
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(target)) from None
