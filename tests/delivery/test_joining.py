"""A channel that comes later, such as Telegram when it could not be reached at the start."""

import asyncio

from bot.delivery.reports import Reports
from bot.delivery.worker import Worker
from bot.dialogue.context import Outside
from bot.dialogue.replies import Card, written
from bot.dialogue.situation import CARD
from storage.outbox import Lane, Outgoing
from storage.store import Decision
from tests.delivery.site import RUBRIC, RULES, Site, until


async def test_what_waits_for_a_channel_is_nobodys_until_somebody_has_it(site: Site) -> None:
    """Not even who is told that it waits there takes it, and sets it aside for good as something unknown."""
    ann = await site.person()
    await site.process.kill()
    shown = len(ann.seen)
    outbox = (Outgoing(written(Card()), site.now, CARD, anew=True),)
    applied = await site.store.apply(ann.window, lambda _: Decision(outbox=outbox))
    assert applied
    reports = Reports(site.store, RULES)
    worker = Worker(site.store, (), Outside(lambda: site.now), RULES, RUBRIC, reports)
    running = asyncio.create_task(worker.run())
    worker.take_up(ann.window, applied)
    worker.wake(Lane(ann.window, aside=False))
    await asyncio.sleep(0.05)
    waiting = await site.store.waiting(ann.window)
    assert [queued.key for queued in waiting].count(CARD) == 1
    assert (await site.store.damaged(), len(ann.seen)) == (0, shown)
    worker.join(site.process.channels[0])
    await until(lambda: len(ann.seen) > shown)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await worker.finish()
    await reports.close()
