"""Logging to standard error; no line at any level ever shows a secret."""

import logging

from typing_extensions import override

HIDDEN = "***"


class Redacting(logging.Formatter):
    """Formats a whole record, traceback and all, and then takes the secrets out."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if secret)

    @override
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def set_up_logs(level: str, *secrets: str) -> None:
    """One handler for everything. Libraries that quote messages or data are kept at INFO."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("aiosqlite", "telegram", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("transitions").setLevel(logging.ERROR)  # to it, every refused input is worth a warning
