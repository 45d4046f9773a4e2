"""From the outbox to Telegram: each chat in order, within Telegram's limits, through every kind of failure.

A message leaves the outbox only after it arrived, so a crash can at worst send it twice. What stands aside (files,
reminders, the buttons of old cards) goes its own way beside the messages that wait for one another.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.conversation import Outside
from bot.delivery.patience import insist
from bot.delivery.rate_limit import Pace
from bot.logs import unquoted
from bot.reports import render as reports
from bot.telegram import replies
from bot.telegram.client import odd_answers
from bot.telegram.press import Press
from bot.telegram.replies import Kind
from bot.telegram.visit import Rules, zone_of
from bot.words.wording import Medium, wording
from flows.reminders import into_window, next_reminder
from storage.contact import Contact
from storage.errors import DamagedRowError
from storage.outbox import Outgoing, Queued, Urgency
from storage.store import Decision, State, Store

LOG = logging.getLogger("shuping.sender")

AT_ONCE = 256
"""So many chats are looked after at a time."""
LONGEST_WAIT = 60.0
LONGEST_LOOK = 15.0
"""So soon is it noticed that the clock was set back."""
REMEMBERED = 10_000
SET_BACK = timedelta(seconds=5)
LONGEST_REFUSAL = 86_400.0
DOUBLINGS = 6
NEVER = datetime.max.replace(tzinfo=UTC)
UNCHANGED = "message is not modified"

FORMATS: dict[str, reports.Kind | None] = {**{kind.value: kind for kind in reports.Kind}, replies.EXPORT: None}
"""What a file may be; an export is no report."""
Lane = tuple[str, bool]
"""A chat, and whether it is about what stands aside there."""


class Sender:
    """Drains the outbox. `wake` says that a chat has something to send; `run` looks after what falls due later.

    `owner` waits until this process, and no other, may send from the database.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        outside: Outside,
        rules: Rules,
        press: Press,
        rate: float,
        owner: Callable[[], Awaitable[None]],
    ) -> None:
        self._store, self._bot, self._outside, self._rules, self._press = store, bot, outside, rules, press
        self._pace, self._owner = Pace(rate), owner
        self._active: dict[Lane, asyncio.Task[None]] = {}
        self._again: set[Lane] = set()
        self._alarm = asyncio.Event()
        self._looks = NEVER
        self._latest: datetime | None = None
        self._greetings: OrderedDict[str, int] = OrderedDict()

    def wake(self, chat: str, first: Queued | None = None, *, aside: bool = False) -> None:
        """Send what is due to this chat, after what is already being sent to it; `first`, if it is known."""
        lane = chat, aside
        if lane in self._active:
            self._again.add(lane)
            return
        task = asyncio.create_task(self._drain(lane, first))
        self._active[lane] = task
        task.add_done_callback(lambda _: self._rested(lane))

    def _rested(self, lane: Lane) -> None:
        task = self._active.pop(lane)
        if not task.cancelled() and (error := task.exception()):
            LOG.error("sending to a chat broke off: %s", type(error).__name__)
        if lane in self._again:
            self._again.discard(lane)
            self.wake(lane[0], aside=lane[1])

    async def run(self) -> None:
        """Wake chats as their messages fall due, until cancelled."""
        while True:
            await insist(self._look)

    async def _look(self) -> None:
        """Wake who has something due, and sleep until more is."""
        self._alarm.clear()
        self._looks = NEVER  # whatever is expected from now on may be missing in what is read here
        now = self._outside.now()
        await self._mind_the_clock(now)
        for queued in await self._store.due(now, AT_ONCE):
            if (queued.chat, queued.urgency.aside) not in self._active:
                self.wake(queued.chat, aside=queued.urgency.aside)
        await self._sleep(now)

    async def _mind_the_clock(self, now: datetime) -> None:
        """What was put off by a clock that has been set back since, or before a restart, does not wait for it."""
        if self._latest is None or now < self._latest - SET_BACK:
            await self._store.hasten(now)
        self._latest = now

    async def _sleep(self, now: datetime) -> None:
        """Until the next message falls due; the clock is looked at several times a minute.

        What is due already is being sent, or could not be: it is looked after once a second.
        """
        due = await self._store.next_due()
        seconds = LONGEST_LOOK if due is None else min(LONGEST_LOOK, (due - now).total_seconds())
        seconds = max(seconds, 0.05) if seconds > 0 and not self._active else max(seconds, 1.0)
        self._looks = now + timedelta(seconds=seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation before Python 3.12
                await self._alarm.wait()

    def take_up(self, chat: str, outgoing: Outgoing) -> None:
        """Something was queued: what stands aside is sent at once, what is for later is looked after in time."""
        if outgoing.urgency.aside and outgoing.due <= self._outside.now():
            self.wake(chat, aside=True)
        else:
            self._expect(outgoing.due)

    def _expect(self, due: datetime) -> None:
        if self._outside.now() < due < self._looks:
            self._alarm.set()

    async def finish(self) -> None:
        """Let what is being sent arrive."""
        while self._active:
            self._again.clear()
            await asyncio.wait(list(self._active.values()))

    async def _drain(self, lane: Lane, queued: Queued | None) -> None:
        """One message at a time; what had to wait for its turn may have been superseded meanwhile."""
        queued = queued or await self._first_due(lane)
        while queued:
            if queued.urgency is not Urgency.FILE and await self._turn(queued):
                queued = await self._first_due(lane)  # the turn is for what is to be said now
            if queued:
                queued = await self._carried_out(queued)

    async def _carried_out(self, queued: Queued) -> Queued | None:
        """Send one message; gives the next one. Damage of one chat's rows is its own."""
        try:
            if queued.urgency is Urgency.FILE:
                return await self._file(queued, FORMATS[queued.payload["format"]])
            return await self._deliver(queued)
        except (DamagedRowError, LookupError) as error:
            return await self._puzzled(queued, error)

    async def _turn(self, queued: Queued) -> bool:
        """Wait until it may be sent; gives whether that took any time."""
        waited = await self._pace.turn(queued.chat, queued.urgency)
        await self._owner()
        return waited

    async def _first_due(self, lane: Lane) -> Queued | None:
        chat, aside = lane
        return next(iter(await insist(lambda: self._store.due(self._outside.now(), 1, chat, aside=aside))), None)

    async def _deliver(self, queued: Queued) -> Queued | None:
        """Send one message; gives the next one of its lane, None if there is none or it has to wait."""
        if queued.urgency is Urgency.REMINDER and not await insist(lambda: self._welcome(queued)):
            return await self._first_due(_lane(queued))
        try:
            send = self._sending(queued)
        except (KeyError, TypeError, ValueError) as error:
            return await self._puzzled(queued, error)
        asked = self._outside.now()
        try:
            with odd_answers():
                card = await send()
        except TelegramError as error:
            return await self._failed(queued, error, asked)
        old = self._replaced(queued, card) if card is not None else None
        return await insist(lambda: self._arrived(queued, card, old))

    async def _arrived(self, queued: Queued, card: int | None, old: int | None) -> Queued | None:
        if queued.key == replies.REMINDER:
            await self._remind_again(queued.chat)
            return await self._first_due(_lane(queued))
        now = self._outside.now()
        owed = replies.retirement(old, now) if old is not None else None
        following = await self._store.delivered(queued, now, card, owed)
        if owed:
            self.wake(queued.chat, aside=True)
        return following

    def _replaced(self, queued: Queued, card: int) -> int | None:
        """The card that a new one takes the place of. A stranger's is nowhere but here: nothing of them is stored."""
        old = self._greetings.pop(queued.chat, None)
        if queued.card is None:
            self._greetings[queued.chat] = card
            if len(self._greetings) > REMEMBERED:
                self._greetings.popitem(last=False)
        return queued.card or old

    async def _puzzled(self, queued: Queued, error: Exception) -> Queued | None:
        """A message that makes no sense must not hold up its chat."""
        LOG.error("a message cannot be understood (%s) and is set aside", type(error).__name__)
        await insist(lambda: self._store.set_aside(queued))
        return await self._first_due(_lane(queued))

    # what goes out

    def _sending(self, queued: Queued) -> Callable[[], Awaitable[int | None]]:
        """What carries out a payload, and gives the message id of a new live card.

        Raises KeyError, TypeError or ValueError for a payload that makes no sense.
        """
        payload, chat = queued.payload, int(queued.chat.removeprefix(CHAT))
        match Kind(payload["kind"]):
            case Kind.CARD:
                return partial(self._card, queued, chat, dict(payload["message"]))
            case Kind.RETIREMENT:
                return partial(self._retire, chat, int(payload["card"]))
            case Kind.REMINDER:
                return partial(self._remind, queued.chat, chat)
            case _:
                return partial(self._say, chat, dict(payload["message"]))

    async def _say(self, chat: int, message: dict[str, Any]) -> None:
        await self._bot.send_message(chat, **message)

    async def _remind(self, key: str, chat: int) -> None:
        """As things are now; who has finished meanwhile is not reminded."""
        state = await insist(lambda: self._store.state(key))
        session = state.session
        if session and replies.unfinished(session):
            words = wording(session.language, Medium.TAPPING)
            now = self._outside.now()
            following = next_reminder(
                self._rules.schedule, zone_of(state.contact, self._rules), session.updated_at, now
            )
            kept = self._rules.keep.unfinished
            last = following is None or (kept is not None and following >= session.updated_at + kept)
            message = replies.reminder_message(session, words, kept if last else None)
            await self._bot.send_message(chat, **message)

    async def _card(self, queued: Queued, chat: int, message: dict[str, Any]) -> int | None:
        if not queued.anew and queued.card is not None and await self._edited(chat, queued.card, message):
            return None
        return (await self._bot.send_message(chat, **message)).message_id

    async def _edited(self, chat: int, card: int, message: dict[str, Any]) -> bool:
        """False if the message can no longer be edited: deleted, too old, or whatever else Telegram may say."""
        try:
            await self._bot.edit_message_text(chat_id=chat, message_id=card, **message)
        except BadRequest as error:
            LOG.debug("a card is not edited: %s", unquoted(error.message))
            return UNCHANGED in error.message.lower()
        return True

    async def _retire(self, chat: int, card: int) -> None:
        """An old card keeps its text and loses its buttons; one that is gone or too old has none that matter."""
        try:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=card)
        except BadRequest as error:
            LOG.debug("an old card keeps its buttons: %s", unquoted(error.message))

    async def _file(self, queued: Queued, kind: reports.Kind | None) -> Queued | None:
        """Make a file and send it; then the card comes below it. Others of the chat go on meanwhile."""
        chat = int(queued.chat.removeprefix(CHAT))

        async def tell(text: str) -> None:
            """Once, and in turn like anything else."""
            if queued.attempts == 0:
                await self._turn(queued)
                with suppress(TelegramError), odd_answers():
                    await self._bot.send_message(chat, text)

        now = self._outside.now()
        async with self._press.printed(queued.chat, kind, now, tell) as printed:
            await self._turn(queued)
            if (present := await self._first_due(_lane(queued))) != queued:
                return present  # it was superseded, or all was deleted, while it was made
            try:
                with odd_answers():
                    if printed:
                        await printed.send(self._bot, chat)
            except TelegramError as error:
                return await self._failed(queued, error, now)
        following = await insist(lambda: self._store.delivered(queued, self._outside.now()))
        await self._card_below(queued.chat)
        return following

    async def _card_below(self, chat: str) -> None:
        """The live card comes below what was just sent."""
        now = self._outside.now()

        def decide(state: State) -> Decision:
            if state.session is None or state.contact is None or state.contact.blocked:
                return Decision()
            words = wording(state.session.language, Medium.TAPPING)
            return Decision(outbox=(replies.card(state.session, words, now, (), anew=True),))

        await insist(lambda: self._store.apply(chat, decide))
        self.wake(chat)

    # what goes wrong

    async def _failed(self, queued: Queued, error: TelegramError, asked: datetime) -> Queued | None:
        match error:
            case Forbidden():
                if await insist(lambda: self._store.refused(queued, asked)):
                    return None
                return await self._first_due(_lane(queued))
            case RetryAfter():
                await self._put_off(queued, min(LONGEST_REFUSAL, _seconds(error)))
            case InvalidToken():
                LOG.error("Telegram no longer accepts the token; messages wait")
                await self._put_off(queued, LONGEST_WAIT)
            case BadRequest() | ChatMigrated():
                LOG.error("Telegram refused a message (%s): %s", queued.payload.get("kind"), unquoted(error.message))
                await self._apologise(queued)
                return await insist(lambda: self._store.delivered(queued, self._outside.now()))
            case _:
                LOG.warning("a message waits (%s)", type(error).__name__)
                await self._put_off(queued, min(LONGEST_WAIT, 2.0 ** min(queued.attempts, DOUBLINGS)))
        return await self._first_due(_lane(queued)) if queued.urgency.aside else None

    async def _apologise(self, queued: Queued) -> None:
        """Somebody asked for a file and would wait for it."""
        if queued.urgency is Urgency.FILE:
            apology = await insist(lambda: self._press.refused(queued.chat))
            await self._turn(queued)
            with suppress(TelegramError), odd_answers():
                await apology.send(self._bot, int(queued.chat.removeprefix(CHAT)))
            await self._card_below(queued.chat)

    async def _put_off(self, queued: Queued, seconds: float) -> None:
        until = self._outside.now() + timedelta(seconds=seconds)
        await insist(lambda: self._store.postpone(queued, until))
        self._expect(until)

    # reminders

    async def _welcome(self, queued: Queued) -> bool:
        """A reminder that comes late waits for the window of the day to open, and nothing else waits with it."""
        now = self._outside.now()
        contact = (await self._store.state(queued.chat)).contact
        opening = into_window(self._rules.schedule, zone_of(contact, self._rules), now)
        if opening > now.astimezone(UTC):
            await self._store.defer(queued, opening)
            self._expect(opening)
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
            self._expect(outgoing.due)


CHAT = "telegram:"


def _lane(queued: Queued) -> Lane:
    return queued.chat, queued.urgency.aside


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
