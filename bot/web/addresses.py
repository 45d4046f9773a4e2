"""An e-mail address for reminders: left on the page, confirmed by whoever reads its mails, given up from any of them.

A link of a mail names a window and brings a secret along. The one that confirms is stored as a hash; the one that ends
mails follows from the window's name, which is known to nobody else, and so holds for as long as the address does.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.channel import Delivered, Outcome
from bot.dialogue import reminders
from bot.dialogue.context import Outside, Rules
from bot.dialogue.firms import link_hash
from bot.web.letters import confirmation
from bot.web.mail import Mailer
from bot.web.visitor import CHANNEL
from storage.outbox import address_of
from storage.store import Arrival, Decision, State, Store
from storage.window import Unconfirmed, Window

LASTS = timedelta(days=3)
"""So long may somebody take to look into their mails."""
PATIENCE = 12.0
"""Seconds for which somebody waits for a mail to be sent; their browser tries again after twenty."""
DAYS = LASTS // timedelta(days=1)
KEY = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """What a link of a mail brings along."""

    window: str
    secret: str

    def __str__(self) -> str:
        return f"{address_of(self.window)}.{self.secret}"


def key_of(text: str) -> Key | None:
    """What stands in the address of a page; None if it can be none of ours."""
    match = KEY.fullmatch(text)
    return Key(f"{CHANNEL}:{match[1]}", match[2]) if match else None


def stop_key(window: str, address: str) -> Key:
    """What ends mails from a window to an address."""
    return Key(window, hmac.digest(window.encode(), address.encode(), "sha256").hex()[:32])


# leaving one


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants mails `to` an address, for the window that the form came from; `update` is the form's id."""

    window: str
    to: str
    language: str
    update: int


async def leave(store: Store, mailer: Mailer, outside: Outside, url: str, wish: Wish) -> Outcome:
    """Note an address as one to be confirmed, and ask there, once a form. Raises StorageError.

    One that was confirmed before stays until this one is. Where nothing could be sent, nothing is awaited.
    """
    now, secret = outside.now(), outside.fresh().token
    unconfirmed = Unconfirmed(address=wish.to, hash=link_hash(secret), until=now + LASTS)
    applied = await store.apply(
        wish.window, lambda state: _awaiting(state, unconfirmed), Arrival(CHANNEL, wish.update, now)
    )
    if applied is None or applied.decision.window is None:
        return Delivered()
    key = Key(wish.window, secret)
    letter = confirmation(wish.to, wish.language, f"{url}/m/{key}", unconfirmed.hash[:32], DAYS)
    outcome = await mailer.send(letter, now, PATIENCE)
    if not isinstance(outcome, Delivered):
        await store.apply(wish.window, lambda state: _awaiting(state, None, instead_of=unconfirmed))
    return outcome


def _awaiting(state: State, unconfirmed: Unconfirmed | None, instead_of: Unconfirmed | None = None) -> Decision:
    """Of who has not begun nothing is stored."""
    window = state.window
    if state.session is None or window is None or (instead_of and window.unconfirmed != instead_of):
        return Decision()
    return Decision(window=window.model_copy(update={"unconfirmed": unconfirmed}))


# confirming


def awaited(state: State, key: Key, now: datetime) -> str | None:
    """The address that a link confirms; None if it was used, or is over."""
    unconfirmed = state.window.unconfirmed if state.window else None
    if unconfirmed is None or unconfirmed.until <= now:
        return None
    return unconfirmed.address if hmac.compare_digest(unconfirmed.hash, link_hash(key.secret)) else None


async def confirm(store: Store, key: Key, rules: Rules, now: datetime) -> str | None:
    """From now on reminders go there; gives the address, None if the link is void. Raises StorageError."""
    confirmed: str | None = None

    def decide(state: State) -> Decision:
        nonlocal confirmed
        confirmed = awaited(state, key, now)
        return _confirmed(state, confirmed, rules, now) if confirmed else Decision()

    await store.apply(key.window, decide)
    return confirmed


def _confirmed(state: State, address: str, rules: Rules, now: datetime) -> Decision:
    """Who asks for mails wants reminders, and here: what waits in another window of the firm is not sent twice."""
    window = (state.window or Window()).model_copy(
        update={"email": address, "unconfirmed": None, "reminders": True, "blocked": False}
    )
    dossier = state.dossier or ""
    told = State(window, state.dossier, state.session, state.dossiers, state.shared)
    reminder = reminders.following(told, dossier, rules, now)
    if reminder is None:
        return Decision(window=window)
    elsewhere = (reminders.reminder_key(dossier),) if state.shared else ()
    return Decision(window=window, outbox=(reminder,), cancelled=elsewhere)


# giving it up


def is_reader(state: State, key: Key) -> bool:
    """The link ends mails that are still sent."""
    address = state.window.email if state.window else None
    return address is not None and hmac.compare_digest(key.secret, stop_key(key.window, address).secret)


async def stop(store: Store, key: Key) -> bool:
    """Forget the address; false if there is none, or another one by now. Raises StorageError."""
    stopped = False

    def decide(state: State) -> Decision:
        nonlocal stopped
        stopped = is_reader(state, key)
        return _without_address(state) if stopped else Decision()

    await store.apply(key.window, decide)
    return stopped


async def give_up(store: Store, window: str) -> None:
    """Forget the address, whoever asked: from the page itself. Raises StorageError."""
    await store.apply(window, lambda state: _without_address(state) if state.window else Decision())


def _without_address(state: State) -> Decision:
    """Nothing waits in a window of the page but reminders, and these have nowhere to go."""
    assert state.window is not None  # noqa: S101  # both callers looked
    return Decision(window=state.window.model_copy(update={"email": None, "unconfirmed": None}), silenced=True)
