"""Capture the conversations in the two READMEs afresh; with --check only say whether they are current.

A conversation is a fenced block after a marker that names its language. Lines that begin with "› " are what is
typed; everything else is what the program really says to it, from a fresh start.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PROMPT = "›"
BLOCK = re.compile(r"(<!-- conversation: (?P<language>[\w-]+) -->\n```text\n)(?P<talk>.*?)(```\n)", re.DOTALL)


def capture(language: str, lines: Sequence[str]) -> str:
    """A real conversation, with every line of input where it was typed.

    What is shown after the first n lines is a prefix of what is shown after n + 1, so the difference is what
    the last line led to.
    """
    shown = [_output(language, lines[:count]) for count in range(len(lines) + 1)]
    parts = [shown[0]]
    for line, before, after in zip(lines, shown, shown[1:], strict=False):
        parts += [f"{PROMPT} {line}".rstrip() + "\n", after[len(before) :]]
    return "".join(parts)


def _output(language: str, lines: Sequence[str]) -> str:
    """What the lines lead to, without the farewell at the end of input."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'capture.sqlite3'}"
        command = [sys.executable, "-m", "bot", "chat", "--database", url, "--lang", language]
        text = "".join(f"{line}\n" for line in lines)
        done = subprocess.run(  # noqa: S603  # our own program
            command, input=text, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT
        )
    return "".join(done.stdout.splitlines(keepends=True)[:-1])


def typed(talk: str) -> list[str]:
    """The lines of input in a conversation."""
    return [line[len(PROMPT) :].strip() for line in talk.splitlines() if line.startswith(PROMPT)]


def recaptured(text: str) -> str:
    """The document with fresh conversations."""
    return BLOCK.sub(lambda m: m[1] + capture(m["language"], typed(m["talk"])) + m[4], text)


def main() -> int:
    """Write the conversations, or check them; 1 if one is out of date."""
    status = 0
    for name in READMES:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        fresh = recaptured(text)
        if "--check" not in sys.argv:
            path.write_text(fresh, encoding="utf-8")
        elif text != fresh:
            print(f"{name}: the conversation is out of date; run `make docs`")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
