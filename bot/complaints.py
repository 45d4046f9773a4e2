"""Errors that a person can do something about, each as one clear sentence. No traceback for any of these."""

from pathlib import Path

from bot.wording import wording
from locales import Catalogue
from scoring.errors import ScoringError


def complaint(error: Exception, language: str) -> str | None:
    """The sentence for an error, or None if it is a fault of our own."""
    words = wording(language)
    if isinstance(error, ScoringError):
        return "\n".join(words.fault(fault) for fault in error.faults)
    if isinstance(error, OSError) and error.filename is not None:
        return words.text("complaint.file", file=Path(str(error.filename)), reason=error.strerror)
    if isinstance(error, OSError):
        return words.text("complaint.system", reason=error.strerror or error)
    return _by_module(error, language)


def _by_module(error: Exception, language: str) -> str | None:
    """Errors of modules that are slow to import are matched only if they were imported at all."""
    text = wording(language).text
    name = type(error).__name__
    if type(error).__module__ == "storage.errors":
        from storage.errors import StorageError

        if isinstance(error, StorageError):
            return text(f"storage.{error.trouble.value}", place=error.place, detail=error.detail)
    if name in ("SettingsError", "SettingsFileError"):
        return _from_settings(error, text)
    if name == "ReportError":
        from bot.reports.errors import ReportError

        if isinstance(error, ReportError):
            return text(f"report.trouble.{error.trouble.value}", **error.details)
    return _from_telegram(error, text) if type(error).__module__ == "telegram.error" else None


def _from_settings(error: Exception, text: Catalogue) -> str | None:
    from bot.settings import SettingsError
    from bot.settings_files import SettingsFileError

    if isinstance(error, SettingsFileError):
        return text(f"settings.trouble.{error.trouble.value}", **error.details)
    if isinstance(error, SettingsError):
        return text("complaint.setting", variable=error.variable, given=error.given, reason=error.reason)
    return None


def _from_telegram(error: Exception, text: Catalogue) -> str:
    from telegram.error import InvalidToken

    return text("telegram.trouble.bad_token" if isinstance(error, InvalidToken) else "complaint.telegram")
