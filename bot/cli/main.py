"""The console command `shuping`. Each command is imported only when it is used: `--version` is instant."""

import locale
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue, supported

FAILED, MISUSED = 1, 2
PRIVATE = 0o077
"""What we write holds people's answers: nobody else is to read it."""
VERSION = ("-V", "--version")
LANGUAGE = "--lang"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its status: 0 fine, 1 a fault was found, 2 the command or its input was wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
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


def language_of(given: Sequence[str]) -> str:
    """The language that a command line names, also one that is wrong elsewhere; else that of the environment."""
    for argument, following in zip(given, [*given[1:], ""], strict=False):
        name, equals, value = argument.partition("=")
        named = value if equals else following
        if name == LANGUAGE and named in LANGUAGES:
            return named
    return environment_language()


def _run(given: list[str]) -> int:
    try:
        status = _act(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone
        _discard_output()
        return FAILED
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _complain(error, language_of(given))
    return status


def _act(given: list[str]) -> int:
    if given[:1] and given[0] in VERSION:
        print_version()
        return 0
    from bot.cli.parser import CommandLine

    language = language_of(given)
    line = CommandLine(catalogue(language))
    try:
        parsed = line.read(given)
    except SystemExit as ended:  # help was printed, or a misuse told
        return int(ended.code or 0)
    if parsed.version:
        print_version()
    elif parsed.command is None:
        sys.stdout.write(line.listed())
    else:
        from bot.cli.commands import run

        return run(parsed, language)
    return 0


def _complain(error: Exception, language: str) -> int:
    """One sentence; an error that has none is a fault of our own."""
    from bot.words.complaints import complaint
    from flows.text import inert_lines

    sentence = complaint(error, language)
    if sentence is None:
        raise error
    if isinstance(error, OSError) and error.filename is None:
        _discard_output()
    with suppress(OSError):  # nobody can be told
        sys.stderr.write(inert_lines(f"shuping: {sentence}\n"))
    return MISUSED


def _discard_output() -> None:
    """What could not be written is dropped, so that the flush at exit stays silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
