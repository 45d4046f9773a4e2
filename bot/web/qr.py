"""A QR code as part of a page: inline SVG, without script and without style."""

import segno
from markupsafe import Markup

MARGIN = 4
"""Modules of white around it, as ISO 18004 asks for: a camera finds it on a dark page, too."""


def qr_svg(text: str, title: str) -> Markup:
    """A QR code of `text`, dark on white whatever the page is, as large as the page makes it.

    `title` is what a screen reader says. Raises ValueError for a text that no code holds.
    """
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(
        border=MARGIN, dark="#000", light="#fff", title=title, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" shape-rendering="crispEdges" ', 1))  # noqa: S704  # segno escapes the title
