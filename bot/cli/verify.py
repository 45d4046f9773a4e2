"""`shuping verify`: are papers what this program made, and are codes some that were handed out?"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
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
from locales import Catalogue, catalogue
from storage.issued import Issued
from storage.opening import open_present

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_SIZE = 1 << 16
"""Bytes of a file that is looked for a key."""
GENUINE, NOT_GENUINE = 0, 1


def verify(parsed: argparse.Namespace, language: str) -> int:
    """Say what files and codes are, one after another: status 0 if all are genuine, else 1.

    Raises ReportError for what is neither file nor code, before anything is said; SettingsError, StorageError, OSError.
    """
    text, papers = catalogue(language), _papers(parsed.paper)
    checked = ((named, _told(parsed, named, text)) for named in papers)
    if len(papers) > 1:
        return _tell_each(checked, parsed.format, text)
    _, told = next(checked)
    if parsed.format == "json":
        sys.stdout.write(inert_json(json.dumps(told.data, ensure_ascii=False, indent=1)) + "\n")
    else:
        _write(told.lines)
    return GENUINE if told.genuine else NOT_GENUINE


def _tell_each(checked: Iterable[tuple[str, Told]], form: str, text: Catalogue) -> int:
    """Each as soon as it is known, under what it was called; as JSON, an object a line."""
    genuine: list[bool] = []
    for named, told in checked:
        if form == "json":
            sys.stdout.write(inert_json(json.dumps({"paper": named, **told.data}, ensure_ascii=False)) + "\n")
        else:
            _write([text("verify.each", given=named[:LONGEST_SHOWN]), *told.lines, ""])
        genuine.append(told.genuine)
    if form != "json":
        _write([text("verify.end", papers=len(genuine), genuine=sum(genuine))])
    return GENUINE if all(genuine) else NOT_GENUINE


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{inert(line)}\n" for line in lines)


def _papers(given: Sequence[str]) -> list[str]:
    """What is asked about: a code may come in groups, as it stands on the paper. Raises ReportError."""
    whole = " ".join(given)
    papers = [whole] if _is_known(whole) or not any(map(_is_known, given)) else [*dict.fromkeys(given)]
    for named in papers:
        if not _is_known(named):
            raise ReportError(ReportTrouble.NO_PAPER, given=inert(named[:LONGEST_SHOWN]))
    return papers


def _is_known(named: str) -> bool:
    return _is_file(named) or read_code(named) is not None


def _is_file(named: str) -> bool:
    return named == STDIO or Path(named).exists()


def _told(parsed: argparse.Namespace, named: str, text: Catalogue) -> Told:
    """A file of that name comes before a code."""
    code = None if _is_file(named) else read_code(named)
    if code:
        return of_code(code, asyncio.run(_issued(parsed, code)), text)
    keys = _keys(parsed)
    return of_file(verdict_of(_read(named), keys), keys, text)


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
