"""Settings from the environment (`SHUPING_…`) and from a file of the operator's own, checked at start."""

import re
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, HttpUrl, SecretStr, ValidationError

from bot.reports.characters import use_fonts
from bot.settings.files import env_file_in_use, secret, secret_files, variables
from bot.settings.smtp import Smtp, smtp_of
from bot.settings.wrong import Wrong, wrong
from scoring.editions import BUNDLED, use
from scoring.errors import MissingEditionError

SECRET = ("telegram_token", "webhook_secret", "smtp_url", "signing_key")
FILED = (*SECRET, "database_url")
"""What may stand in a file of its own: in the address of a database may be a password, too."""
HIDDEN = "***"


def default_database() -> str:
    """An SQLite file in the user's data folder."""
    from storage.opening import SQLITE

    return f"{SQLITE}{user_data_path('shuping', appauthor=False) / 'shuping.sqlite3'}"


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)([smhd])")
WINDOW = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
ADDRESS = re.compile(r"\S+:(\d{1,5})", re.ASCII)
HIGHEST_PORT = 65535
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MOST_REMINDERS = 3
LONGEST_SECONDS = 36_500 * SECONDS["d"]
"""A hundred years; much longer, and dates would run out."""
FOREVER = "forever"
NONE = "none"
LONGEST_ID = 18
"""Digits."""
FILING = re.compile(r"\w{1,3}ICP\w\d{4,12}\w(-\d{1,4})?")
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}", re.ASCII)


def _duration(text: str) -> timedelta | None:
    """ "24h"; None if it is no time, or too long a one."""
    match = DURATION.fullmatch(text.strip())
    seconds = float(match[1]) * SECONDS[match[2]] if match else LONGEST_SECONDS + 1
    return timedelta(seconds=seconds) if seconds <= LONGEST_SECONDS else None


def _keeping(text: str) -> timedelta | None:
    """ "365d"; "forever" is None."""
    if text.strip() == FOREVER:
        return None
    duration = _duration(text)
    if not duration:
        raise ValueError(Wrong.KEEPING)
    return duration


def _durations(text: str) -> tuple[timedelta, ...]:
    """ "24h,3d,7d": at most three, in rising order."""
    parts = [_duration(part) for part in text.split(",") if part.strip()]
    waits = [part for part in parts if part is not None]
    if len(waits) < len(parts) or len(waits) > MOST_REMINDERS or waits != sorted(set(waits)):
        raise ValueError(Wrong.TIMES)
    return tuple(waits)


def _window(text: str) -> tuple[time, time]:
    """ "09:00-20:00"; 24:00 is the end of the day."""
    match = WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(Wrong.WINDOW)
    try:
        opens = time.fromisoformat(match[1])
        closes = time.max if match[2] == "24:00" else time.fromisoformat(match[2])
    except ValueError:  # "25:00"
        raise ValueError(Wrong.WINDOW) from None
    if opens >= closes:
        raise ValueError(Wrong.WINDOW_ORDER)
    return opens, closes


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise ValueError(Wrong.ZONE)
    return ZoneInfo(name)


def _address(text: str) -> str:
    match = ADDRESS.fullmatch(text)
    if match is None or int(match[1]) > HIGHEST_PORT:
        raise ValueError(Wrong.ADDRESS)
    return text


def _site(url: HttpUrl) -> HttpUrl:
    """The address of a whole page: the paths below it are ours."""
    if url.path not in (None, "", "/") or url.query or url.fragment or url.username or url.password:
        raise ValueError(Wrong.SITE)
    return url


def _proxies(text: str) -> tuple[str, ...]:
    """ "127.0.0.1,10.0.0.0/8": addresses and networks; "none" are none."""
    if text.strip() == NONE:
        return ()
    try:
        found = tuple(str(ip_network(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError(Wrong.PROXIES) from None
    return found


def _ids(text: str) -> frozenset[int]:
    """ "42,4711": people's own ids; a group's would be below 0."""
    given = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() and len(part) <= LONGEST_ID and int(part) for part in given):
        raise ValueError(Wrong.IDS)
    return frozenset(map(int, given))


def _filing(text: str) -> str:
    """ "京ICP备12345678号-1": what a site of mainland China has to show."""
    if FILING.fullmatch(text) is None:
        raise ValueError(Wrong.FILING)
    return text


def _mail_server(url: SecretStr) -> SecretStr:
    try:
        smtp_of(url.get_secret_value())
    except ValueError:
        raise ValueError(Wrong.SMTP) from None
    return url


def _mail_address(text: str) -> str:
    if MAIL_ADDRESS.fullmatch(text) is None:
        raise ValueError(Wrong.MAIL_FROM)
    return text


def _sendable(secret: SecretStr) -> SecretStr:
    """What Telegram takes as a secret token (a pattern on the field would refuse every SecretStr)."""
    if WEBHOOK_SECRET.fullmatch(secret.get_secret_value()) is None:
        raise ValueError(Wrong.SECRET)
    return secret


def _signing_key(pem: SecretStr) -> SecretStr:
    from bot.reports.keys import private_key

    try:
        private_key(pem.get_secret_value())
    except ValueError:
        raise ValueError(Wrong.SIGNING_KEY) from None
    return pem


class EditionSettings(BaseModel):
    """Where an operator's editions of the standard and fonts lie, and with which edition new assessments begin."""

    rubrics: Path | None = None
    fonts: Path | None = None
    edition: str = BUNDLED[0]


class PaperSettings(BaseModel):
    """What papers depend on: where they can be checked, the key that they are signed with, and what day it is."""

    web_url: Annotated[HttpUrl, AfterValidator(_site)] | None = None
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("Asia/Shanghai")
    signing_key: Annotated[SecretStr, AfterValidator(_signing_key)] | None = None

    @property
    def site(self) -> str | None:
        """The public address of the page, without a slash at its end."""
        return str(self.web_url).rstrip("/") if self.web_url else None


class Settings(EditionSettings, PaperSettings):
    """Every setting; an unknown variable is left alone, a wrong value is refused by name."""

    database_url: str = Field(default_factory=default_database)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    log_format: Literal["text", "json"] = "text"
    tracing: Literal["none", "otlp"] = "none"
    telegram_token: SecretStr | None = None
    telegram_api_url: HttpUrl = HttpUrl("https://api.telegram.org")
    telegram_rate: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 30.0
    webhook_url: HttpUrl | None = None
    webhook_listen: Annotated[str, AfterValidator(_address)] = "127.0.0.1:8080"
    webhook_secret: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    health_listen: Annotated[str, AfterValidator(_address)] | None = None
    metrics_listen: Annotated[str, AfterValidator(_address)] | None = None
    web_listen: Annotated[str, AfterValidator(_address)] = "127.0.0.1:8000"
    web_proxies: Annotated[tuple[str, ...], BeforeValidator(_proxies)] = _proxies("127.0.0.1,::1")
    web_filing: Annotated[str, AfterValidator(_filing)] | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(_mail_server)] | None = None
    mail_from: Annotated[str, AfterValidator(_mail_address)] | None = None
    remind_after: Annotated[tuple[timedelta, ...], BeforeValidator(_durations)] = _durations("24h,3d,7d")
    remind_window: Annotated[tuple[time, time], BeforeValidator(_window)] = _window("09:00-20:00")
    operator_name: str | None = None
    operator_contact: str | None = None
    keep_unfinished: Annotated[timedelta | None, BeforeValidator(_keeping)] = timedelta(days=365)
    keep_finished: Annotated[timedelta | None, BeforeValidator(_keeping)] = None
    admins: Annotated[frozenset[int], BeforeValidator(_ids)] = frozenset()

    @property
    def serves_page(self) -> bool:
        """Something is said about where the page is to be."""
        return bool({"web_listen", "web_url"} & self.model_fields_set)

    @property
    def smtp(self) -> Smtp | None:
        """The server that takes our mails."""
        return smtp_of(self.smtp_url.get_secret_value()) if self.smtp_url else None


class SettingsError(Exception):
    """A setting that cannot be; `variable` names it, `given` is never a secret, `expected` what it may be."""

    def __init__(self, variable: str, given: str, reason: Wrong, expected: str = "") -> None:
        super().__init__(f"{variable}={given}: {reason}")
        self.variable, self.given, self.reason, self.expected = variable, given, reason, expected


Some = TypeVar("Some", bound=BaseModel)


def load_settings(env_file: Path | None = None) -> Settings:
    """The settings in force; `env_file` is the one that was stated, if any.

    Raises SettingsError for the first wrong value, SettingsFileError and OSError for a file that cannot be used.
    """
    given = variables(env_file_in_use(env_file))
    settings = _checked(Settings, given, _secrets(FILED, given))
    _with_mail(settings)
    return settings


def paper_settings(env_file: Path | None = None) -> PaperSettings:
    """The same for a command that makes papers, whatever other settings are. Raises what `load_settings` does."""
    given = variables(env_file_in_use(env_file))
    return _checked(PaperSettings, given, _secrets(("signing_key",), given))


def _secrets(names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """What stands in files of its own."""
    return {name: secret(file) for name, file in secret_files(names, given).items()}


def _with_mail(settings: Settings) -> None:
    """A mail is from somebody, and leads somewhere. Raises SettingsError."""
    if settings.smtp_url and settings.mail_from is None:
        raise SettingsError("SHUPING_MAIL_FROM", "", Wrong.MAIL_FROM)
    if settings.smtp_url and settings.web_url is None:
        raise SettingsError("SHUPING_WEB_URL", "", Wrong.MAIL_SITE)


def use_editions(settings: EditionSettings) -> None:
    """Find the operator's editions and fonts. Raises SettingsError if new assessments are to begin with an edition
    that is not here; RubricError and OSError name the file or folder that something is wrong with.
    """
    use_fonts(settings.fonts)
    try:
        use(settings.rubrics, settings.edition)
    except MissingEditionError as error:
        raise SettingsError("SHUPING_EDITION", error.edition, Wrong.CHOICE, ", ".join(error.known)) from None


def find_editions(env_file: Path | None = None) -> None:
    """The same for a command that needs no other setting: what is wrong with those is not its business."""
    use_editions(_checked(EditionSettings, variables(env_file_in_use(env_file)), {}))


def _checked(kind: type[Some], given: Mapping[str, str], secrets: Mapping[str, str]) -> Some:
    named = {name: given[f"shuping_{name}"] for name in kind.model_fields if f"shuping_{name}" in given}
    try:
        return kind.model_validate({**named, **secrets})
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"SHUPING_{str(first['loc'][0]).upper()}"
        shown = _shown(str(first["loc"][0]), str(first["input"]))
        raise SettingsError(variable, shown, *wrong(first)) from None


def _shown(name: str, given: str) -> str:
    """A wrong value as it may be told."""
    from storage.opening import without_credentials

    if name in SECRET:
        return HIDDEN
    return without_credentials(given) if name.endswith("_url") or "@" in given or "//" in given else given
