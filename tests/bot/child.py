"""The command away from the settings and files of whoever runs the tests: in this process, or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.reports.characters import use_fonts
from tests.bot.inside import Done, Inside

TRANSCRIPTS = Path(__file__).parent / "transcripts"
COMMAND = (sys.executable, "-m", "bot")
ROOT = Path(__file__).parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The least that a process needs; nothing of `SHUPING_…` comes in from outside."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    home_of = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONPATH": str(ROOT),
    }
    return {**kept, **home_of, "LANG": "zh_CN.UTF-8", **more}


@dataclass(frozen=True)
class Shuping:
    """Runs commands in a folder of their own. `apart`: each in a process of its own, where that is what is tried."""

    folder: Path
    apart: bool = False

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'shuping.sqlite3'}"

    def __call__(self, *arguments: str | bytes, given: str | bytes = "", **more: str) -> Done:
        """Run to the end; no traceback may reach anybody, whatever happens."""
        text = given.encode() if isinstance(given, str) else given
        settings = environment(self.folder, **more)
        done = (self._outside if self.apart else self._inside)(arguments, text, settings)
        assert "Traceback" not in done.err, done.err
        return done

    def _outside(self, arguments: Sequence[str | bytes], given: bytes, settings: Mapping[str, str]) -> Done:
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=given,
            capture_output=True,
            cwd=self.folder,
            env=settings,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _inside(self, arguments: Sequence[str | bytes], given: bytes, settings: Mapping[str, str]) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in {*os.environ} - {*settings}:
                patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(name, value)
            try:
                return Inside(patch)(*map(os.fsdecode, arguments), given=given)
            finally:
                use_fonts(None)

    def chat(self, *lines: str, name: str = "local", lang: str | None = None) -> str:
        """A piped conversation that ends well; what it printed."""
        language = ("--lang", lang) if lang else ()
        given = "".join(f"{line}\n" for line in lines)
        done = self("chat", "--database", self.database, "--as", name, *language, given=given)
        assert (done.status, done.err) == (0, ""), done.err
        return done.out


@pytest.fixture
def shuping(tmp_path: Path) -> Shuping:
    """The command, in an empty folder."""
    return Shuping(tmp_path)


@pytest.fixture
def apart(tmp_path: Path) -> Shuping:
    """The command, in an empty folder and in processes of its own."""
    return Shuping(tmp_path, apart=True)


def sentence(done: Done, *parts: str) -> str:
    """The one sentence with which a command ended that was wrong; nothing was printed."""
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("shuping: ")
    assert done.err.count("\n") == 1
    for part in parts:
        assert part in done.err
    return done.err


def hold_against(name: str, text: str) -> None:
    """Compare with the golden transcript; SHUPING_UPDATE=1 writes it anew."""
    file = TRANSCRIPTS / f"{name}.txt"
    if os.environ.get("SHUPING_UPDATE") == "1":
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, f"{file} differs; SHUPING_UPDATE=1 writes it anew"
