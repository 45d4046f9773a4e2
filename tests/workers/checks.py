"""What has to hold at the end: by the pure conversation, by what arrived in Telegram, and by what is stored."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from time import monotonic, time

from bot.dialogue.reminders import unfinished
from bot.dialogue.replies import Text, read
from storage.memory import MemoryStore
from storage.outbox import Lane
from storage.store import Decision
from tests.telegram.e2e.test_stale import expected, keyboard
from tests.telegram.e2e.walking import is_detail
from tests.telegram.faults import Call
from tests.web.crowd import Commit, played, same
from tests.workers.campaign import Campaign
from tests.workers.people import Tapper, is_reminder, text_of, version_of

SETTLED_WITHIN = 90.0
UNCHANGED = "message is not modified"


async def settled(campaign: Campaign) -> None:
    """Until nothing is on its way any more: every update was taken, and every outbox is empty."""
    api = campaign.town.api
    async with asyncio.timeout(SETTLED_WITHIN):
        while api.updates.count or await campaign.crew.waiting():  # noqa: ASYNC110  # in other processes
            await asyncio.sleep(0.2)
    await api.quiet(0.5, within=30)
    campaign.town.note()


async def holds(campaign: Campaign) -> Counter[str]:
    """All of it; gives what was sent twice, by kind."""
    committed = await campaign.crew.commits()
    texts = await answers_are_the_models(campaign, committed)
    reminders = await campaign.crew.reminders()
    twice: Counter[str] = Counter()
    for tapper in campaign.tappers:
        calls = arrived(campaign, tapper)
        in_order(calls, tapper)
        await shows_what_is_stored(campaign, tapper)
        for kind, more in surplus(calls, texts[tapper.window], reminders[tapper.window]).items():
            lane = Lane(tapper.window, kind == "reminder")
            assert more <= campaign.crew.in_hand[lane], f"{more} {kind} too many\n{story(tapper, calls)}"
            twice[kind] += more
        await reminded(campaign, tapper, calls)
    return twice


async def answers_are_the_models(campaign: Campaign, committed: Sequence[Commit]) -> Mapping[str, list[str]]:
    """Each update was applied once, and what is stored is what they come to; gives the texts to each window."""
    sent, taken = campaign.crowd.sent, Counter(commit.key for commit in committed)
    assert campaign.town.told.unseen == [], "Telegram's own mistake"
    assert max(taken.values()) == 1
    assert {*sent} - campaign.crowd.refused <= {*taken} <= {*sent}, "all, and nothing else"
    texts: defaultdict[str, list[str]] = defaultdict(list)

    def decided(window: str, decision: Decision) -> None:
        replies = [read(outgoing.reply) for outgoing in decision.outbox if outgoing.key is None]
        texts[window] += [(*reply.buttons, "")[0] for reply in replies if isinstance(reply, Text)]

    model = await played(MemoryStore(), committed, sent, decided)
    windows = [one.window for one in (*campaign.tappers, *campaign.crowd.people)]
    await same(campaign.crew.store, model, dict.fromkeys(windows))
    return texts


def arrived(campaign: Campaign, tapper: Tapper) -> list[Call]:
    """What was said to somebody; an edit that changes nothing was heard, too."""
    said = campaign.town.heard.said[tapper.person.id]
    return [call for call in said if call.ok or UNCHANGED in call.description]


def story(tapper: Tapper, calls: Sequence[Call]) -> str:
    """What was said to somebody and when, in seconds; and how it looks."""
    began = monotonic() - time()
    said = [f"{call.at - began:.3f} {call.method} {call.code} {call.params.get('text', '')[:40]!r}" for call in calls]
    return "\n".join([*said, tapper.person.chat.draw()])


def in_order(calls: Sequence[Call], tapper: Tapper) -> None:
    """No card was shown after a newer one of its session."""
    latest: dict[str, int] = {}
    for version in filter(None, map(version_of, calls)):
        session, revision = version
        assert revision >= latest.get(session, 0), f"{version} after {latest}\n{tapper.person.chat.draw()}"
        latest[session] = revision


async def shows_what_is_stored(campaign: Campaign, tapper: Tapper) -> None:
    """The card that somebody sees is that of what is stored."""
    session = (await campaign.crew.store.state(tapper.window)).session
    assert session is not None
    if not is_detail(tapper.card):
        assert keyboard(tapper.card.rows) == keyboard(expected(session)), tapper.person.chat.draw()


def surplus(calls: Sequence[Call], texts: Sequence[str], reminders: int) -> Mapping[str, int]:
    """How many messages came once more; texts come in their order."""
    said = [text for call in calls if (text := text_of(call)) is not None]
    assert [text for text, _ in groupby(said)] == [text for text, _ in groupby(texts)], (said, texts)
    return {"text": len(said) - len(texts), "reminder": max(0, sum(map(is_reminder, calls)) - reminders)}


async def reminded(campaign: Campaign, tapper: Tapper, calls: Sequence[Call]) -> None:
    """Whoever has not finished was reminded after the last thing that they did."""
    session = (await campaign.crew.store.state(tapper.window)).session
    if session is not None and unfinished(session):
        assert any(map(is_reminder, calls)), tapper.person.chat.draw()
