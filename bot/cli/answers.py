"""`shuping answers`: what is stored of somebody, in the form of an answer file."""

import argparse
import asyncio
import sys

from bot.cli.stored import find_stored
from flows.answer_file import written
from flows.text import inert_json
from scoring.editions import load_rubric


def print_answers(parsed: argparse.Namespace, language: str) -> int:
    """Print the answers, so that `shuping score` gives the stored result. Raises ReportError, StorageError."""
    session, _ = asyncio.run(find_stored(parsed, parsed.name, language))
    sys.stdout.write(inert_json(written(load_rubric(session.rubric), session.record, session.firm.name)))
    return 0
