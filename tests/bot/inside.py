"""Commands in this process: quick, with standard streams that hold bytes."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Ran(Done):
    """How a command ended, with its output as JSON."""

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Inside:
    """Runs `shuping …` in this process."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __call__(self, *arguments: str, given: str | bytes = b"") -> Ran:
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdout", "stderr")}
        source = io.BytesIO(given.encode() if isinstance(given, str) else given)
        with self._patch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(source), "utf-8"))
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            written = {}
            for name, stream in streams.items():
                stream.flush()
                written[name] = stream.buffer.getvalue().decode()
        return Ran(int(ended.value.code or 0), written["stdout"], written["stderr"])


def inside(patch: pytest.MonkeyPatch, home: Path) -> Inside:
    """In Chinese unless a test says otherwise, with no settings of whoever tests."""
    patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    for name in ("LC_ALL", "LC_MESSAGES"):
        patch.delenv(name, raising=False)
    patch.setenv("LANG", "zh_CN.UTF-8")
    return Inside(patch)


def fault(ran: Ran, *parts: str) -> None:
    """Refused as a whole: one sentence a fault on standard error, status 2, nothing scored."""
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("shuping: ")
    assert "Traceback" not in ran.err
    for part in parts:
        assert part in ran.err
