"""Mails of a whole process: `shuping web` with a mail server."""

from pathlib import Path
from urllib.parse import quote

import pytest

from locales import catalogue
from tests.delivery.site import until
from tests.serving.conftest import Install, address_of, served
from tests.web.browser import Browser
from tests.web.installation import body, paths
from tests.web.post import PASSWORD, SENDER, USER, certificate, post_office

TEXT = catalogue("en")
ANNA = "anna@example.com"


@pytest.mark.slow
async def test_a_process_with_a_mail_server_reminds_whoever_wants_it(install: Install, tmp_path: Path) -> None:
    async with post_office(certificate(tmp_path), encrypts=False) as post:
        process = install(
            "web",
            TELEGRAM_TOKEN="",
            SMTP_URL=f"smtp://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{post.port}",
            MAIL_FROM=SENDER,
            REMIND_AFTER="2s",
            REMIND_WINDOW="00:00-24:00",
        )
        process.settings["WEB_URL"] = address_of(process)
        await served(process)
        async with Browser(address_of(process), language="en") as browser:
            await (await browser.open()).press(TEXT("button.begin"))
            for text in ("Example Machines", "C"):
                await browser.say(text)
            await (await browser.open("/keep")).press(TEXT("web.mail.send"), email=ANNA)
            await (await browser.open(paths(post.mails[0])[0])).press(TEXT("web.mail.confirm.do"))
            await (await browser.open()).say("B")
            await until(lambda: len(post.mails) > 1, within=15)
        assert post.mails[1]["Subject"] == TEXT("reminder.title")
        assert TEXT("mail.stop") in body(post.mails[1])
        assert await process.stop() == 0
        assert [
            secret for secret in (PASSWORD, quote(PASSWORD, safe=""), "anna", "Example") if secret in process.output
        ] == []
        assert process.troubles == []
