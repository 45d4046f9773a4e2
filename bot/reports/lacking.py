"""What is said before a paper is made, if it cannot print a character of what it tells of the firm."""

from collections.abc import Iterator

from bot.reports.characters import missing
from bot.reports.render import Kind
from flows.session import Firm
from locales import Catalogue

MOST = 10
"""So many characters are named."""


def told_before(firm: Firm, wanted: str, text: Catalogue) -> str:
    """A sentence that names them and says what to do; "" if there are none. `wanted`: the ending of the file.

    A workbook has every character.
    """
    signs = "" if wanted == Kind.WORKBOOK else missing(_shown(firm, wanted))
    return text("report.lacking", signs=named(signs)) if signs else ""


def named(signs: str) -> str:
    """Characters in a sentence, the first few of them."""
    return signs[:MOST] + "…" * (len(signs) > MOST)


def _shown(firm: Firm, wanted: str) -> Iterator[str]:
    """What such a file tells of the firm, as it was typed; a picture its name alone."""
    facts = (firm.name,) if wanted == Kind.PICTURE else (firm.name, firm.contact, firm.region, firm.industry)
    return filter(None, facts)
