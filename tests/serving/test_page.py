"""`shuping web`: it says where it is, serves there, and ends well; every hindrance is a clear sentence."""

import asyncio
import signal
import socket
from contextlib import closing

import pytest

from tests.serving.conftest import PASSWORD, Browser, Install, address_of, served
from tests.telegram.e2e.driver import Shuping

QR_WHITE = "█████████████████"


async def begun(browser: Browser, process: Shuping) -> str:
    """Somebody who has begun there; the card."""
    await browser.look(f"{address_of(process)}/")
    return await browser.tap(address_of(process), "Begin")


async def test_it_needs_no_telegram_and_ends_when_told(install: Install, browser: Browser) -> None:
    process = await served(install("web", TELEGRAM_TOKEN=""))
    assert f"The page is at {address_of(process)} (listening at {process.settings['WEB_LISTEN']})." in process.output
    assert "<form" in await begun(browser, process)
    assert process.rows("SELECT count(*) FROM sessions") == [(1,)]
    assert await process.stop() == 0
    assert process.troubles == []
    assert process.output.count("shuping: ") == 1


@pytest.mark.slow
async def test_an_interrupt_is_an_end_too(install: Install) -> None:
    process = await served(install("web"))
    assert process.process is not None
    process.process.send_signal(signal.SIGINT)
    assert await process.ended() == 0


@pytest.mark.slow
async def test_a_port_that_is_taken_is_told_with_the_setting_that_names_another(install: Install) -> None:
    process = install("web")
    host, port = process.settings["WEB_LISTEN"].split(":")
    with closing(socket.create_server((host, int(port)))):
        await process.spawn()
        assert await process.ended() == 1, "it may be free again after a restart"
    (line,) = process.output.splitlines()
    assert line.startswith("shuping: ")
    assert process.settings["WEB_LISTEN"] in line
    assert "SHUPING_WEB_LISTEN" in line


@pytest.mark.slow
async def test_an_address_of_another_machine_is_told(install: Install) -> None:
    process = install("web", WEB_LISTEN="192.0.2.1:8000")
    await process.spawn()
    assert await process.ended() == 1
    (line,) = process.output.splitlines()
    assert "this machine has no such address" in line


@pytest.mark.parametrize(
    ("setting", "given"),
    [
        pytest.param("WEB_LISTEN", "8000", marks=pytest.mark.slow),
        pytest.param("WEB_URL", "https://shuping.example.org/page", marks=pytest.mark.slow),
        pytest.param("WEB_PROXIES", "nginx", marks=pytest.mark.slow),
        ("SMTP_URL", f"http://anna:{PASSWORD}@mail"),
    ],
)
async def test_a_wrong_setting_is_told_by_name(install: Install, setting: str, given: str) -> None:
    process = install("web", **{setting: given})
    await process.spawn()
    assert await process.ended() == 2
    (line,) = process.output.splitlines()
    assert f"SHUPING_{setting}=" in line


@pytest.mark.slow
async def test_the_number_of_the_filing_is_shown_with_a_link_to_the_register(
    install: Install, browser: Browser
) -> None:
    filed = await served(install("web", WEB_FILING="京ICP备12345678号-1"))
    page = await browser.look(f"{address_of(filed)}/")
    assert '<a href="https://beian.miit.gov.cn/">京ICP备12345678号-1</a>' in page
    assert "<footer" not in await browser.look(f"{address_of(await served(install('web')))}/")


@pytest.mark.slow
async def test_the_public_address_is_told_and_drawn(install: Install) -> None:
    process = await served(install("web", "--qr", WEB_URL="https://shuping.example.org"))
    assert "The page is at https://shuping.example.org (listening" in process.output
    await process.until_says(QR_WHITE)


@pytest.mark.slow
async def test_a_page_for_the_whole_network_says_so(install: Install, browser: Browser) -> None:
    process = install("web", "--qr")
    host, port = process.settings["WEB_LISTEN"].split(":")
    process.settings["WEB_LISTEN"] = f"0.0.0.0:{port}"
    await served(process)
    await process.until_says(QR_WHITE)
    assert "Everybody in this network can open it." in process.output
    assert "0.0.0.0:" not in process.output.partition("(listening")[0], "nobody can type that"
    assert "<form" in await browser.look(f"http://{host}:{port}/")


@pytest.mark.slow
async def test_two_processes_share_a_database_and_one_follows_the_other(install: Install, browser: Browser) -> None:
    """Whoever has begun at one goes on at the other; what one process only may look after goes over with a kill."""
    first = await served(install("web"))
    second = install("web")
    second.settings["DATABASE_URL"] = f"sqlite:///{first.file}"
    await served(second)
    card = await begun(browser, first)
    assert _title(await browser.look(f"{address_of(second)}/")) == _title(card)
    holders = first.rows("SELECT holder FROM leases")
    await first.kill()
    async with asyncio.timeout(10):
        while first.rows("SELECT holder FROM leases") == holders:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)
    assert _title(await browser.look(f"{address_of(second)}/")) == _title(card)
    assert await second.stop() == 0
    assert second.troubles == []


def _title(page: str) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]
