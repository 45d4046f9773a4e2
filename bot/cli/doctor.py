"""`shuping doctor`: is everything in order here, and if not, what to do?"""

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import ENOENT
from os import strerror
from pathlib import Path

from bot.cli import reach
from bot.cli.advice import AdviceError, BrokenError
from bot.cli.modes import too_wide
from bot.reports.keys import fingerprint
from bot.reports.signing import issuer_of
from bot.settings import FILED, Settings, load_settings, use_editions
from bot.settings.files import LONGEST, env_file_in_use, places, secret_files, variables
from bot.words.complaints import complaint
from flows.text import inert_lines
from locales import LANGUAGES, Catalogue, catalogue
from scoring.editions import BUNDLED, known, load_rubric
from storage.errors import StorageError
from storage.opening import POSTGRES, SQLITE, open_store, sqlite_path, without_credentials

FONTS = [*((f"Noto Sans {script}", weight) for script in ("SC", "TC") for weight in (400, 700)), ("Shuping Rare", 400)]
TOKEN = re.compile(r"(?<!\d)\d{1,20}:[A-Za-z0-9_-]{30,}")


@dataclass(frozen=True, slots=True)
class Check:
    """A thing to look at: `look` returns what it found, or raises: AdviceError and BrokenError, or any other error."""

    name: str
    look: Callable[[], str]


def doctor(language: str, env_file: Path | None, *, online: bool) -> int:
    """Look at everything, say what is wrong and how to mend it. Status 1 if anything is; advice alone is status 0.

    Telegram and the mail server are asked only if `online`.
    """
    text = catalogue(language)
    checks = (
        Check("python", _python),
        Check("texts", lambda: ", ".join(catalogue(entry).language for entry in LANGUAGES)),
        Check("rubric", lambda: ", ".join(load_rubric(BUNDLED[0], entry).title for entry in LANGUAGES)),
        Check("fonts", _fonts),
        Check("terminal", _terminal),
        Check("ignored", lambda: _ignored(text, env_file)),
        Check("settings", lambda: _settings(text, env_file)),
    )
    *status, settings = [_report(check, text, language) for check in checks]
    rest = settings or _with_settings(text, language, env_file, online=online)
    return max(*status, rest)


def health(language: str, env_file: Path | None) -> int:
    """Whether the bot on this database is alive: status 0 if the lease that it holds is being renewed, else 1.

    For containers: Telegram is not asked, since its absence is not the bot's death. Raises StorageError.
    """
    from bot.delivery.lease import HOUSE, beats

    async def look() -> bool:
        async with await open_store(load_settings(env_file).database_url) as store:
            return await beats(lambda: store.lease(HOUSE))

    alive = asyncio.run(look())
    sys.stdout.write(catalogue(language)("doctor.alive" if alive else "doctor.not_alive") + "\n")
    return 0 if alive else 1


def _with_settings(text: Catalogue, language: str, env_file: Path | None, *, online: bool) -> int:
    """What can be looked at only where the settings are right."""
    settings = load_settings(env_file)
    checks = (
        Check("editions", lambda: _editions(text, settings)),
        Check("own_fonts", lambda: _own_fonts(text, settings)),
        Check("database", lambda: _database(text, settings)),
        Check("clock", lambda: _clock(text, settings)),
        Check("modes", lambda: _modes(text, settings, env_file)),
        Check("token", lambda: _token(text, settings, online=online)),
        Check("page", lambda: reach.page(text, settings)),
        Check("mail", lambda: reach.mail(text, settings, online=online)),
        Check("metrics", lambda: reach.metrics(text, settings)),
        Check("tracing", lambda: reach.tracing(text, settings)),
        Check("operator", lambda: _operator(text, settings)),
        Check("seal", lambda: _seal(text, settings)),
    )
    return max([_report(check, text, language) for check in checks])


def _report(check: Check, text: Catalogue, language: str) -> int:
    name = text(f"doctor.{check.name}")
    try:
        found = check.look()
    except AdviceError as advice:
        broken = isinstance(advice, BrokenError)
        for sentence in advice.sentences:
            said = text("doctor.fault" if broken else "doctor.advice", name=name, sentence=inert_lines(sentence))
            sys.stdout.write(said + "\n")
        return int(broken)
    except Exception as error:
        sentence = complaint(error, language) or text("doctor.unknown", reason=_reason(error))
        sys.stdout.write(text("doctor.fault", name=name, sentence=inert_lines(sentence)) + "\n")
        return 1
    if found:
        sys.stdout.write(text("doctor.fine", name=name, found=inert_lines(found)) + "\n")
    return 0


def _reason(error: Exception) -> str:
    """What an unexpected error says, without a token or what stands before an @."""
    said = TOKEN.sub("***", str(error) or type(error).__name__)
    return " ".join(without_credentials(word) if "@" in word or "//" in word else word for word in said.split())


def _python() -> str:
    return sys.version.split()[0]


def _settings(text: Catalogue, env_file: Path | None) -> str:
    """Where they come from."""
    load_settings(env_file)
    used = env_file_in_use(env_file)
    return text("doctor.settings.file", file=used) if used else text("doctor.settings.environment", file=places()[0])


def _ignored(text: Catalogue, env_file: Path | None) -> str:
    """A file of ours in this folder was read once; now it has to be stated. Nothing is said if there is none."""
    here = Path(".env")
    if _holds_settings(here) and not _is_same(here, env_file_in_use(env_file)):
        raise AdviceError(text("doctor.ignored.file", file=here.resolve()))
    return ""


def _holds_settings(file: Path) -> bool:
    """What we may not read would not have been read."""
    try:
        if not file.is_file():  # a pipe would wait for ever
            return False
        with file.open("rb") as content:
            return b"SHUPING_" in content.read(LONGEST)
    except OSError:
        return False


def _is_same(file: Path, used: Path | None) -> bool:
    try:
        return used is not None and used.samefile(file)
    except OSError:
        return False


def _editions(text: Catalogue, settings: Settings) -> str:
    """All that are here, and the one that new assessments begin with."""
    use_editions(settings)
    return text("doctor.editions.found", known=", ".join(known()), edition=settings.edition)


def _database(text: Catalogue, settings: Settings) -> str:
    url = settings.database_url

    async def look() -> int:
        async with await open_store(url) as store:
            await store.state("doctor")
            return await store.damaged()

    if damaged := asyncio.run(look()):
        raise AdviceError(text.count("doctor.damaged", damaged))
    return without_credentials(url)


def _clock(text: Catalogue, settings: Settings) -> str:
    """How far it is from the database's, where that has one of its own; a database out of reach was told before."""
    from bot.delivery.clock import Skew, skew

    async def look() -> Skew | None:
        try:
            async with await open_store(settings.database_url) as store:
                return await skew(store, lambda: datetime.now(UTC))
        except StorageError:
            return None

    hosts = settings.database_url.startswith(POSTGRES)
    found = asyncio.run(look()) if hosts else None
    if found is None:
        return ""
    seconds = f"{abs(found.seconds):.1f}"
    if found.is_wrong:
        raise BrokenError(text("doctor.clock.wrong", seconds=seconds))
    return text("doctor.clock.fine", seconds=seconds)


def _modes(text: Catalogue, settings: Settings, env_file: Path | None) -> str:
    """Files with answers or secrets in them are for nobody else."""
    url, used = settings.database_url, env_file_in_use(env_file)
    database = sqlite_path(url) if url.startswith(SQLITE) else None
    if found := too_wide(text, database, [*filter(None, [used]), *secret_files(FILED, variables(used)).values()]):
        raise AdviceError(*found)
    return text("doctor.modes.fine")


def _fonts() -> str:
    """The fonts of the reports, as the typesetter sees them."""
    from bot.reports import characters, typeset

    if typeset.families() != FONTS:
        raise FileNotFoundError(ENOENT, strerror(ENOENT), str(characters.FONTS))
    return f"{', '.join(sorted({family for family, _ in FONTS}))} ({len(characters.printed())})"


def _own_fonts(text: Catalogue, settings: Settings) -> str:
    """The operator's own, as the typesetter sees them; nothing is said if there are to be none."""
    from bot.reports.characters import own_fonts, use_fonts

    use_fonts(settings.fonts)
    found = own_fonts(settings.fonts) if settings.fonts else []
    if settings.fonts and not found:
        raise BrokenError(text("doctor.own_fonts.none", folder=settings.fonts))
    return ", ".join(sorted({font.family for font in found}))


def _terminal() -> str:
    return sys.stdout.encoding


def _token(text: Catalogue, settings: Settings, *, online: bool) -> str:
    """Who the token belongs to, if Telegram is to be asked, else whether it looks like one; without one, nothing."""
    if settings.telegram_token is None:
        return text("doctor.token.none")
    if TOKEN.fullmatch(settings.telegram_token.get_secret_value()) is None:
        raise BrokenError(text("doctor.token.malformed"))
    if not online:
        return text("doctor.token.form")

    from bot.serving.telegram import who_am_i

    return f"@{asyncio.run(who_am_i(settings))}"


def _operator(text: Catalogue, settings: Settings) -> str:
    """People are told who runs the bot."""
    told = {"SHUPING_OPERATOR_NAME": settings.operator_name, "SHUPING_OPERATOR_CONTACT": settings.operator_contact}
    missing = [variable for variable, value in told.items() if not value]
    if settings.telegram_token is None and not settings.serves_page:
        return text("doctor.token.none")
    if missing:
        raise AdviceError(*(text("doctor.operator.missing", variable=variable) for variable in missing))
    return ", ".join(filter(None, told.values()))


def _seal(text: Catalogue, settings: Settings) -> str:
    """By which key reports are signed."""
    public = issuer_of(settings).public
    return text("doctor.seal.signed", fingerprint=fingerprint(public)) if public else text("doctor.seal.none")
