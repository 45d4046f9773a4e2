"""Settings from the environment (`SHUPING_…`) and from `.env`, checked at start."""

import errno
import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from storage.opening import SQLITE

ENV_FILE = ".env"
SECRET = ("telegram_token", "webhook_secret")
HIDDEN = "***"


def default_database() -> str:
    """An SQLite file in the user's data folder."""
    return f"{SQLITE}{user_data_path('shuping', appauthor=False) / 'shuping.sqlite3'}"


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
WINDOW = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
ADDRESS = re.compile(r"\S+:(\d{1,5})", re.ASCII)
HIGHEST_PORT = 65535
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MOST_REMINDERS = 3


def _durations(text: str) -> tuple[timedelta, ...]:
    """ "24h,3d,7d": at most three, in rising order."""
    parts = [DURATION.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    waits = [timedelta(seconds=float(part[1]) * SECONDS[part[2]]) for part in parts if part]
    if len(waits) < len(parts) or len(waits) > MOST_REMINDERS or waits != sorted(set(waits)):
        raise ValueError("write up to three rising times such as 24h,3d,7d")
    return tuple(waits)


def _window(text: str) -> tuple[time, time]:
    """ "09:00-20:00"; 24:00 is the end of the day."""
    match = WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a window such as 09:00-20:00")
    opens = time.fromisoformat(match[1])
    closes = time.max if match[2] == "24:00" else time.fromisoformat(match[2])
    if opens >= closes:
        raise ValueError("the window must end after it begins")
    return opens, closes


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise ValueError("not an IANA time zone such as Asia/Shanghai")
    return ZoneInfo(name)


def _address(text: str) -> str:
    match = ADDRESS.fullmatch(text)
    if match is None or int(match[1]) > HIGHEST_PORT:
        raise ValueError("write a host and a port such as 127.0.0.1:8080")
    return text


def _sendable(secret: SecretStr) -> SecretStr:
    """What Telegram takes as a secret token (a pattern on the field would refuse every SecretStr)."""
    if WEBHOOK_SECRET.fullmatch(secret.get_secret_value()) is None:
        raise ValueError("write 1 to 256 of A-Z a-z 0-9 _ -")
    return secret


class Settings(BaseSettings):
    """Every setting; an unknown variable is left alone, a wrong value is refused by name."""

    model_config = SettingsConfigDict(
        env_prefix="SHUPING_", env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", validate_default=False
    )

    database_url: str = Field(default_factory=default_database)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    telegram_token: SecretStr | None = None
    telegram_api_url: HttpUrl = HttpUrl("https://api.telegram.org")
    telegram_rate: Annotated[float, Field(ge=0)] = 30.0
    webhook_url: HttpUrl | None = None
    webhook_listen: Annotated[str, AfterValidator(_address)] = "127.0.0.1:8080"
    webhook_secret: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    health_listen: Annotated[str, AfterValidator(_address)] | None = None
    remind_after: Annotated[tuple[timedelta, ...], NoDecode, BeforeValidator(_durations)] = _durations("24h,3d,7d")
    remind_window: Annotated[tuple[time, time], NoDecode, BeforeValidator(_window)] = _window("09:00-20:00")
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("Asia/Shanghai")


class SettingsError(Exception):
    """A setting that cannot be; `variable` names it, `given` is never a secret."""

    def __init__(self, variable: str, given: str, reason: str) -> None:
        super().__init__(f"{variable}={given}: {reason}")
        self.variable, self.given, self.reason = variable, given, reason


def load_settings(env_file: Path | None = None) -> Settings:
    """The settings in force. Raises SettingsError for the first wrong value, OSError for a `.env` that is no text."""
    try:
        return Settings() if env_file is None else Settings(_env_file=env_file)
    except UnicodeDecodeError as error:
        raise OSError(errno.EILSEQ, str(error), str(env_file or ENV_FILE)) from None
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"SHUPING_{str(first['loc'][0]).upper()}"
        given = HIDDEN if first["loc"][0] in SECRET else str(first["input"])
        raise SettingsError(variable, given, first["msg"]) from None
