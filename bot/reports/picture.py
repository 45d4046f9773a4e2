"""The picture: grade, score bar, radar and ladders on one page for a phone."""

from bot.reports.content import Report
from bot.reports.typeset import typeset

PIXELS = (192, 168, 144)
"""An inch: 960, 840 or 720 pixels across, for a page of 360 points, which is the width of a phone."""
LARGEST = 300_000
"""Bytes. Two lines of name and English words everywhere can take more at full size; then one size less is sent."""


def picture(report: Report) -> bytes:
    """A PNG, 960 pixels wide unless that would be too large a file."""
    drawn = b""
    for pixels in PIXELS:
        drawn = typeset("picture.typ", report, "png", pixels)
        if len(drawn) <= LARGEST:
            break
    return drawn
