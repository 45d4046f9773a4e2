"""The command line: every command with its options, in the language of whoever reads it."""

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from typing_extensions import override

from flows.session import FirmKind
from flows.text import inert
from locales import LANGUAGES, Catalogue

MISUSED = 2
LONGEST_SHOWN = 200
"""Characters of a wrong argument that are shown."""
SHELLS = ("bash", "zsh", "fish")
SHAPES = ("answers", "result", "rubric")
CENTURY = range(2000, 2100)
"""Years in which something can have been assessed."""
KEPT = 7
"""So many backups stay, unless somebody says otherwise."""
STDIO = "-"
"""As a file: standard input, or standard output."""

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


def a_day(given: str) -> date:
    """A day as an argument: 2026-11-30. Raises ValueError."""
    day = date.fromisoformat(given)
    if day.year not in CENTURY:
        raise ValueError(given)
    return day


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
    return text(f"cli.misused.{MISUSES.get(begins, 'other')}", **{key: inert(part) for key, part in details.items()})


class Parser(argparse.ArgumentParser):
    """argparse, with our words for all that it says by itself. `files`: the arguments that name files."""

    def __init__(self, *, text: Catalogue, **options: Any) -> None:
        def formatter(prog: str) -> argparse.HelpFormatter:
            return _Formatter(prog, text)

        super().__init__(**options, add_help=False, formatter_class=formatter)
        self.text = text
        self.files: list[argparse.Action] = []
        self.add_argument("-h", "--help", action="help", help=text("cli.help"))

    def add_file(self, *names: str, **options: Any) -> argparse.Action:
        """An argument that names a file."""
        action = self.add_argument(*names, **options)
        self.files.append(action)
        return action

    def add_language(self) -> None:
        """The language of what is printed; the one named before the command is left alone where none is named here."""
        self.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=self.text("cli.lang"))

    @override
    def error(self, message: str) -> NoReturn:
        self.refuse(misuse(message, self.text))

    def refuse(self, why: str) -> NoReturn:
        """End with a sentence."""
        self.exit(MISUSED, f"shuping: {self.text('cli.misused', message=why, command=self.prog)}\n")


class _Formatter(argparse.HelpFormatter):
    """Help under our headings."""

    def __init__(self, prog: str, text: Catalogue) -> None:
        super().__init__(prog)
        self._usage = text("cli.usage")
        self._headings = {"positional arguments": text("cli.arguments"), "options": text("cli.options")}

    @override
    def start_section(self, heading: str | None) -> None:
        super().start_section(self._headings.get(heading or "", heading))

    @override
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, self._usage if prefix is None else prefix)


class CommandLine:
    """All commands. `summaries` says of each, in a line, what it does; `parsers` are those of all commands."""

    def __init__(self, text: Catalogue) -> None:
        self.text = text
        self.summaries: dict[str, str] = {}
        self.parser = Parser(text=text, prog="shuping", description=text("cli.description"), epilog=text("cli.epilog"))
        self.parser.add_argument("-V", "--version", action="store_true", help=text("cli.version"))
        self.parser.add_file("--env-file", metavar="FILE", type=Path, help=text("cli.env_file"))
        self.parser.add_argument("--lang", choices=LANGUAGES, help=text("cli.lang"))
        self.parsers = [self.parser]
        self._commands = self._within(self.parser, "command")
        self._add_talking()
        self._add_files()
        self._add_stored()
        self._add_operation()

    def read(self, given: list[str]) -> argparse.Namespace:
        """What was asked for. SystemExit after a question for help, or a misuse that was told."""
        parsed = self.parser.parse_args(given)
        self._once(parsed, "file", "before", "after", "batch")
        self._once(parsed, "pdf", "xlsx", "png", "zip")
        return parsed

    def _once(self, parsed: argparse.Namespace, *names: str) -> None:
        """A stream can be read, or written, once."""
        if [str(getattr(parsed, name, None)) for name in names].count(STDIO) > 1:
            self.parser.refuse(self.text("cli.misused.stream"))

    def listed(self) -> str:
        """What there is, a line each: for who comes by and asks nothing."""
        widest = max(map(len, self.summaries))
        lines = [f"  {name:{widest}}  {summary}" for name, summary in self.summaries.items()]
        return "\n".join([self.text("cli.description"), "", *lines, "", self.text("cli.more")]) + "\n"

    def _within(self, parser: Parser, dest: str, *, required: bool = False) -> Any:
        return parser.add_subparsers(
            dest=dest, required=required, metavar=self.text("cli.command"), title=self.text("cli.commands"),
            parser_class=Parser,
        )  # fmt: skip

    def _command(self, name: str, summary: str) -> Parser:
        self.summaries[name] = summary
        return self._add(self._commands, name, summary)

    def _add(self, among: Any, name: str, summary: str) -> Parser:
        parser: Parser = among.add_parser(name, help=summary, description=summary, text=self.text)
        self.parsers.append(parser)
        return parser

    def _add_talking(self) -> None:
        text = self.text
        chat = self._command("chat", text("cli.chat"))
        chat.add_argument("--database", metavar="URL", help=text("cli.database"))
        chat.add_language()
        chat.add_argument("--as", dest="name", metavar="NAME", type=inert, default="local", help=text("cli.as"))
        chat.add_argument("--link", metavar="CODE", help=text("cli.link"))
        self._command("telegram", text("cli.telegram"))
        web = self._command("web", text("cli.web"))
        web.add_argument("--qr", action="store_true", help=text("cli.web.qr"))
        self._command("serve", text("cli.serve"))

    def _add_files(self) -> None:
        text = self.text
        score = self._command("score", text("cli.score"))
        score.add_file("file", nargs="?", default=STDIO, metavar="FILE", help=text("cli.score.file"))
        score.add_argument("--profile", metavar="NAME", help=text("cli.profile"))
        score.add_argument("--format", choices=("json", "text"), default="json", help=text("cli.format"))
        score.add_language()
        compare = self._command("compare", text("cli.compare"))
        compare.add_file("before", metavar="BEFORE", help=text("cli.compare.before"))
        compare.add_file("after", metavar="AFTER", help=text("cli.compare.after"))
        compare.add_argument("--format", choices=("json", "text"), default="json", help=text("cli.format"))
        compare.add_language()
        self._add_report(self._command("report", text("cli.report")))
        self._add_verify(self._command("verify", text("cli.verify")))
        self._add_rubric(self._command("rubric", text("cli.rubric")))
        schema = self._command("schema", text("cli.schema"))
        schema.add_argument("shape", nargs="?", choices=SHAPES, default=SHAPES[0], help=text("cli.schema.shape"))
        schema.add_argument("--edition", metavar="ID", help=text("cli.rubric.edition"))

    def _add_report(self, report: Parser) -> None:
        text = self.text
        report.add_file("file", nargs="?", metavar="ANSWERS", help=text("cli.report.file"))
        report.add_argument("--session", metavar="NAME", type=inert, help=text("cli.report.session"))
        self._add_which(report)
        report.add_file("--before", metavar="ANSWERS", help=text("cli.report.before"))
        report.add_argument("--before-on", metavar="DATE", type=a_day, help=text("cli.report.before_on"))
        self._add_firm(report)
        report.add_file("--pdf", metavar="FILE", help=text("cli.report.pdf"))
        report.add_file("--xlsx", metavar="FILE", help=text("cli.report.xlsx"))
        report.add_file("--png", metavar="FILE", help=text("cli.report.png"))
        report.add_file("--zip", metavar="FILE", help=text("cli.report.zip"))
        report.add_argument("--on", metavar="DATE", type=a_day, help=text("cli.report.on"))
        report.add_file("--batch", metavar="FILE", help=text("cli.report.batch"))
        report.add_file("--out", metavar="FOLDER", type=Path, help=text("cli.report.out"))
        report.add_argument("--kinds", metavar="KINDS", help=text("cli.report.kinds"))
        report.add_argument("--jobs", metavar="N", type=_at_least_one, help=text("cli.report.jobs"))
        report.add_argument("--force", action="store_true", help=text("cli.report.force"))
        report.add_argument("--profile", metavar="NAME", help=text("cli.profile"))
        report.add_language()

    def _add_verify(self, verify: Parser) -> None:
        text = self.text
        verify.add_file("paper", nargs="+", metavar="FILE|CODE", help=text("cli.verify.paper"))
        verify.add_file("--key", metavar="FILE", type=Path, help=text("cli.verify.key"))
        verify.add_argument("--database", metavar="URL", help=text("cli.database"))
        verify.add_argument("--format", choices=("json", "text"), default="text", help=text("cli.format"))
        verify.add_language()

    def _add_firm(self, report: Parser) -> None:
        """What the paper tells of the firm."""
        text = self.text
        report.add_argument("--firm", metavar="NAME", help=text("cli.report.firm"))
        report.add_argument("--kind", choices=[kind.value for kind in FirmKind], help=text("cli.report.kind"))
        report.add_argument("--credit-code", metavar="CODE", help=text("cli.report.credit_code"))
        report.add_argument("--industry", metavar="TEXT", help=text("cli.report.industry"))
        report.add_argument("--region", metavar="TEXT", help=text("cli.report.region"))
        report.add_argument("--contact", metavar="TEXT", help=text("cli.report.contact"))

    def _add_which(self, command: Parser) -> None:
        """Which of the assessments that are stored of somebody."""
        text = self.text
        command.add_argument("--of", metavar="FIRM", help=text("cli.of"))
        command.add_argument("--number", metavar="N", type=int, help=text("cli.number"))
        command.add_argument("--database", metavar="URL", help=text("cli.database"))

    def _add_rubric(self, rubric: Parser) -> None:
        text = self.text
        rubric.add_argument("--edition", metavar="ID", help=text("cli.rubric.edition"))
        rubric.add_argument("--format", choices=("json", "markdown"), default="json", help=text("cli.format"))
        rubric.add_language()
        check = self._add(self._within(rubric, "action"), "check", text("cli.rubric.check"))
        check.add_file("file", metavar="FILE", type=Path, help=text("cli.rubric.check.file"))

    def _add_stored(self) -> None:
        text = self.text
        answers = self._command("answers", text("cli.answers"))
        self._add_as(answers)
        self._add_which(answers)
        data = self._within(self._command("data", text("cli.data")), "action", required=True)
        export = self._add(data, "export", text("cli.data.export"))
        delete = self._add(data, "delete", text("cli.data.delete"))
        purge = self._add(data, "purge", text("cli.data.purge"))
        self._add_as(export)
        self._add_as(delete)
        delete.add_argument("--yes", action="store_true", help=text("cli.data.yes"))
        purge.add_argument("--dry-run", action="store_true", help=text("cli.data.dry_run"))
        for action in (export, delete, purge):
            action.add_argument("--database", metavar="URL", help=text("cli.database"))

    def _add_as(self, command: Parser) -> None:
        command.add_argument(
            "--as", dest="name", metavar="NAME", type=inert, required=True, help=self.text("cli.data.as")
        )

    def _add_operation(self) -> None:
        text = self.text
        doctor = self._command("doctor", text("cli.doctor"))
        doctor.add_argument("--online", action="store_true", help=text("cli.doctor.online"))
        doctor.add_argument("--health", action="store_true", help=text("cli.doctor.health"))
        self._add_database(self._within(self._command("db", text("cli.db")), "action", required=True))
        self._add_backup(self._command("backup", text("cli.backup")))
        self._add_stats(self._command("stats", text("cli.stats")))
        completion = self._command("completion", text("cli.completion"))
        completion.add_argument("shell", choices=SHELLS, help=text("cli.completion.shell"))

    def _add_database(self, db: Any) -> None:
        text = self.text
        copy = self._add(db, "copy", text("cli.db.copy"))
        copy.add_argument("source", metavar="FROM", help=text("cli.db.copy.from"))
        copy.add_argument("target", metavar="TO", help=text("cli.db.copy.to"))
        upgrade = self._add(db, "upgrade", text("cli.db.upgrade"))
        check = self._add(db, "check", text("cli.db.check"))
        for action in (upgrade, check):
            action.add_argument("--database", metavar="URL", help=text("cli.database"))

    def _add_stats(self, stats: Parser) -> None:
        text = self.text
        stats.add_argument("--audit", action="store_true", help=text("cli.stats.audit"))
        stats.add_argument("--format", choices=("text", "json"), default="text", help=text("cli.format"))
        stats.add_argument("--database", metavar="URL", help=text("cli.database"))
        stats.add_language()

    def _add_backup(self, backup: Parser) -> None:
        text = self.text
        backup.add_file("--to", metavar="FOLDER", type=Path, help=text("cli.backup.to"))
        backup.add_argument("--keep", metavar="N", type=_at_least_one, default=KEPT, help=text("cli.backup.keep"))
        backup.add_argument("--database", metavar="URL", help=text("cli.database"))


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
