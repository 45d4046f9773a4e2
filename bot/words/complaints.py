"""Errors that a person can do something about, each as one clear sentence. No traceback for any of these."""

import errno
from pathlib import Path

from bot.words.faults import fault_text
from flows.text import inert
from locales import Catalogue, catalogue
from scoring.errors import MissingEditionError, RubricError, ScoringError

GIVEN = 200
"""Characters of a wrong setting that are shown."""
REASONS = {
    errno.ENOENT: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "exists",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.ENAMETOOLONG: "long_name",
    errno.ELOOP: "loop",
    errno.EILSEQ: "no_text",
    errno.EMFILE: "many_files",
    errno.ENFILE: "many_files",
    errno.ETXTBSY: "busy",
    errno.EBUSY: "busy",
    errno.EADDRINUSE: "address_taken",
    errno.EADDRNOTAVAIL: "address_unknown",
    errno.EIO: "device",
}
"""What the operating system says, by its number: its own sentences are in the language of the machine, if any."""


def complaint(error: Exception, language: str) -> str | None:
    """The sentence for an error, or None if it is a fault of our own."""
    text = catalogue(language)
    if isinstance(error, ScoringError):
        return _faults(error, text)
    if isinstance(error, MissingEditionError):
        return text("complaint.edition", edition=inert(error.edition), known=", ".join(error.known))
    if isinstance(error, OSError) and error.filename is not None:
        return text("complaint.file", file=inert(str(_path(error))), reason=reason(error, text))
    if isinstance(error, OSError):
        return text("complaint.system", reason=reason(error, text))
    return _by_module(error, text)


def _faults(error: ScoringError, text: Catalogue) -> str:
    """A line each, after the name of the file, if it is about an edition's."""
    told = [fault_text(fault, text) for fault in error.faults]
    if isinstance(error, RubricError) and error.file:
        told = [text("complaint.rubric", file=inert(error.file), fault=line) for line in told]
    return "\n".join(told)


def _path(error: OSError) -> Path:
    name = error.filename
    return Path(name.decode(errors="surrogateescape") if isinstance(name, bytes) else str(name))


def reason(error: OSError, text: Catalogue) -> str:
    """Why the operating system refused."""
    known = REASONS.get(error.errno or 0)
    return text(f"system.{known}") if known else text("system.other", number=error.errno or "?")


def _by_module(error: Exception, text: Catalogue) -> str | None:
    """Errors of modules that are slow to import are matched only if they were imported at all."""
    name = type(error).__name__
    if type(error).__module__ == "storage.errors":
        from storage.errors import StorageError

        if isinstance(error, StorageError):
            place, detail = inert(error.place), inert(error.detail)
            return text(f"storage.{error.trouble.value}", place=place, detail=detail)
    if name in ("SettingsError", "SettingsFileError"):
        return _from_settings(error, text)
    if name == "ReportError":
        from bot.reports.errors import ReportError

        if isinstance(error, ReportError):
            details = {key: inert(str(value)) for key, value in error.details.items()}
            return text(f"report.trouble.{error.trouble.value}", **details)
    return _from_telegram(error, text) if type(error).__module__ == "telegram.error" else None


def _from_settings(error: Exception, text: Catalogue) -> str | None:
    from bot.settings import SettingsError
    from bot.settings.files import SettingsFileError

    if isinstance(error, SettingsFileError):
        return text(f"settings.trouble.{error.trouble.value}", **error.details)
    if isinstance(error, SettingsError):
        choice = {"expected": error.expected}  # only one of the sentences tells it
        why = text(f"setting.{error.reason.value}", **choice)
        return text("complaint.setting", variable=error.variable, given=inert(error.given[:GIVEN]), reason=why)
    return None


def _from_telegram(error: Exception, text: Catalogue) -> str:
    from telegram.error import InvalidToken

    return text("serving.bad_token" if isinstance(error, InvalidToken) else "complaint.telegram")
