"""Text from outside: what is kept of a name on its way in, and how anything is shown on its way out.

Unseen signs (controls, escapes of terminals, marks that turn the direction, zero-width signs, halves of characters,
line separators) can forge a line, hide a part of it, or command a terminal. A name never takes them in, and wherever
text is shown they stand there as their escapes, so that everybody sees that there was something.

Joiners of zero width belong to them too, without exception: the scripts that need them join letters more beautifully
with them, but can be read without, and an emoji of several people comes apart into these.
"""

from unicodedata import category

UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffe\uffff")
"""Letters and signs that are blank all the same, and two codes that are no characters."""


def tidy(name: str | None) -> str:
    """A name on one line: nothing unseen in it, and spaces do not pile up."""
    return " ".join("".join(" " if sign.isspace() else "" if _unseen(sign) else sign for sign in name or "").split())


def inert(text: str) -> str:
    """One line that is safe to show: unseen signs, ends of lines among them, as escapes ("\\u202e")."""
    if text.isprintable() and FILLERS.isdisjoint(text):
        return text
    return "".join(_escape(sign) if _unseen(sign) else sign for sign in text)


def inert_lines(text: str) -> str:
    """The same for text that may have several lines."""
    return "\n".join(map(inert, text.split("\n"))) if "\n" in text else inert(text)


def inert_json(text: str) -> str:
    """JSON that is safe to show, and holds the same data: inside strings, JSON has escapes of its own."""
    return "".join(_json_escape(sign) if _unseen(sign) and sign != "\n" else sign for sign in text)


def _unseen(sign: str) -> bool:
    return category(sign) in UNSEEN or sign in FILLERS


def _escape(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if sign.isascii() else sign.encode("ascii", "backslashreplace").decode()


def _json_escape(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
