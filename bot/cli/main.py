"""The console command `shuping`. Each command is imported only when it is used: `--version` is instant."""

import argparse
import locale
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from typing_extensions import override

from locales import DEFAULT_LANGUAGE, LANGUAGES, Catalogue, catalogue, supported

FAILED, MISUSED = 1, 2
LONGEST_SHOWN = 200
"""Characters of a wrong argument that are shown."""
PRIVATE = 0o077
"""What we write holds people's answers: nobody else is to read it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its status: 0 fine, 1 a fault was found, 2 the command or its input was wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--version"]:
        print_version()
        sys.exit(0)
    os.umask(PRIVATE)
    _open_streams()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins costs 30 ms; there are none
    sys.exit(_run(given))


def print_version() -> None:
    """The installed version."""
    from importlib.metadata import version

    sys.stdout.write(f"shuping {version('shuping')}\n")


def _open_streams() -> None:
    """UTF-8 everywhere; what cannot be written is escaped. A stream that the caller closed is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace" if mode == "w" else "strict")


def environment_language() -> str:
    """The language of the environment, if it is one of ours; else Chinese."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if tag := os.environ.get(variable):
            return supported(tag) or DEFAULT_LANGUAGE
    return supported(locale.getlocale()[0] or "") or DEFAULT_LANGUAGE


def _run(given: list[str]) -> int:
    from bot.cli.commands import run
    from bot.words.complaints import complaint
    from flows.text import inert_lines

    language = environment_language()
    text = catalogue(language)
    parsed = _parser(text).parse_args(given)
    try:
        status = run(parsed, parsed.lang or language)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone
        _discard_output()
        return FAILED
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = complaint(error, parsed.lang or language)
        if sentence is None:
            raise
        if isinstance(error, OSError) and error.filename is None:
            _discard_output()
        sys.stderr.write(inert_lines(f"shuping: {sentence}\n"))
        return MISUSED
    return status


def _discard_output() -> None:
    """What could not be written is dropped, so that the flush at exit stays silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _readable(text: str) -> str:
    """An argument with what cannot be stored or seen escaped: different names stay different."""
    from flows.text import inert

    return inert(text)


MISUSES = {
    "the following arguments are required: ": "missing",
    "unrecognized arguments: ": "unknown",
    "ambiguous option: ": "ambiguous",
    "expected ": "value",
    "ignored explicit argument ": "no_value",
    "invalid choice: ": "choice",
    "invalid ": "invalid",
    "not allowed with argument ": "together",
}
"""How the complaints of argparse begin; each has a text `cli.misused.<kind>`."""
AMONG = (" (choose from ", " could match ")
"""What stands there between what was given and what there is."""


def misuse(message: str, text: Catalogue) -> str:
    """A complaint of argparse in our words: "argument --lang: invalid choice: 'x' (choose from 'zh-Hans', 'en')"."""
    named, _, rest = message.removeprefix("argument ").partition(": ")
    argument, told = (named, rest) if message.startswith("argument ") else ("", message)
    begins = next((begins for begins in MISUSES if told.startswith(begins)), told)
    given, others = told.removeprefix(begins), ""
    for sign in AMONG:
        if sign in given:
            given, _, others = given.rpartition(sign)
    details = {"argument": argument, "given": given[:LONGEST_SHOWN], "others": others.removesuffix(")")}
    return text(
        f"cli.misused.{MISUSES.get(begins, 'other')}", **{key: _readable(part) for key, part in details.items()}
    )


class _Parser(argparse.ArgumentParser):
    """argparse with our own words for its complaints."""

    text: Catalogue

    @override
    def error(self, message: str) -> NoReturn:
        told = self.text("cli.misused", message=misuse(message, self.text), command=self.prog)
        self.exit(MISUSED, f"shuping: {told}\n")


def _parser(text: Catalogue) -> argparse.ArgumentParser:
    class Parser(_Parser):
        pass

    Parser.text = text
    parser = Parser(prog="shuping", description=text("cli.description"), epilog=text("cli.epilog"))
    parser.add_argument("--version", action="store_true", help=text("cli.version"))
    parser.add_argument("--env-file", metavar="FILE", type=Path, help=text("cli.env_file"))
    parser.set_defaults(lang=None)
    commands = parser.add_subparsers(dest="command", required=True, metavar=text("cli.command"))

    chat = commands.add_parser("chat", help=text("cli.chat"), description=text("cli.chat"))
    chat.add_argument("--database", metavar="URL", help=text("cli.database"))
    chat.add_argument("--lang", choices=LANGUAGES, help=text("cli.lang"))
    chat.add_argument("--as", dest="name", metavar="NAME", type=_readable, default="local", help=text("cli.as"))
    chat.add_argument("--link", metavar="CODE", help=text("cli.link"))

    commands.add_parser("telegram", help=text("cli.telegram"), description=text("cli.telegram"))

    score = commands.add_parser("score", help=text("cli.score"), description=text("cli.score"))
    score.add_argument("file", nargs="?", default="-", metavar="FILE", help=text("cli.score.file"))
    score.add_argument("--profile", metavar="NAME", help=text("cli.profile"))
    score.add_argument("--format", choices=("json", "text"), default="json", help=text("cli.format"))

    compare = commands.add_parser("compare", help=text("cli.compare"), description=text("cli.compare"))
    compare.add_argument("before", metavar="BEFORE", help=text("cli.compare.before"))
    compare.add_argument("after", metavar="AFTER", help=text("cli.compare.after"))
    compare.add_argument("--format", choices=("json", "text"), default="json", help=text("cli.format"))

    _add_report(commands.add_parser("report", help=text("cli.report"), description=text("cli.report")), text)

    _add_rubric(commands.add_parser("rubric", help=text("cli.rubric"), description=text("cli.rubric")), text)

    _add_data(commands.add_parser("data", help=text("cli.data"), description=text("cli.data")), text)

    doctor = commands.add_parser("doctor", help=text("cli.doctor"), description=text("cli.doctor"))
    doctor.add_argument("--online", action="store_true", help=text("cli.doctor.online"))
    doctor.add_argument("--health", action="store_true", help=text("cli.doctor.health"))
    return parser


def _add_rubric(rubric: argparse.ArgumentParser, text: Catalogue) -> None:
    rubric.add_argument("--edition", metavar="ID", help=text("cli.rubric.edition"))
    rubric.add_argument("--format", choices=("json", "markdown"), default="json", help=text("cli.format"))
    rubric.add_argument("--lang", choices=LANGUAGES, help=text("cli.lang"))
    actions = rubric.add_subparsers(dest="action", metavar=text("cli.command"))
    check = actions.add_parser("check", help=text("cli.rubric.check"), description=text("cli.rubric.check"))
    check.add_argument("file", metavar="FILE", type=Path, help=text("cli.rubric.check.file"))


def _add_data(data: argparse.ArgumentParser, text: Catalogue) -> None:
    actions = data.add_subparsers(dest="action", required=True, metavar=text("cli.command"))
    export = actions.add_parser("export", help=text("cli.data.export"), description=text("cli.data.export"))
    delete = actions.add_parser("delete", help=text("cli.data.delete"), description=text("cli.data.delete"))
    purge = actions.add_parser("purge", help=text("cli.data.purge"), description=text("cli.data.purge"))
    for action in (export, delete):
        action.add_argument(
            "--as", dest="name", metavar="NAME", type=_readable, required=True, help=text("cli.data.as")
        )
    delete.add_argument("--yes", action="store_true", help=text("cli.data.yes"))
    purge.add_argument("--dry-run", action="store_true", help=text("cli.data.dry_run"))
    for action in (export, delete, purge):
        action.add_argument("--database", metavar="URL", help=text("cli.database"))


def _add_report(report: argparse.ArgumentParser, text: Catalogue) -> None:
    report.add_argument("file", nargs="?", metavar="ANSWERS", help=text("cli.report.file"))
    report.add_argument("--session", metavar="NAME", type=_readable, help=text("cli.report.session"))
    report.add_argument("--database", metavar="URL", help=text("cli.database"))
    report.add_argument("--before", metavar="ANSWERS", help=text("cli.report.before"))
    report.add_argument("--firm", metavar="NAME", help=text("cli.report.firm"))
    report.add_argument("--pdf", metavar="FILE", help=text("cli.report.pdf"))
    report.add_argument("--xlsx", metavar="FILE", help=text("cli.report.xlsx"))
    report.add_argument("--png", metavar="FILE", help=text("cli.report.png"))
    report.add_argument("--force", action="store_true", help=text("cli.report.force"))
    report.add_argument("--profile", metavar="NAME", help=text("cli.profile"))
    report.add_argument("--lang", choices=LANGUAGES, help=text("cli.lang"))
