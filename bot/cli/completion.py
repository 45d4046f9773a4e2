"""`shuping completion`: a script that completes commands, options and files, for a shell to read."""

import sys

import shtab

from bot.cli.parser import CommandLine
from locales import catalogue


def completion(shell: str, language: str) -> int:
    """Print the script."""
    line = CommandLine(catalogue(language))
    for file in (file for parser in line.parsers for file in parser.files):
        file.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab's own way
    sys.stdout.write(shtab.complete(line.parser, shell) + "\n")
    return 0
