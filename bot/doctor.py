"""`shuping doctor`: is everything in order here, and if not, what to do?"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from errno import ENOENT
from os import strerror

from bot.complaints import complaint
from bot.settings import load_settings
from bot.wording import wording
from locales import LANGUAGES, Catalogue, catalogue
from scoring.rubric import load_rubric
from storage.opening import open_store

REGULAR, BOLD = 400, 700


@dataclass(frozen=True, slots=True)
class Check:
    """A thing to look at: `look` returns what it found, or raises."""

    name: str
    look: Callable[[], str]


def doctor(language: str) -> int:
    """Look at everything, say what is wrong and how to mend it. Status 1 if anything is."""
    text = catalogue(language)
    checks = (
        Check("python", _python),
        Check("settings", lambda: load_settings().log_level),
        Check("rubric", lambda: ", ".join(load_rubric(entry).title for entry in LANGUAGES)),
        Check("texts", lambda: ", ".join(wording(entry).language for entry in LANGUAGES)),
        Check("database", _database),
        Check("token", lambda: _token(text)),
        Check("fonts", _fonts),
        Check("terminal", _terminal),
    )
    return max([_report(check, text, language) for check in checks])


def _report(check: Check, text: Catalogue, language: str) -> int:
    name = text(f"doctor.{check.name}")
    try:
        sys.stdout.write(text("doctor.fine", name=name, found=check.look()) + "\n")
    except Exception as error:
        sentence = complaint(error, language) or text("doctor.unknown", reason=str(error) or type(error).__name__)
        sys.stdout.write(text("doctor.fault", name=name, sentence=sentence) + "\n")
        return 1
    return 0


def _python() -> str:
    return sys.version.split()[0]


def _database() -> str:
    url = load_settings().database_url

    async def look() -> None:
        async with await open_store(url) as store:
            await store.state("doctor")

    asyncio.run(look())
    return url


def _fonts() -> str:
    """The fonts of the reports, as the typesetter sees them."""
    from bot.reports.typeset import FONTS, covered, families

    found = families()
    if not {REGULAR, BOLD} <= set(found):
        raise FileNotFoundError(ENOENT, strerror(ENOENT), str(FONTS))
    return f"{found[REGULAR]} ({len(covered())})"


def _terminal() -> str:
    return sys.stdout.encoding


def _token(text: Catalogue) -> str:
    """Who the token belongs to, as Telegram says; without one there is nothing to check."""
    settings = load_settings()
    if settings.telegram_token is None:
        return text("doctor.token.none")

    from bot.telegram.run import who_am_i

    return f"@{asyncio.run(who_am_i(settings))}"
