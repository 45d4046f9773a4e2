"""`shuping db check`: is the database in order, and if not, how is that mended?"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.delivery.lease import is_gone
from bot.delivery.presence import named
from bot.settings import load_settings
from bot.words.complaints import complaint
from flows.text import inert_lines
from locales import Catalogue, catalogue
from storage.checking import Finding, check, statement
from storage.copying.presence import presence
from storage.errors import StorageError, Trouble
from storage.opening import POSTGRES, sqlite_path

DONE, WRONG = 0, 1
MISUSED = (Trouble.BAD_URL, Trouble.MISSING, Trouble.ABSENT, Trouble.NO_DRIVER)
"""There is no database to be looked at."""


def check_database(parsed: argparse.Namespace, language: str) -> int:
    """Look at everything, say what is wrong and how to mend it. Status 1 if anything is. Raises StorageError."""
    url, text = parsed.database or load_settings(parsed.env_file).database_url, catalogue(language)
    wrong = False
    try:
        for number, (area, findings) in enumerate(check(url)):
            if number == 0:
                _tell(text, text("check.version"), text("check.version.found"), fine=True)
            sentences = [_sentence(finding, url, text) for finding in findings]
            wrong |= _told(text, text(f"check.{area.value}"), sentences)
        wrong |= _told(text, text("check.claims"), _claims(url, text))
    except StorageError as error:
        if error.trouble in MISUSED:
            raise
        _tell(text, text("check.version"), complaint(error, language) or "", fine=False)
        return WRONG
    return WRONG if wrong else DONE


def _told(text: Catalogue, name: str, sentences: Sequence[str]) -> bool:
    """Tell what was found; whether anything was."""
    for sentence in sentences:
        _tell(text, name, sentence, fine=False)
    if not sentences:
        _tell(text, name, text("check.fine"), fine=True)
    return bool(sentences)


def _tell(text: Catalogue, name: str, found: str, *, fine: bool) -> None:
    said = inert_lines(found)
    line = text("doctor.fine", name=name, found=said) if fine else text("doctor.fault", name=name, sentence=said)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _sentence(finding: Finding, url: str, text: Catalogue) -> str:
    details = {"count": finding.count, "named": ", ".join(finding.named)}  # not every sentence tells both
    what = text(f"check.fault.{finding.fault.value}", **details)
    return text("check.mend", what=what, command=_command(finding.mend, url)) if finding.mend else what


def _command(mend: str, url: str) -> str:
    """What is run in a shell; where a password may be, the URL is not spelt out."""
    if url.startswith(POSTGRES):
        return f'psql "$SHUPING_DATABASE_URL" -c {shlex.quote(statement(mend, postgres=True))}'
    return f"sqlite3 {shlex.quote(str(sqlite_path(url)))} {shlex.quote(statement(mend, postgres=False))}"


def _claims(url: str, text: Catalogue) -> list[str]:
    """Of whom work is left that nobody does: who is known to be dead, or has let a claim run out."""
    found = presence(url, datetime.now(UTC))
    dead = sorted(found.claimed | {holder for holder in found.claiming if is_gone(holder)})
    return [text("check.claims.dead", named="; ".join(map(named, dead)))] if dead else []
