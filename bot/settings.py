"""Settings from the environment (`SHUPING_…`) and from `.env`, checked at start."""

import errno
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.opening import SQLITE

ENV_FILE = ".env"


def default_database() -> str:
    """An SQLite file in the user's data folder."""
    return f"{SQLITE}{user_data_path('shuping', appauthor=False) / 'shuping.sqlite3'}"


class Settings(BaseSettings):
    """Every setting; an unknown variable is left alone, a wrong value is refused by name."""

    model_config = SettingsConfigDict(env_prefix="SHUPING_", env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")

    database_url: str = Field(default_factory=default_database)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"


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
        raise SettingsError(variable, str(first["input"]), first["msg"]) from None
