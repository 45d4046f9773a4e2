"""`shuping serve`: what is configured, in one process; whatever becomes of Telegram, the page is there."""

import asyncio
import signal

import pytest

from bot.serving.run import Plan, whatever_is_configured
from bot.settings import Settings
from tests.serving.conftest import Browser, Install, served
from tests.serving.test_page import begun
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import webhook
from tests.telegram.e2e.walking import Plan as Walk
from tests.telegram.e2e.walking import begin_by_taps, say

WRONG = "4242:" + "wrong-token-0123456789"
TOKEN = {"telegram_token": "4242:x"}


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({}, Plan(page=True)),
        ({"web_listen": "127.0.0.1:8000"}, Plan(page=True)),
        (TOKEN, Plan(telegram=True)),
        ({**TOKEN, "web_listen": "127.0.0.1:8000"}, Plan(telegram=True, page=True)),
        ({**TOKEN, "web_url": "https://example.org"}, Plan(telegram=True, page=True)),
        ({**TOKEN, "web_proxies": "none"}, Plan(telegram=True)),
    ],
    ids=["nothing", "page", "telegram", "both", "both by the address", "telegram behind a proxy"],
)
def test_what_is_configured_is_run(given: dict[str, str], plan: Plan) -> None:
    assert whatever_is_configured(Settings.model_validate(given)) == plan


@pytest.mark.parametrize("by", ["polling", pytest.param("webhook", marks=pytest.mark.slow)])
async def test_both_are_there(api: TelegramApi, install: Install, browser: Browser, by: str) -> None:
    process = await served(install("serve", **(webhook() if by == "webhook" else {})))
    await process.until_says("@shuping_test_bot is ready.")
    assert "<form" in await begun(browser, process)
    await begin_by_taps(api.person("Ann"), Walk())
    assert process.rows("SELECT count(*) FROM sessions") == [(2,)]
    assert await process.stop() == 0
    assert process.troubles == []


@pytest.mark.slow
@pytest.mark.parametrize(("site", "kind"), [("https://example.org", "web_app"), ("http://10.0.0.5", "commands")])
async def test_a_button_beside_the_keyboard_opens_a_page_that_telegram_takes(
    api: TelegramApi, install: Install, site: str, kind: str
) -> None:
    process = await served(install("serve", WEB_URL=site))
    await api.eventually(lambda: len(api.calls("getChatMenuButton")) == 1)
    await api.quiet()
    assert api.world.menu_button["type"] == kind
    assert await process.stop() == 0


@pytest.mark.slow
async def test_the_page_does_not_wait_for_telegram(api: TelegramApi, install: Install, browser: Browser) -> None:
    await api.down()
    process = await served(install("serve"))
    await process.until_says("Telegram cannot be reached")
    assert "<form" in await begun(browser, process)
    await api.up()
    await process.until_says("is ready")
    await say(api.person("Ann", "en"), "/start", lambda message: message.rows)
    assert await process.stop() == 0


@pytest.mark.slow
async def test_a_wrong_token_is_told_at_the_start(install: Install) -> None:
    process = install("serve", TELEGRAM_TOKEN=WRONG)
    await process.spawn()
    assert await process.ended() == 2
    assert "SHUPING_TELEGRAM_TOKEN" in process.output.splitlines()[-1]
    assert WRONG not in process.output


@pytest.mark.slow
async def test_a_webhook_that_telegram_does_not_take_is_told_at_the_start(api: TelegramApi, install: Install) -> None:
    process = install("serve", **webhook())
    api.faults.refuse("bad webhook: An HTTPS URL must be provided for webhook", "setWebhook", count=-1)
    await process.spawn()
    assert await process.ended() == 2
    assert "SHUPING_WEBHOOK_URL" in process.output.splitlines()[-1]


@pytest.mark.slow
async def test_a_token_that_turns_out_wrong_later_takes_no_page_down(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    await api.down()
    process = await served(install("serve", TELEGRAM_TOKEN=WRONG))
    await process.until_says("Telegram cannot be reached")
    await api.up()
    await process.until_says("The page goes on without Telegram")
    assert "<form" in await begun(browser, process)
    assert await process.stop() == 0


@pytest.mark.slow
async def test_a_token_that_is_taken_back_takes_no_page_down(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    process = await served(install("serve"))
    await process.until_says("is ready")
    api.token = "4242:" + "another"
    api._prefix = f"/bot{api.token}/"
    await api.down()
    await api.up()
    await process.until_says("The page goes on without Telegram")
    assert "<form" in await begun(browser, process)
    assert await process.stop() == 0


@pytest.mark.slow
async def test_while_another_process_polls_the_page_is_served_and_then_it_takes_over(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    first = await served(install("serve"))
    await first.until_says("is ready")
    second = install("serve")
    second.settings["DATABASE_URL"] = f"sqlite:///{first.file}"
    await served(second)
    await second.until_says("Another shuping is taking messages")
    assert "<form" in await begun(browser, second)
    assert "is ready" not in second.output
    await first.kill()
    await second.until_says("is ready")
    await begin_by_taps(api.person("Ann"), Walk())
    assert await second.stop() == 0
    assert second.troubles == []


@pytest.mark.slow
async def test_one_that_was_frozen_leaves_polling_to_the_other_and_goes_on_serving(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    first = await served(install("serve"))
    await first.until_says("is ready")
    second = install("serve")
    second.settings["DATABASE_URL"] = f"sqlite:///{first.file}"
    await served(second)
    assert first.process is not None
    first.process.send_signal(signal.SIGSTOP)
    await second.until_says("is ready")
    first.process.send_signal(signal.SIGCONT)
    await first.until_says("Another shuping is taking messages")
    assert "<form" in await begun(browser, first)
    await begin_by_taps(api.person("Ann"), Walk())
    await asyncio.gather(first.stop(), second.stop())


@pytest.mark.slow
async def test_a_page_in_a_process_of_its_own_keeps_nobody_from_polling(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    page = await served(install("web"))
    bot = install("telegram", DATABASE_URL=f"sqlite:///{page.file}")
    await bot.spawn()
    await bot.until_says("is ready")
    await begin_by_taps(api.person("Ann"), Walk())
    assert "<form" in await begun(browser, page)
    assert await bot.stop() == 0
    assert await page.stop() == 0
