"""The picture: grade, score bar, radar and ladders on one page for a phone."""

from bot.reports.content import Report
from bot.reports.typeset import typeset

PIXELS = 192
"""An inch: eight for three points. The page is 360 points wide, as a phone is; messengers shrink more."""


def picture(report: Report) -> bytes:
    """A PNG, 960 pixels wide."""
    return typeset("picture.typ", report, "png", PIXELS)
