"""Logging to standard error; no line at any level ever shows a secret, or a word of what people wrote.

Our own lines are written so that they hold nothing of people. Of a library's line only the place is told where it was
logged: what libraries put into their lines (addresses with the token, whole answers of Telegram) is not ours to know.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

HIDDEN = "***"
OURS = "shuping"
FIELDS = "fields"
"""The attribute of a record that holds names and values of a line for programs; never anything that people wrote."""
UPDATES = "shuping.update"
"""Who writes a line for each update."""


class Redacting(logging.Formatter):
    """Formats a whole record, traceback and all, and then takes the secrets out."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if secret)

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self.redacted(super().format(_ours(record)))

    def redacted(self, text: str) -> str:
        """Without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    @override
    def formatException(self, ei: tuple[Any, ...]) -> str:
        """Where it happened, and the kind of error; its text may quote what somebody wrote."""
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace))  # lines of source, no values
        return f"{frames}{kind.__name__ if kind else None}"


class Structured(Redacting):
    """The same as one JSON object a line, for programs that gather logs.

    Keys: `time` (UTC, ISO 8601), `level`, `logger`, `message`, `trace` after an error, and the `fields` of a record.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        record = _ours(record)
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.redacted(record.getMessage()),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            told["trace"] = self.redacted(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def _ours(record: logging.LogRecord) -> logging.LogRecord:
    """A record as it may be told."""
    return record if record.name.partition(".")[0] == OURS else _place_of(record)


def _place_of(record: logging.LogRecord) -> logging.LogRecord:
    error = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
    place = f"said something in {record.filename}, line {record.lineno}{error}"
    return logging.makeLogRecord({**record.__dict__, "msg": place, "args": None, "exc_info": None, "exc_text": None})


def unquoted(reason: str) -> str:
    """Telegram's reason without what it may quote of a message: up to the first quotation."""
    kept = reason.split('"')[0].split(" '")[0]
    return kept.strip(" :")[:80]


def announce(sentence: str) -> None:
    """A sentence for whoever runs this, on standard error; as JSON where the log is."""
    form = next((handler.formatter for handler in logging.getLogger().handlers), None)
    record = logging.makeLogRecord({"name": OURS, "levelno": logging.INFO, "levelname": "INFO", "msg": sentence})
    sys.stderr.write((form.format(record) if isinstance(form, Structured) else f"{OURS}: {sentence}") + "\n")
    sys.stderr.flush()


def set_up_logs(level: str, *secrets: str, structured: bool = False) -> None:
    """One handler for everything. Libraries that log every step are kept at INFO.

    `structured`: as JSON, and with a line for each update, whatever the level.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(Structured(secrets) if structured else Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in ("aiosqlite", "telegram", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))
    if structured:
        logging.getLogger(UPDATES).setLevel(logging.INFO)
    logging.getLogger("transitions").setLevel(logging.ERROR)  # to it, every refused input is worth a warning
