"""A picture in the terminal itself, where the terminal says that it can: kitty's graphics protocol, or iTerm2's.

Both take a PNG as it is. Sixel would need a picture of few colours made first, and few terminals know only sixel.
Inside tmux or screen neither gets through, so nothing is sent there.
"""

from base64 import b64encode
from collections.abc import Mapping
from enum import Enum, auto

CHUNK = 4096
COLUMNS = 56


class Protocol(Enum):
    """How a terminal takes pictures."""

    KITTY = auto()
    ITERM2 = auto()


def protocol_of(environment: Mapping[str, str]) -> Protocol | None:
    """The protocol of the terminal that set these variables; None if it is not known to have one."""
    kind, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if kind.startswith(("screen", "tmux", "dumb")):
        return None
    if kind in ("xterm-kitty", "xterm-ghostty") or "KITTY_WINDOW_ID" in environment or program == "ghostty":
        return Protocol.KITTY
    if program in ("iTerm.app", "WezTerm", "mintty") or environment.get("LC_TERMINAL") == "iTerm2":
        return Protocol.ITERM2
    return None


def shown_inline(picture: bytes, protocol: Protocol) -> str:
    """What to write to the terminal, so that it shows a PNG."""
    data = b64encode(picture).decode()
    if protocol is Protocol.ITERM2:
        head = f"inline=1;size={len(picture)};width={COLUMNS};preserveAspectRatio=1"
        return f"\x1b]1337;File={head}:{data}\a\n"
    chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    heads = [f"a=T,f=100,c={COLUMNS},q=2,", *("",) * (len(chunks) - 1)]
    more = [1] * (len(chunks) - 1) + [0]
    parts = zip(heads, more, chunks, strict=True)
    return "".join(f"\x1b_G{head}m={rest};{chunk}\x1b\\" for head, rest, chunk in parts) + "\n"
