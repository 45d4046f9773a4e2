"""The command line itself: it speaks the person's language, says what it can do, and is completed by shells."""

import re
import shutil
import subprocess
from argparse import _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import language_of
from bot.cli.parser import SHELLS, CommandLine, Parser
from locales import LANGUAGES, catalogue
from tests.bot.inside import Inside
from tests.bot.test_score import TEXT
from tests.locales.test_catalogues import HAN

EVERY = pytest.mark.parametrize("language", LANGUAGES)
BY_ITSELF = (
    "usage:",
    "positional arguments",
    "options:",
    "show this help",
    "invalid choice",
    "required",
    "choose from",
)


@EVERY
def test_alone_it_says_what_it_can_do(run: Inside, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", language.replace("-", "_"))
    ran = run()
    assert (ran.status, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines() if line.startswith("  ")]
    line = CommandLine(catalogue(language))
    assert [name for name, *_ in lines] == list(line.summaries)
    assert all(len(rest) > 0 for _, *rest in lines)
    assert run("--lang", language).out == ran.out
    assert len(ran.out.splitlines()) <= 24


def commands(parser: Parser, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield name
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for command, inner in action.choices.items():
                yield from commands(inner, (*name, command))


NAMES = [*commands(CommandLine(catalogue("en")).parser)]


@EVERY
@pytest.mark.parametrize("name", NAMES, ids=" ".join)
def test_all_that_is_said_of_a_command_is_in_one_language(run: Inside, name: tuple[str, ...], language: str) -> None:
    told = run("--lang", language, *name, "--help").out
    text = catalogue(language)
    assert told.startswith(text("cli.usage"))
    assert text("cli.help") in told
    if language != "en":
        assert not [words for words in BY_ITSELF if words in told]
    else:
        assert not re.search(HAN, told)


@pytest.mark.parametrize(
    ("given", "language"),
    [
        (["score", "--lang", "en"], "en"),
        (["score", "--lang=zh-Hant", "--nonsense"], "zh-Hant"),
        (["--lang", "en"], "en"),
        (["score", "--lang"], "zh-Hans"),
        (["score", "--lang", "fr"], "zh-Hans"),
        ([], "zh-Hans"),
    ],
)
def test_the_language_that_is_named_holds_for_errors_too(
    monkeypatch: pytest.MonkeyPatch, given: list[str], language: str
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert language_of(given) == language


def test_score_and_compare_speak_the_language_named(run: Inside, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(TEXT, encoding="utf-8")
    file = str(tmp_path / "a.json")
    assert "Score: 35.00" in run("score", file, "--format", "text", "--lang", "en").out
    assert "數位" in run("score", file, "--format", "text", "--lang", "zh-Hant").out
    assert "Score: 35.00" in run("compare", file, file, "--format", "text", "--lang", "en").out
    assert run("score", "--lang", "en", given='{"answers": {"q5": "Z"}}').err.startswith(
        "shuping: answers.q5: there is"
    )
    assert run("score", "--nonsense", "--lang", "en").err == (
        "shuping: that command is not right: --nonsense is not known. See shuping --help.\n"
    )


@pytest.mark.parametrize("arguments", [("-V",), ("--version",), ("--lang", "en", "-V")])
def test_the_version(run: Inside, arguments: tuple[str, ...]) -> None:
    assert (run(*arguments).status, run(*arguments).out) == (0, "shuping 0.1.0\n")


# completion

ASKS = {
    "bash": """
source "$1"
complete_for() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMPREPLY=()
    _shtab_shuping
    printf '%s\\n' "${COMPREPLY[@]}"
}
complete_for shuping sc
complete_for shuping score --la
complete_for shuping score --lang zh
""",
    "fish": """
source $argv[1]
complete -C 'shuping sc'
complete -C 'shuping score --la'
complete -C 'shuping score --lang zh'
""",
}


@EVERY
@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_every_shell_names_every_command(run: Inside, shell: str, language: str) -> None:
    script = run("--lang", language, "completion", shell)
    assert (script.status, script.err) == (0, "")
    assert all(name in script.out for command in NAMES for name in command)
    assert "--env-file" in script.out or "env-file" in script.out


@pytest.mark.parametrize("shell", ASKS)
def test_a_shell_completes_commands_options_and_choices(run: Inside, tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"needs {shell}")
    (tmp_path / "script").write_text(run("completion", shell).out, encoding="utf-8")
    (tmp_path / "ask").write_text(ASKS[shell], encoding="utf-8")
    done = subprocess.run([program, "ask", "./script"], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = [line.split("\t")[0].strip() for line in done.stdout.splitlines()]
    assert {"score", "--lang", "zh-Hans", "zh-Hant"} <= set(said)


def test_zsh_reads_the_script(run: Inside, tmp_path: Path) -> None:
    program = shutil.which("zsh")
    if program is None:
        pytest.skip("needs zsh")
    (tmp_path / "_shuping").write_text(run("completion", "zsh").out, encoding="utf-8")
    subprocess.run([program, "-n", str(tmp_path / "_shuping")], check=True)
