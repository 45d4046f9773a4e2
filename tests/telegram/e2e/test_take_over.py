"""Processes that poll, on one PostgreSQL: one leads, all send; who no longer moves is followed.

Within ten seconds, by the clock of `tests/bot/test_lease.py`; a busy machine takes its time to do what comes then.
"""

import signal
from time import monotonic

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say

WITHIN = 20.0
SECOND = "Another shuping is taking messages"


@pytest.mark.slow
async def test_a_leader_that_hangs_is_followed_and_goes_on_as_one_of_the_others(
    api: TelegramApi, install: Install, database: str
) -> None:
    """As if on another host: it is there, as far as its number tells, but no longer beats."""
    first, second = install(DATABASE_URL=database), install(DATABASE_URL=database)
    await first.start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await second.spawn()
    await second.until_says(SECOND)
    assert first.process is not None
    first.process.send_signal(signal.SIGSTOP)
    began = monotonic()
    ann.tap("B", card(ann))
    await second.until_says("is ready", within=WITHIN)
    assert monotonic() - began <= WITHIN
    await ann.until(lambda message: message.button("B ✓"), within=10)
    first.process.send_signal(signal.SIGCONT)
    await first.until_says(SECOND)
    await say(ann, "BC", "第 2 项")
    assert await first.stop() == 0
    assert await second.stop() == 0
    assert "Traceback" not in first.output + second.output
