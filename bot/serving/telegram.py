"""Telegram as a part of a process: by polling, while it is this process's turn, or by a webhook."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.delivery.intake import Intake
from bot.delivery.rules import telegram_door
from bot.http.health import Beside, Health
from bot.http.server import served
from bot.logs import unquoted
from bot.serving.here import REFUSED, EndedError, Here
from bot.settings import Settings
from bot.telegram.channel import TOKEN_WAIT, TelegramChannel
from bot.telegram.client import Client, odd_answers
from bot.telegram.menu import set_menus
from bot.telegram.polling import FIRST_PAUSE, KINDS, LONGEST_PAUSE, SECOND_LOOK, name_of, poll, wait_after
from bot.telegram.reception import Reception
from bot.telegram.request import AiohttpRequest, Heard, unheeded
from bot.telegram.webhook import Webhook

CONNECTIONS = 256
REQUEST_SECONDS = 15.0


def token_of(settings: Settings) -> str:
    """The bot's token; empty if there is none."""
    return settings.telegram_token.get_secret_value() if settings.telegram_token else ""


def secret_of_webhook(settings: Settings) -> str:
    """The stated one, or one that all processes with this token agree on, and nobody else knows."""
    if settings.webhook_secret:
        return settings.webhook_secret.get_secret_value()
    return hmac.digest(token_of(settings).encode(), b"webhook", "sha256").hex()


def client_of(settings: Settings, heard: Heard = unheeded) -> Client:
    """A way to Telegram that has to be opened."""
    base = str(settings.telegram_api_url).rstrip("/")
    sending = AiohttpRequest(connections=CONNECTIONS, seconds=REQUEST_SECONDS, heard=heard)
    polling = AiohttpRequest(connections=4, seconds=REQUEST_SECONDS, heard=heard)
    return Client(token_of(settings), base, sending, polling)


async def who_am_i(settings: Settings) -> str:
    """The bot's name, asked of Telegram once. Raises TelegramError."""
    client = client_of(settings)
    await client.enter()
    try:
        return str((await client.get_me()).username)
    finally:
        await client.leave()


class TelegramPart:
    """See `Part`. `alone`: what ends it ends the process.

    Beside a page, only the first word of Telegram does: a wrong token or address of a webhook is a setting, and is told
    at the start. After that the page goes on whatever Telegram says, which is asked again each minute.
    """

    def __init__(self, here: Here, *, alone: bool) -> None:
        self._here, self._alone = here, alone
        self._client = client_of(here.settings, here.condition.heard)
        self._intake: Intake | None = None
        self._heard = False
        """Telegram was out of reach, or has let us begin."""

    async def run(self) -> None:
        """Take messages, once Telegram was reached."""
        await self._client.enter()
        told = ""
        while True:
            try:
                return await self._take()
            except (InvalidToken, BadRequest) as error:
                refusal = _refusal(error)
                if self._alone or not self._heard:
                    raise refusal from None
            if refusal.name != told:
                self._here.say(refusal.name, **refusal.details)
                self._here.say("page_goes_on")
                told = refusal.name
            await asyncio.sleep(TOKEN_WAIT)

    async def finish(self) -> None:
        """Let what was begun be stored, and acknowledgements arrive."""
        if self._intake:
            await self._intake.finish()

    async def close(self) -> None:
        """No more calls."""
        await self._client.leave()

    async def _take(self) -> None:
        await self._insist(self._client.initialize)
        self._here.condition.reached = True
        reception = Reception(self._client, self._opened())
        if self._here.settings.webhook_url:
            await self._listen(reception)
        else:
            await self._while_leading(lambda: self._poll(reception))

    def _opened(self) -> Intake:
        """The way in, and with it the way out."""
        if self._intake is None:
            here = self._here
            draw = partial(here.store.draw, TelegramChannel.name)
            channel = TelegramChannel(self._client, here.settings.telegram_rate, draw)
            here.worker.join(channel)
            here.doors.append(telegram_door(channel.manner.home))
            self._intake = Intake(
                here.store, channel, here.worker, here.outside, here.rules, here.rubric, observer=here.observer
            )
        return self._intake

    async def _while_leading(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it, from its beginning, whenever this process is the one that may; once it ends, another one may."""
        lead = self._here.lead
        while True:
            await lead.gained.wait()
            doing, lost = asyncio.create_task(work()), asyncio.create_task(_until(lead.lost))
            try:
                await asyncio.wait({doing, lost}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                lost.cancel()
                doing.cancel()
                await asyncio.gather(lost, doing, return_exceptions=True)
            if not doing.cancelled():
                doing.result()
                await lead.give_away()

    async def _poll(self, reception: Reception) -> None:
        """Fetch updates, once Telegram knows that we do, as far as this program can take them."""
        await self._insist(self._client.delete_webhook)
        self._ready()
        async with self._menus():
            await poll(self._client, reception.take_all, self._complain)

    async def _listen(self, reception: Reception) -> None:
        """Serve the webhook, as every process does, and see to it that Telegram knows where it is.

        Raises OSError if the address is taken.
        """
        settings, lead, condition = self._here.settings, self._here.lead, self._here.condition
        webhook = Webhook(reception.take, urlsplit(str(settings.webhook_url)).path or "/", secret_of_webhook(settings))
        application = Beside(webhook, Health(lambda: condition.alive, condition.ready, open_=True))
        async with served(application, settings.webhook_listen) as serving:
            telling = asyncio.create_task(self._while_leading(self._tell_where))
            try:
                await lead.settled.wait()
                if lead.lost.is_set():
                    self._ready()
                await asyncio.wait({serving, telling}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)
            if not telling.cancelled():
                telling.result()

    async def _tell_where(self) -> None:
        """For all processes, Telegram is told where to post by one."""
        url, secret = str(self._here.settings.webhook_url), secret_of_webhook(self._here.settings)
        await self._insist(
            lambda: self._client.set_webhook(url, secret_token=secret, allowed_updates=KINDS, max_connections=40)
        )
        self._ready()
        async with self._menus():
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _menus(self) -> AsyncIterator[None]:
        """Telegram is told what it shows beside the keyboard, meanwhile."""
        telling = asyncio.create_task(set_menus(self._client, _secure(self._here.settings.site)))
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    def _ready(self) -> None:
        self._heard = True
        self._here.say("ready", bot=self._client.username)

    def _complain(self, trouble: str) -> None:
        self._heard = True
        self._here.say(trouble)

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
        """Call Telegram until it works, with a sentence for every failure.

        Raises InvalidToken and BadRequest: waiting cannot mend a wrong token, or an address that Telegram does not
        take. A token is wrong if it was refused twice.
        """
        pause, doubted = FIRST_PAUSE, False
        while True:
            try:
                with odd_answers():
                    await call()
            except BadRequest:
                raise
            except InvalidToken:
                if doubted:
                    raise
                doubted = True
                await asyncio.sleep(SECOND_LOOK)
            except TelegramError as error:
                self._complain(name_of(error))
                await asyncio.sleep(wait_after(error, pause))
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                return


def _secure(site: str | None) -> str | None:
    """Telegram opens a page inside itself by https only."""
    return site if site and site.startswith("https:") else None


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _refusal(error: TelegramError) -> EndedError:
    """Telegram said no, and would say it again."""
    if isinstance(error, InvalidToken):
        return EndedError(REFUSED, "bad_token")
    return EndedError(REFUSED, "refused", reason=unquoted(error.message))
