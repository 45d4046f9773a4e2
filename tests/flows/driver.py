"""A person at the conversation: answers the present card, and has the session saved and reloaded after every step."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from flows.cards import Card, LadderCard, LevelCard, card_of
from flows.events import Event, Refusal, Refused, Stale
from flows.inputs import (
    Anew,
    Answer,
    AnyInput,
    ChooseKind,
    ChooseLanguage,
    Climb,
    Commit,
    Done,
    Jump,
    NameFirm,
    Overview,
    PickLevel,
    Rung,
    Skip,
    Submit,
    TakeLevel,
    Tick,
)
from flows.session import CardRef, FirmKind, Phase, Session, new_session
from flows.step import step
from flows.turn import Step
from scoring.editions import load_rubric
from tests.flows.transcript import line

RUBRIC = load_rubric("miit-2024")
START = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def saved(session: Session) -> Session:
    """The session as it comes back from a file."""
    text = session.model_dump_json()
    again = Session.model_validate_json(text)
    assert again == session
    assert again.model_dump_json() == text
    return again


def play(
    session: Session, given: AnyInput, now: datetime = START, fresh: str = "fresh", ref: CardRef | None = None
) -> Step:
    """One step by the session's edition; `ref` is the card that is answered, if it is not the present one."""
    return step(load_rubric(session.rubric), session, ref or session.ref, given, now, fresh)


class Walker:
    """Holds a session; `lines` is what was said, what happened, and the card that came up."""

    def __init__(self, session: Session | None = None, *, edition: str = RUBRIC.id) -> None:
        self.session = session or new_session("s1", load_rubric(edition), "zh-Hans", START)
        self.lines: list[str] = []
        self.steps = 0

    @property
    def now(self) -> datetime:
        return START + self.steps * MINUTE

    @property
    def card(self) -> Card:
        return card_of(load_rubric(self.session.rubric), self.session)

    def give(self, given: AnyInput, ref: CardRef | None = None) -> tuple[Event, ...]:
        """Any input, also a late one, for the card `ref`."""
        self.steps += 1
        assert self.steps < 500, "this walk does not end"
        done = play(self.session, given, self.now, f"fresh{self.steps}", ref)
        if any(isinstance(event, Refused | Stale) for event in done.events):
            assert done.session == self.session
        self.session = saved(done.session)
        self.lines.append(line(given, done.events, self.card))
        return done.events

    def say(self, given: AnyInput) -> tuple[Event, ...]:
        """An answer to the present card, which is accepted."""
        events = self.give(given)
        assert not any(isinstance(event, Refused | Stale) for event in events), self.lines[-1]
        return events

    def refused(self, given: AnyInput) -> Refusal:
        """An answer to the present card, which is refused."""
        (event,) = self.give(given)
        assert isinstance(event, Refused), self.lines[-1]
        return event.reason

    def begin(self, *, name: str | None = None, kind: FirmKind | None = None) -> "Walker":
        self.say(ChooseLanguage("zh-Hans"))
        self.say(NameFirm(name) if name else Skip())
        self.say(ChooseKind(kind) if kind else Skip())
        return self

    def go(self, item: str) -> "Walker":
        self.say(Jump(item))
        return self

    def answer(self, *letters: str) -> tuple[Event, ...]:
        return self.say(Answer(letters))

    def tick(self, *letters: str) -> tuple[Event, ...]:
        for letter in letters:
            self.say(Tick(letter, on=True))
        return self.say(Done())

    def climb(self, level: int) -> int:
        """Rung by rung, up to the level; the number of taps."""
        item = self.session.item
        taps = 1 if isinstance(self.card, LevelCard) else 0
        if taps:
            self.say(Climb())
        while isinstance(self.card, LadderCard) and self.session.item == item:
            self.say(Rung(met=self.card.level <= level))
            taps += 1
        return taps

    def take(self, level: int) -> tuple[Event, ...]:
        if not isinstance(self.card, LevelCard):
            self.say(PickLevel())
        return self.say(TakeLevel(level))

    def fill(self, letters: Mapping[str, Iterable[str]] | None = None, level: int = 1) -> "Walker":
        """Everything that is still on the agenda, from the item on the screen on."""
        while self.session.asking:
            item = self.session.item or ""
            if self.session.phase is Phase.QUESTIONS:
                self.say(Answer(tuple((letters or {}).get(item, "A"))))
            else:
                self.take(level)
        return self

    def fill_scenarios(self, level: int = 0) -> "Walker":
        """Every scenario that is still on the agenda, from the one on the screen on."""
        while self.session.phase is Phase.SCENARIOS:
            self.take(level)
        return self

    def finish(self) -> "Walker":
        if self.session.phase is not Phase.COMMITMENT:
            self.say(Overview())
            self.say(Submit())
        self.say(Commit())
        return self

    def anew(self) -> "Walker":
        """Asked back, and meant."""
        self.say(Anew())
        self.say(Anew())
        return self


def finished() -> Walker:
    """At the result, every answer the lowest. The way there is walked once; whoever comes goes on alone."""
    there = _at_the_result()
    walker = Walker(there.session)
    walker.lines, walker.steps = [*there.lines], there.steps
    return walker


@cache
def _at_the_result() -> Walker:
    return Walker().begin(name="示例厂").fill().finish()
