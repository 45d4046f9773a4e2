"""`shuping verify`: is a paper what this program made, and is a code one that was handed out?"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.files import opened
from bot.cli.parser import LONGEST_SHOWN, STDIO
from bot.cli.verdicts import Told, of_code, of_file
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.keys import public_key
from bot.reports.seal import read_code
from bot.reports.signing import issuer_of
from bot.reports.verdict import Keys
from bot.reports.verify import LARGEST
from bot.reports.verify import verify as verdict_of
from bot.settings import load_settings, paper_settings
from flows.text import inert, inert_json
from locales import catalogue
from storage.issued import Issued
from storage.opening import open_present

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_SIZE = 1 << 16
"""Bytes of a file that is looked for a key."""
GENUINE, NOT_GENUINE = 0, 1


def verify(parsed: argparse.Namespace, language: str) -> int:
    """Say what a file or a code is: status 0 if it is genuine, else 1.

    Raises ReportError for what is neither file nor code, SettingsError, StorageError, OSError.
    """
    told = _told(parsed, language)
    if parsed.format == "json":
        sys.stdout.write(inert_json(json.dumps(told.data, ensure_ascii=False, indent=1)) + "\n")
    else:
        sys.stdout.writelines(f"{inert(line)}\n" for line in told.lines)
    return GENUINE if told.genuine else NOT_GENUINE


def _told(parsed: argparse.Namespace, language: str) -> Told:
    """A code may come in groups, as it stands on the paper; a file of that name comes first."""
    named, text = " ".join(parsed.paper), catalogue(language)
    if named == STDIO or Path(named).exists():
        keys = _keys(parsed)
        return of_file(verdict_of(_read(named), keys), keys, text)
    code = read_code(named)
    if code is None:
        raise ReportError(ReportTrouble.NO_PAPER, given=inert(named[:LONGEST_SHOWN]))
    return of_code(code, asyncio.run(_issued(parsed, code)), text)


def _keys(parsed: argparse.Namespace) -> Keys:
    """That of this installation, if it has one, and the one that was given."""
    return Keys(issuer_of(paper_settings(parsed.env_file)).public, _given(parsed.key) if parsed.key else None)


def _given(file: Path) -> "Ed25519PublicKey":
    with file.open("rb") as source:
        try:
            return public_key(source.read(KEY_SIZE))
        except ValueError:
            raise ReportError(ReportTrouble.NO_KEY, file=inert(str(file))) from None


def _read(file: str) -> bytes:
    """No more than tells that it is too much."""
    with opened(file) as source:
        return source.read(LARGEST + 1)


async def _issued(parsed: argparse.Namespace, code: str) -> Issued | None:
    url = parsed.database or load_settings(parsed.env_file).database_url
    async with await open_present(url) as store:
        return await store.issued(code)
