"""A person going through an assessment, recorded as (session, input) pairs that can be played again one by one."""

from datetime import UTC, datetime

from bench.samples import RUBRIC
from flows.events import Refused, Stale
from flows.inputs import (
    Anew,
    Answer,
    AnyInput,
    Back,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    Commit,
    Confirm,
    Done,
    EnterFigures,
    Help,
    Jump,
    Keep,
    NameFirm,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Rung,
    Submit,
    TakeLevel,
    Tick,
)
from flows.session import FirmKind, Phase, Session, new_session
from flows.step import step

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
Moment = tuple[Session, AnyInput]
NUMBERS: dict[str, tuple[int, ...]] = {
    "q2": (200, 90), "q3": (120,), "q11": (10, 12, 15), "q13": (95, 97), "q14": (50, 48)
}  # fmt: skip


def play(session: Session, given: AnyInput) -> Session:
    """One step."""
    return step(RUBRIC, session, session.ref, given, NOW, "fresh").session


class Person:
    """Answers the present card and remembers every moment."""

    def __init__(self) -> None:
        self.session = new_session("first", RUBRIC, "zh-Hans", NOW)
        self.moments: list[Moment] = []

    def say(self, given: AnyInput) -> None:
        done = step(RUBRIC, self.session, self.session.ref, given, NOW, f"after {self.session.id}")
        assert not any(isinstance(event, Refused | Stale) for event in done.events), given
        self.moments.append((self.session, given))
        self.session = done.session

    def begin(self) -> None:
        self.say(ChooseLanguage("zh-Hans"))
        self.say(NameFirm("示例制造有限公司"))
        self.say(ChooseKind(FirmKind.ABOVE_SCALE))

    def answer_all(self) -> None:
        """Ticks, letters and figures, and the ladders rung by rung."""
        while self.session.asking:
            if self.session.phase is Phase.SCENARIOS:
                self.say(Rung(met=len(self.session.drafts) == 0))
            else:
                self._question(RUBRIC.question[self.session.item or ""].type == "multiple")

    def _question(self, multiple: bool) -> None:
        if multiple:
            self.say(Tick("B", on=True))
            self.say(Tick("C", on=True))
            self.say(Done())
        elif self.session.item in NUMBERS:
            self._figures(NUMBERS[self.session.item])
        else:
            self.say(Answer(("B",)))

    def _figures(self, numbers: tuple[int, ...]) -> None:
        self.say(Numbers(numbers))
        if self.session.item == "q11":
            self.say(Numbers((100, 110, 120)))
        self.say(Confirm())

    def finish(self) -> None:
        if self.session.phase is Phase.REVIEW:  # after a look at it; the last answer leads on by itself
            self.say(Submit())
        self.say(Commit())


def full_walk() -> list[Moment]:
    """The straight way from hello to the result."""
    person = Person()
    person.begin()
    person.answer_all()
    person.finish()
    return person.moments


def quick_walk() -> list[Moment]:
    """From hello to a settled grade, in the order that settles it soonest."""
    person = Person()
    person.begin()
    person.say(Quick())
    person.answer_all()
    return person.moments


def winding_walk() -> list[Moment]:
    """Every kind of input that the straight way does not need."""
    person = Person()
    person.begin()
    for given in DETOURS:
        person.say(given)
    person.answer_all()
    person.say(Overview())
    person.finish()
    for given in AFTERWARDS:
        person.say(given)
    return person.moments


DETOURS: list[AnyInput] = [
    Help(), Park(), Back(), Jump("q12"), OpenEnergy(), ChooseFuel("electricity"), Numbers((1000,)), Done(),
    Numbers((350, 100, 90)), Confirm(), Jump("safety"), PickLevel(), TakeLevel(3), Jump("safety"), Keep(),
    Pause(), Resume(), Overview(), Provisional(), Overview(), Jump("q1"), Answer(("B",)),
    EnterFigures(),
]  # fmt: skip
AFTERWARDS: list[AnyInput] = [
    Recheck(), Pick(("q2", "q3", "q12"), True), Answer(("E",)), Keep(), Keep(), Commit(),
    Anew(),
]  # fmt: skip


def play_on(steps: int) -> None:
    """So many steps, walk after walk."""
    moments = full_walk()
    for number in range(steps):
        play(*moments[number % len(moments)])
