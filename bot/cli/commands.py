"""From a parsed command line to the command; each is imported here, when it is called."""

import argparse
import sys
from contextlib import suppress


def run(parsed: argparse.Namespace, language: str) -> int:
    """Run the command; its exit status."""
    match parsed.command:
        case "chat":
            return _chat(parsed, language)
        case "telegram" | "web" | "serve":
            return _serving(parsed, language)
        case "data":
            from bot.cli.data import data

            return data(parsed, language)
        case "stats":
            from bot.cli.stats import stats

            return stats(parsed, language)
        case "doctor":
            return _doctor(parsed, language)
        case "db":
            return _db(parsed, language)
        case "backup":
            from bot.cli.backup import backup

            return backup(parsed, language)
        case "completion":
            from bot.cli.completion import completion

            return completion(parsed.shell, language)
        case "rubric" if parsed.action == "check":
            from bot.cli.rubric import check_rubric

            return check_rubric(parsed.file, language)
        case _:
            return _with_editions(parsed, language)


def _with_editions(parsed: argparse.Namespace, language: str) -> int:
    """Commands that need no other setting than where the editions are."""
    from bot.settings import find_editions

    find_editions(parsed.env_file)
    match parsed.command:
        case "score":
            from bot.cli.scoring import score

            return score(parsed.file, parsed.profile, parsed.format, language)
        case "compare":
            from bot.cli.scoring import compare_files

            return compare_files(parsed.before, parsed.after, parsed.format, language)
        case "report":
            from bot.cli.report import report

            return report(parsed, language)
        case "verify":
            from bot.cli.verify import verify

            return verify(parsed, language)
        case "answers":
            from bot.cli.answers import print_answers

            return print_answers(parsed, language)
        case "schema":
            from bot.cli.schema import print_schema

            return print_schema(sys.stdout, parsed.shape, parsed.edition)
        case _:
            from bot.cli.rubric import print_rubric

            return print_rubric(sys.stdout, parsed.format, parsed.edition, parsed.lang)


def _db(parsed: argparse.Namespace, language: str) -> int:
    from bot.cli.database import copy_database, upgrade_database

    match parsed.action:
        case "copy":
            return copy_database(parsed, language)
        case "check":
            from bot.cli.check import check_database

            return check_database(parsed, language)
        case _:
            return upgrade_database(parsed, language)


def _doctor(parsed: argparse.Namespace, language: str) -> int:
    from bot.cli.doctor import doctor, health

    if parsed.health:
        return health(language, parsed.env_file)
    return doctor(language, parsed.env_file, online=parsed.online)


def _chat(parsed: argparse.Namespace, language: str) -> int:
    import asyncio

    from bot.delivery.rules import rules_of
    from bot.settings import Settings, load_settings, use_editions
    from bot.terminal.chat import TerminalTalk, chat, painter_here
    from scoring.editions import current
    from storage.opening import absolute, open_store

    settings = load_settings(parsed.env_file)  # also when the database is named: wrong settings are told at once
    use_editions(settings)

    async def talk() -> None:
        url = parsed.database or settings.database_url
        async with await open_store(url) as store:
            named = None if url == Settings().database_url else absolute(url)
            here = painter_here()
            talk = TerminalTalk(store, parsed.name, language, rules_of(settings), current(), here, database=named)
            await chat(talk, parsed.lang, parsed.link)

    with suppress(KeyboardInterrupt):  # every answer so far is saved
        asyncio.run(talk())
    return 0


def _serving(parsed: argparse.Namespace, language: str) -> int:
    from bot.serving.run import Plan, run, whatever_is_configured
    from bot.settings import load_settings, use_editions

    settings = load_settings(parsed.env_file)
    use_editions(settings)
    match parsed.command:
        case "telegram":
            plan = Plan(telegram=True)
        case "web":
            plan = Plan(page=True, drawn=parsed.qr)
        case _:
            plan = whatever_is_configured(settings)
    return run(settings, language, plan)
