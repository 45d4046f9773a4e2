"""`shuping stats`: how many, how far, what waits; and what was told to very many, by whom."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.settings import load_settings, use_editions
from bot.words.sections import Section
from bot.words.stats import everything, figure
from bot.words.wording import Medium, Wording, wording
from flows.text import inert, inert_json
from scoring.editions import current
from storage.broadcasts import Done, Record
from storage.opening import open_present
from storage.stats import Stats
from storage.store import Store

DIGITS = 12
"""Of a digest that are shown."""


def stats(parsed: argparse.Namespace, language: str) -> int:
    """Print it. Raises StorageError, SettingsError."""
    settings = load_settings(parsed.env_file)
    use_editions(settings)

    async def run() -> str:
        async with await open_present(parsed.database or settings.database_url) as store:
            words = wording(language, current().id, Medium.TYPING)
            return await (_audit if parsed.audit else _stats)(store, words, as_json=parsed.format == "json")

    sys.stdout.write(asyncio.run(run()))
    return 0


async def _stats(store: Store, words: Wording, *, as_json: bool) -> str:
    counted = await store.stats(datetime.now(UTC))
    return _json(stats_json(counted)) if as_json else _table(everything(counted, words))


async def _audit(store: Store, words: Wording, *, as_json: bool) -> str:
    records = await store.audit()
    return _json([_record_json(record) for record in records]) if as_json else _table([_audited(records, words)])


def stats_json(counted: Stats) -> dict[str, Any]:
    """In the shape that `docs/operate.md` describes; what nobody is in is left out of a table."""
    return {
        "at": counted.at.isoformat(),
        "dossiers": counted.dossiers,
        "unfinished": counted.unfinished,
        "finished": counted.finished,
        "phases": dict(counted.phases),
        "funnel": dict(counted.funnel),
        "answered": {str(answered): number for answered, number in sorted(counted.answered.items())},
        "grades": {str(grade): number for grade, number in sorted(counted.grades.items())},
        "windows": {
            channel: {
                "all": number,
                "blocked": counted.blocked.get(channel, 0),
                "silent": counted.silent.get(channel, 0),
            }
            for channel, number in sorted(counted.windows.items())
        },
        "outbox": {
            urgency.name.lower(): {
                "waiting": number,
                "due": counted.due.get(urgency, 0),
                "oldest": counted.oldest[urgency].isoformat() if urgency in counted.oldest else None,
            }
            for urgency, number in sorted(counted.outbox.items())
        },
        "aside": counted.aside,
    }


def _record_json(record: Record) -> dict[str, Any]:
    return {
        "at": record.at.isoformat(),
        "by": record.by or None,
        "done": record.done,
        "broadcast": record.broadcast,
        "sha256": record.digest,
        "audience": record.audience,
        "count": record.count,
    }


def _audited(records: Iterable[Record], words: Wording) -> Section:
    lines = tuple(_audit_line(record, words) for record in records)
    return Section(words.text("stats.audit"), lines or (words.text("stats.audit.none"),))


def _audit_line(record: Record, words: Wording) -> str:
    """What came to its end by itself was done by nobody."""
    by = inert(record.by) or words.text("stats.audit.nobody")
    return words.text(
        "stats.audit.line",
        at=f"{record.at:%Y-%m-%d %H:%M:%S} UTC",
        done=words.text(f"stats.audit.{record.done}"),
        audience=words.text(f"broadcast.audience.{record.audience}"),
        number=figure(record.count),
        digest=record.digest[:DIGITS],
        by="" if record.done is Done.ENDED else by,
    ).rstrip()


def _table(sections: Iterable[Section]) -> str:
    return "\n\n".join(map("\n".join, map(_lines, sections))) + "\n"


def _lines(section: Section) -> Iterator[str]:
    if section.title:
        yield section.title
    yield from (f"  {line}" if section.title else line for line in section.lines)


def _json(value: Any) -> str:
    return inert_json(json.dumps(value, ensure_ascii=False, indent=1)) + "\n"
