"""The page as a channel: a page speaks when it is asked, so what is to be said first goes by mail."""

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

from bot.delivery.channel import Delivered, Gone, Later, Outcome, Refused
from bot.dialogue.buttons import CHOICE_MARK, RECHECK, RESUME
from bot.dialogue.context import Outside
from bot.dialogue.firms import link_hash
from bot.dialogue.pages import Page, TextPage
from bot.dialogue.reader import as_read
from bot.web.addresses import give_up, stop_key
from bot.web.letters import LINK_LASTS, reminder
from bot.web.limits import Limit, mailbox_key
from bot.web.mail import Letter, Mailer
from bot.web.site import MANNER
from bot.web.visitor import CHANNEL
from locales import DEFAULT_LANGUAGE
from storage.errors import StorageError
from storage.outbox import Urgency
from storage.store import Decision, Link, State, Store

LOG = logging.getLogger("shuping.mail")

MOST_A_DAY = 20
"""So many reminders does a mailbox get, however many firms are begun for it: the sender's account is everybody's."""
REMINDERS = (RESUME, RECHECK)
"""What the first button of a reminder does."""


@dataclass(frozen=True, slots=True)
class Note:
    """A reminder; `dossier` is the beginning of the id of the one that it is about."""

    title: str
    lines: tuple[str, ...]
    dossier: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a reminder goes to, and the dossier that its link opens."""

    email: str
    language: str
    dossier: str


class WebChannel:
    """See `bot.delivery.channel.Channel`. `url` is the public address of the page, without a slash at its end."""

    name = CHANNEL
    manner = MANNER

    def __init__(self, store: Store, mailer: Mailer, url: str, outside: Outside) -> None:
        self._store, self._mailer, self._url, self._outside = store, mailer, url, outside
        self._secret = token_bytes(32)
        self._mailboxes = Limit(MOST_A_DAY / 86_400, MOST_A_DAY, clock=lambda: outside.now().timestamp())

    def paint(self, page: Page) -> Sequence[Note]:
        """A reminder; whatever else is said is seen on the page."""
        match page:
            case TextPage(sections=sections, buttons=((first, *_), *_)) if first.data.startswith(CHOICE_MARK):
                choice, _, dossier = first.data.removeprefix(CHOICE_MARK).partition(":")
                lines = tuple(line for section in sections for line in section.lines)
                return (Note(sections[0].title, lines, dossier),) if choice in REMINDERS and dossier else ()
            case _:
                return ()

    async def turn(self, address: str, urgency: Urgency) -> bool:  # noqa: ARG002  # the mailer waits for its places
        """Nobody waits."""
        return False

    async def deliver(self, address: str, payload: Note, live: str | None) -> Outcome:  # noqa: ARG002  # mails are no cards
        """A mail to whoever confirmed an address; without one, or without the dossier, there is nothing to be done."""
        window = f"{CHANNEL}:{address}"
        token = self._token(window, payload)
        try:
            reader = await self._linked(window, payload, token)
            if reader is None:
                return Delivered()
            mailbox = mailbox_key(reader.email)
            if self._mailboxes.take(mailbox):
                LOG.warning("a reminder was left out: its mailbox has had %d a day", MOST_A_DAY)
                return Delivered()
            outcome = await self._mailer.send(self._letter(window, payload, reader, token), self._outside.now())
            if not isinstance(outcome, Delivered):
                self._mailboxes.give_back(mailbox)
            if isinstance(outcome, Gone):
                await give_up(self._store, window)
                return Refused()
        except StorageError:
            return Later()
        return outcome

    def _token(self, window: str, note: Note) -> str:
        """The same when the same mail is sent again today: whichever copy is opened, its link is right."""
        told = "\0".join((window, note.title, note.dossier, f"{self._outside.now():%Y-%m-%d}"))
        return hmac.digest(self._secret, told.encode(), "sha256").hex()[:32]

    async def _linked(self, window: str, note: Note, token: str) -> Reader | None:
        """Who reads it, once there is a link for them."""
        now = self._outside.now()
        reader: Reader | None = None

        def decide(state: State) -> Decision:
            nonlocal reader
            reader = _reader(state, note.dossier)
            if reader is None:
                return Decision()
            purpose = f"mail.{window[-8:]}.{now:%j}"
            return Decision(links=(Link(link_hash(token), reader.dossier, now + LINK_LASTS, purpose, once=False),))

        await self._store.apply(window, decide)
        return reader

    def _letter(self, window: str, note: Note, reader: Reader, token: str) -> Letter:
        opens, ends = f"{self._url}/a/{token}", f"{self._url}/u/{stop_key(window, reader.email)}"
        mail_id = sha256(f"mail {token}".encode()).hexdigest()[:32]
        return reminder(reader.email, reader.language, note.title, note.lines, opens, ends, mail_id)


def _reader(state: State, dossier: str) -> Reader | None:
    found = next((one for one in state.dossiers if one.startswith(dossier)), None)
    if found is None or state.window is None or state.window.email is None:
        return None
    session = as_read(state).session
    return Reader(state.window.email, session.language if session else DEFAULT_LANGUAGE, found)
