"""From the command to the first words, beside what Python itself and pydantic's import take."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pexpect

from bench.table import Row, at_most, duration
from bench.timing import Work, plain_env, turns
from locales import catalogue

SHUPING = str(Path(sys.executable).with_name("shuping"))
PASS, PYDANTIC = "python -c pass", 'python -c "import pydantic"'
ROUNDS = 15


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, closing(Screens(folder)) as screens:
        work: dict[str, Work] = {
            PASS: partial(_run, sys.executable, "-c", "pass"),
            PYDANTIC: partial(_run, sys.executable, "-c", "import pydantic"),
            "version": partial(_run, SHUPING, "--version"),
            "chat": screens.first_card,
        }
        times = turns(work, ROUNDS)
    typical = {name: median(each) for name, each in times.items()}
    for name in (PASS, PYDANTIC):
        yield Row(name, duration(typical[name]))
    for name, what, limit in (("version", "shuping --version", 0.25), ("chat", "shuping chat, to the first card", 0.8)):
        yield at_most(what, typical[name], limit)
        for floor in (PASS, PYDANTIC):
            longer = f"{typical[name] / typical[floor]:.2f}"
            yield Row("the same beside", duration(typical[name]), f"{floor}: {duration(typical[floor])}", longer)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=plain_env())


class Screens:
    """Chats on terminals of their own; the first visit makes the database, the others find it."""

    def __init__(self, folder: str) -> None:
        self._arguments = ["chat", "--database", f"sqlite:///{folder}/chat.sqlite3"]
        self._words = catalogue("en")("welcome.title")
        self._open: list[pexpect.spawn[str]] = []
        self.first_card()

    def first_card(self) -> None:
        """Start a chat, and wait until the card's title is there."""
        env = {**plain_env(), "LC_ALL": "en_GB.UTF-8", "TERM": "xterm"}
        chat = pexpect.spawn(SHUPING, self._arguments, env=env, encoding="utf-8", dimensions=(40, 100))
        self._open.append(chat)
        chat.expect_exact(self._words)

    def close(self) -> None:
        """End them all."""
        for chat in self._open:
            chat.close(force=True)
