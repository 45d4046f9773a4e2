"""A QR code as rows of modules, for a renderer to draw."""

import segno


def modules(text: str) -> tuple[str, ...]:
    """Rows of "0" (light) and "1" (dark), without the quiet zone, which has to be four modules wide.

    A seventh of it may be spoilt: it is printed, stamped and photographed.
    """
    code = segno.make(text, error="m", boost_error=False, micro=False)
    return tuple("".join(map(str, row)) for row in code.matrix)
