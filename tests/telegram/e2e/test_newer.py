"""Processes of two versions on one PostgreSQL: what the newer one wrote, the older one leaves to it."""

import pytest

from tests.newer import by_newer, by_ours
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, SECRET, post, webhook
from tests.telegram.e2e.test_webhook import update
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, tap

LEFT = "taking messages is left to a newer process"


@pytest.mark.slow
async def test_whoever_polls_leaves_it_to_others_and_serves_everybody_else(
    api: TelegramApi, install: Install, database: str
) -> None:
    """Both are of this version, and try by turns, until what is newer is gone."""
    first, second = install(DATABASE_URL=database), install(DATABASE_URL=database)
    await first.start()
    ann, bob = api.person("Ann"), api.person("Bob")
    await begin_by_taps(ann, Plan())
    await begin_by_taps(bob, Plan())
    await second.spawn()
    await second.until_says("Another shuping is taking messages")
    by_newer(database, f"{CHAT}{ann.id}")
    ann.tap("B", card(ann))
    await tap(bob, "B", lambda message: message.button("B ✓"))
    await first.until_says(LEFT)
    await second.until_says(LEFT)
    assert "B ✓" not in str(card(ann).rows)
    by_ours(database, f"{CHAT}{ann.id}")
    await ann.until(lambda message: message.button("B ✓"), within=30)
    assert first.running
    assert second.running
    assert await first.stop() == 0
    assert await second.stop() == 0


@pytest.mark.slow
async def test_a_webhook_answers_that_it_is_to_be_tried_elsewhere(
    api: TelegramApi, install: Install, database: str
) -> None:
    settings = webhook()
    bot = await install(**settings, DATABASE_URL=database).start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    by_newer(database, f"{CHAT}{ann.id}")
    assert (await post(settings["WEBHOOK_URL"], update(ann, 9001, "BC"), SECRET))[0] == 503
    bob = api.person("Bob", started=True)
    assert (await post(settings["WEBHOOK_URL"], update(bob, 9002), SECRET))[0] == 200
    by_ours(database, f"{CHAT}{ann.id}")
    assert (await post(settings["WEBHOOK_URL"], update(ann, 9001, "BC"), SECRET))[0] == 200
    await ann.until("第 2 项")
    assert await bot.stop() == 0
