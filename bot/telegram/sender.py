"""From the outbox to Telegram: each chat in order, within Telegram's limits, through every kind of failure.

A message leaves the outbox only after it arrived, so a crash can at worst send it twice.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from telegram import Bot, InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.conversation import Outside
from bot.reports import render as reports
from bot.telegram import replies
from bot.telegram.pace import Pace
from bot.telegram.press import Press, Printed
from bot.telegram.replies import Kind
from bot.telegram.visit import Rules, zone_of
from bot.wording import Medium, wording
from flows.reminders import into_window, next_reminder
from storage.contact import Contact
from storage.errors import StorageError
from storage.outbox import Queued
from storage.store import Decision, State, Store

LOG = logging.getLogger("shuping.sender")
T = TypeVar("T")

BATCH = 32
LONGEST_WAIT = 60.0
DOUBLINGS = 6
FIRST_PAUSE = 0.5
REMEMBERED = 10_000
NEVER = datetime.max.replace(tzinfo=UTC)
UNCHANGED = "message is not modified"


class Sender:
    """Drains the outbox. `wake` says that a chat has something to send; `run` looks after what falls due later."""

    def __init__(self, store: Store, bot: Bot, outside: Outside, rules: Rules, press: Press, rate: float) -> None:
        self._store, self._bot, self._outside, self._rules, self._press = store, bot, outside, rules, press
        self._pace = Pace(rate)
        self._active: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._cards: OrderedDict[str, int] = OrderedDict()
        self._alarm = asyncio.Event()
        self._looks = NEVER

    def wake(self, chat: str, first: Queued | None = None) -> None:
        """Send what is due to this chat, after what is already being sent to it; `first`, if it is known."""
        if chat in self._active:
            self._again.add(chat)
            return
        task = asyncio.create_task(self._drain(chat, first))
        self._active[chat] = task
        task.add_done_callback(lambda _: self._rested(chat))

    def _rested(self, chat: str) -> None:
        task = self._active.pop(chat)
        if not task.cancelled() and (error := task.exception()):
            LOG.error("sending to a chat broke off: %s", type(error).__name__)
        if chat in self._again:
            self._again.discard(chat)
            self.wake(chat)

    async def run(self) -> None:
        """Wake chats as their messages fall due, until cancelled."""
        while True:
            await self._insist(self._look)

    async def _look(self) -> None:
        """Wake who has something due, and sleep until more is."""
        self._alarm.clear()
        self._looks = NEVER  # whatever is expected from now on may be missing in what is read here
        now = self._outside.now()
        for queued in await self._store.due(now, BATCH * 8):
            if queued.chat not in self._active:
                self.wake(queued.chat)
        await self._sleep(now)

    async def _sleep(self, now: datetime) -> None:
        """Until the next message falls due; the clock is looked at once a minute at least.

        What is due already is being sent, or could not be: it is looked after once a second.
        """
        due = await self._store.next_due()
        seconds = LONGEST_WAIT if due is None else min(LONGEST_WAIT, (due - now).total_seconds())
        seconds = max(seconds, 0.05) if seconds > 0 and not self._active else max(seconds, 1.0)
        self._looks = now + timedelta(seconds=seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation before Python 3.12
                await self._alarm.wait()

    def expect(self, due: datetime) -> None:
        """Something is to be sent at a time: look after it in time."""
        if self._outside.now() < due < self._looks:
            self._alarm.set()

    async def finish(self) -> None:
        """Let what is being sent arrive."""
        while self._active:
            self._again.clear()
            await asyncio.wait(list(self._active.values()))

    async def _drain(self, chat: str, queued: Queued | None) -> None:
        """One message at a time; what had to wait for its turn may have been superseded meanwhile."""
        queued = queued or await self._first_due(chat)
        while queued:
            printed = await self._printed(queued)  # before its turn: nobody waits for a report but who asked for it
            async with self._pace.turn(chat) as waited:
                present = await self._first_due(chat) if waited else queued
                queued = await self._deliver(queued, printed) if present == queued else present

    async def _first_due(self, chat: str) -> Queued | None:
        return next(iter(await self._store.due(self._outside.now(), 1, chat)), None)

    async def _printed(self, queued: Queued) -> Printed | None:
        """The file of a message that is a report."""
        if queued.payload["kind"] != Kind.REPORT:
            return None
        chat = int(queued.chat.removeprefix(CHAT))

        async def tell(text: str) -> None:
            with suppress(TelegramError):
                await self._bot.send_message(chat, text)

        wanted = reports.Kind(queued.payload["format"])
        return await self._insist(lambda: self._press.print(queued.chat, wanted, self._outside.now(), tell))

    async def _deliver(self, queued: Queued, printed: Printed | None) -> Queued | None:
        """Send one message; gives the chat's next one, None if there is none or the chat has to wait."""
        if queued.key in replies.REMINDERS and not await self._welcome(queued):
            return await self._first_due(queued.chat)
        try:
            card = await self._send(queued, printed)
        except TelegramError as error:
            return await self._failed(queued, error)
        return await self._insist(lambda: self._arrived(queued, card))

    async def _arrived(self, queued: Queued, card: int | None = None) -> Queued | None:
        if queued.key == replies.REMINDER:
            await self._remind_again(queued.chat)
            return await self._first_due(queued.chat)
        return await self._store.delivered(queued, self._outside.now(), card)

    async def _insist(self, work: Callable[[], Awaitable[T]]) -> T:
        """Look, or note what Telegram answered, however long the database is locked: nothing is sent twice for that."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except StorageError as error:
                LOG.error("the outbox waits for the database: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
                await asyncio.sleep(pause)
                pause = min(LONGEST_WAIT, pause * 2)

    # what goes out

    async def _send(self, queued: Queued, printed: Printed | None) -> int | None:
        """Carry out a payload; the message id of a new live card."""
        payload, chat = queued.payload, int(queued.chat.removeprefix(CHAT))
        match payload["kind"]:
            case Kind.CARD:
                return await self._card(queued, chat)
            case Kind.DOCUMENT:
                file = InputFile(payload["content"].encode(), filename=payload["name"])
                await self._bot.send_document(chat, file, caption=payload["caption"])
            case Kind.REPORT:
                if printed:
                    await printed.send(self._bot, chat)
            case Kind.REMINDER:
                await self._remind(queued.chat, chat)
            case _:
                await self._bot.send_message(chat, **payload["message"])
        return None

    async def _remind(self, key: str, chat: int) -> None:
        """As things are now; who has finished meanwhile is not reminded."""
        session = (await self._insist(lambda: self._store.state(key))).session
        if session and replies.unfinished(session):
            words = wording(session.language, Medium.TAPPING)
            await self._bot.send_message(chat, **replies.reminder_message(session, words))

    async def _card(self, queued: Queued, chat: int) -> int | None:
        message = queued.payload["message"]
        live = self._cards.get(queued.chat, queued.payload["live"])
        if not queued.anew and live is not None and await self._edited(chat, live, message):
            return None
        sent = await self._bot.send_message(chat, **message)
        self._remember(queued.chat, sent.message_id)
        if live is not None:
            await self._retire(chat, live)
        return sent.message_id

    async def _edited(self, chat: int, card: int, message: dict[str, Any]) -> bool:
        """False if the message can no longer be edited: deleted, too old, or whatever else Telegram may say."""
        try:
            await self._bot.edit_message_text(chat_id=chat, message_id=card, **message)
        except BadRequest as error:
            LOG.debug("a card is not edited: %s", error.message)
            return UNCHANGED in error.message.lower()
        return True

    async def _retire(self, chat: int, card: int) -> None:
        """An old card keeps its text and loses its buttons; nobody is hurt if it keeps them."""
        try:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=card)
        except TelegramError as error:
            LOG.debug("an old card keeps its buttons: %s", type(error).__name__)

    def _remember(self, chat: str, card: int) -> None:
        self._cards[chat] = card
        self._cards.move_to_end(chat)
        if len(self._cards) > REMEMBERED:
            self._cards.popitem(last=False)

    def forget(self, chat: str) -> None:
        """The person's data were deleted."""
        self._cards.pop(chat, None)

    # what goes wrong

    async def _failed(self, queued: Queued, error: TelegramError) -> Queued | None:
        match error:
            case Forbidden():
                await self._insist(lambda: self._store.apply(queued.chat, _blocked))
            case RetryAfter():
                await self._put_off(queued, _seconds(error))
            case InvalidToken():
                LOG.error("Telegram no longer accepts the token; messages wait")
                await self._put_off(queued, LONGEST_WAIT)
            case BadRequest() | ChatMigrated():
                LOG.error("Telegram refused a message (%s): %s", queued.payload["kind"], error.message)
                await self._apologise(queued)
                return await self._insist(lambda: self._store.delivered(queued, self._outside.now()))
            case _:
                LOG.warning("a message waits (%s)", type(error).__name__)
                await self._put_off(queued, min(LONGEST_WAIT, 2.0 ** min(queued.attempts, DOUBLINGS)))
        return None

    async def _apologise(self, queued: Queued) -> None:
        """Somebody asked for a report and would wait for it."""
        if queued.payload["kind"] == Kind.REPORT:
            apology = await self._insist(lambda: self._press.refused(queued.chat))
            with suppress(TelegramError):
                await apology.send(self._bot, int(queued.chat.removeprefix(CHAT)))

    async def _put_off(self, queued: Queued, seconds: float) -> None:
        until = self._outside.now() + timedelta(seconds=seconds)
        await self._insist(lambda: self._store.postpone(queued, until))
        self.expect(until)

    # reminders

    async def _welcome(self, queued: Queued) -> bool:
        """A reminder that comes late waits for the window of the day to open, and nothing else waits with it."""
        now = self._outside.now()
        contact = (await self._store.state(queued.chat)).contact
        opening = into_window(self._rules.schedule, zone_of(contact, self._rules), now)
        if opening > now.astimezone(UTC):
            await self._store.defer(queued, opening)
            self.expect(opening)
            return False
        return True

    async def _remind_again(self, chat: str) -> None:
        """The next reminder, counted from the last progress, takes the place of the one that was sent."""
        now = self._outside.now()

        def decide(state: State) -> Decision:
            session, contact = state.session, state.contact or Contact()
            if session is None or not replies.unfinished(session) or not contact.reminders or contact.blocked:
                return Decision(cancelled=(replies.REMINDER,))
            zone = zone_of(state.contact, self._rules)
            due = next_reminder(self._rules.schedule, zone, session.updated_at, now)
            following = (replies.reminder(due),) if due else ()
            return Decision(outbox=following, cancelled=(replies.REMINDER,))

        applied = await self._store.apply(chat, decide)
        for outgoing in applied.decision.outbox if applied else ():
            self.expect(outgoing.due)


CHAT = "telegram:"


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _blocked(state: State) -> Decision:
    """Somebody blocked the bot: nothing more is sent until they come back. Of strangers nothing is noted."""
    contact = state.contact.model_copy(update={"blocked": True}) if state.contact else None
    return Decision(contact=contact, silenced=True)
