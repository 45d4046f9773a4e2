"""What can be wrong with a setting, in kinds: pydantic's sentences are English only."""

from enum import StrEnum

from pydantic_core import ErrorDetails


class Wrong(StrEnum):
    """What can be wrong with a setting; each has a sentence `setting.<name>` in the catalogues."""

    TIMES = "times"
    KEEPING = "keeping"
    WINDOW = "window"
    WINDOW_ORDER = "window_order"
    ZONE = "zone"
    ADDRESS = "address"
    SECRET = "secret"  # noqa: S105  # a name
    CHOICE = "choice"
    NUMBER = "number"
    URL = "url"
    SITE = "site"
    PROXIES = "proxies"
    FILING = "filing"
    SMTP = "smtp"
    MAIL_FROM = "mail_from"
    MAIL_SITE = "mail_site"
    IDS = "ids"
    SIGNING_KEY = "signing_key"
    OTHER = "other"


KINDS = {
    "literal": Wrong.CHOICE,
    "float": Wrong.NUMBER,
    "int": Wrong.NUMBER,
    "finite": Wrong.NUMBER,
    "greater": Wrong.NUMBER,
    "url": Wrong.URL,
}
"""By the first word of pydantic's type of error."""


def wrong(entry: ErrorDetails) -> tuple[Wrong, str]:
    """One of pydantic's errors in our terms, and what there is to choose from, if anything.

    What our own validators raise is the kind itself.
    """
    context = entry.get("ctx", {})
    raised = str(context.get("error", ""))
    kind = Wrong(raised) if raised in set(Wrong) else KINDS.get(entry["type"].partition("_")[0], Wrong.OTHER)
    return kind, str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
