"""A simple model of the bot: which updates were taken, in which order, and what `flows.step` makes of them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from bot.dialogue.buttons import data_of, decode, full, on_this
from bot.dialogue.papers import asks_first
from bot.dialogue.reading import read
from bot.dialogue.respond import WAYS_OUT
from bot.screens import screen_of
from bot.screens.wishes import Comparison, Look
from bot.understanding.requests import Request
from bot.words.wording import Medium, wording
from flows.cards import card_of
from flows.inputs import AnyInput, Identify, Resume
from flows.session import CardRef, Phase, Session, new_session
from flows.step import step
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import Shuping
from tests.telegram.e2e.walking import RUBRIC
from tests.telegram.people import Person
from tests.telegram.updates import Pending, Updates

START = datetime(2024, 9, 2, tzinfo=UTC)
OWN = re.compile(r"/start|/resume")


class Told(Updates):
    """Telegram's queue, which remembers everything that people did, by the number of its update."""

    @classmethod
    def listen(cls, api: TelegramApi) -> "Told":
        """Remember all updates from now on."""
        told = cls(changed=api.world.bell.ring)
        told.bodies, told.unseen = {}, []
        api.updates = api.world.updates = told
        return told

    bodies: dict[int, dict[str, Any]]
    unseen: list[int]
    """Updates that were confirmed although they never went out."""

    @override
    def done(self, pending: Pending) -> bool:
        if not pending.offered:
            self.unseen.append(pending.id)
        return super().done(pending)

    @override
    def push(self, kind: str, payload: dict[str, Any], chat: int) -> int:
        number = super().push(kind, payload, chat)
        self.bodies[number] = json.loads(json.dumps({kind: payload, "chat": chat}))
        return number

    def of(self, person: Person) -> set[int]:
        return {number for number, body in self.bodies.items() if number and body["chat"] == person.id}


def taken(bot: Shuping) -> list[int]:
    """The updates that were applied, in their order."""
    return [number for (number,) in bot.rows("SELECT id FROM updates ORDER BY seen, id")]


def played(bot: Shuping, told: Told, person: Person) -> Session:
    """The session that these updates give, one after the other."""
    stored = bot.session(person)
    session: Session | None = None
    for number in taken(bot):
        body = told.bodies[number]
        if body["chat"] != person.id:
            continue
        begun, session = session, session or new_session(stored.id, RUBRIC, stored.language, START)
        given = _input(body, session)
        if given is not None and (begun or body.get("message", {}).get("text", "").startswith("/")):
            session = step(RUBRIC, session, *given, START, "no second session in these walks").session
    assert session is not None
    return session


def _input(body: dict[str, Any], session: Session) -> tuple[CardRef, AnyInput] | None:
    """What an update gives to the conversation, and for which card."""
    if "callback_query" in body:
        data = body["callback_query"]["data"]
        for choice, way in WAYS_OUT.items():
            if data == data_of(on_this(choice, session)):
                return session.ref, way
        tap = decode(data, RUBRIC)
        if tap is None:
            return None
        if isinstance(tap.wish, Look):
            return _looked(tap.wish, session)
        if tap.ref.card == session.phase == Phase.WELCOME:  # of a greeting nothing was stored: any of them begins
            return session.ref, tap.wish
        return full(tap.ref, session), tap.wish
    text = body["message"]["text"]
    if OWN.fullmatch(text):
        resting = session.phase is Phase.WELCOME and not session.paused
        return None if resting else (session.ref, Resume())
    words = wording(session.language, "miit-2024", Medium.TAPPING)
    card = card_of(RUBRIC, session)
    wish = read(text, card, screen_of(card, words), words)
    if isinstance(wish, Look):
        return _looked(wish, session)
    return None if isinstance(wish, Request | None) else (session.ref, wish)


def _looked(wanted: Look, session: Session) -> tuple[CardRef, AnyInput] | None:
    """Looking changes nothing, but that the first paper asks for the facts of the firm before."""
    paper = None if isinstance(wanted, Comparison) else asks_first(session, wanted)
    return (session.ref, Identify(paper)) if paper else None


def same(stored: Session, model: Session) -> None:
    """All but the times."""
    times = {"started_at": START, "updated_at": START}
    found, expected = stored.but(**times).model_dump(), model.but(**times).model_dump()
    assert found == expected
