"""Cards of every kind as people see them, and the shape of every card of whole walks."""

from collections.abc import Iterator
from functools import lru_cache

from bot.screens import Screen, screen_of
from bot.words.wording import Wording, wording
from flows.cards import Card, ConfirmCard, FigureCard, LadderCard, card_of
from flows.inputs import (
    Aim,
    Answer,
    Browse,
    ChooseFuel,
    ChooseSide,
    Climb,
    Confirm,
    EnterFigures,
    KeepTarget,
    Numbers,
    OpenEnergy,
    Overview,
    Pick,
    Recheck,
    Rung,
    Suppose,
    Tick,
)
from flows.listing import AT_ONCE, NAMED, lists, review_pages
from flows.session import AimPage, EnergySide, Session
from tests.flows.driver import RUBRIC, Walker, finished
from tests.flows.scenes import SCENES, scene

FIGURES = {
    "machines": 200,
    "machines_digital": 90,
    "machines_networked": 40,
    "digital_investment": 12,
    "revenue": 90,
    "energy_last": 380,
    "energy_prev": 400,
    "pass_rate_before": 97,
    "pass_rate_after": 98,
    "employees_last": 55,
    "employees_prev": 60,
    "revenue_last": 1100,
    "revenue_prev": 1000,
    "cost_last": 800,
    "cost_prev": 760,
}


@lru_cache
def sessions() -> dict[str, Session]:
    """Sessions by a name for what is on the screen: every scene, every item in every state, every page."""
    found = {name: scene(name) for name in SCENES}
    for walk in (_questions, _ladders, _pages, _energy, _rechecks, _aims):
        found.update(walk())
    return found


def _questions() -> Iterator[tuple[str, Session]]:
    for question in RUBRIC.questions:
        walker = Walker().begin().go(question.id)
        yield question.id, walker.session
        if question.type == "multiple":
            walker.say(Tick("B", on=True))
            yield f"{question.id} ticked", walker.session
        if question.figures:
            yield from _figures(walker)
        else:
            walker.say(Answer(("A",)))
        walker.go(question.id)
        yield f"{question.id} answered", walker.session


def _figures(walker: Walker) -> Iterator[tuple[str, Session]]:
    walker.say(EnterFigures())
    while isinstance(card := walker.card, FigureCard):
        yield f"{card.question.id} {card.figure}", walker.session
        walker.say(Numbers((FIGURES[card.figure],)))
    assert isinstance(card, ConfirmCard)
    yield f"{card.question.id} confirming", walker.session
    walker.say(Confirm())


def _ladders() -> Iterator[tuple[str, Session]]:
    for scenario in RUBRIC.scenarios:
        walker = Walker().begin().go(scenario.id)
        yield f"{scenario.id} levels", walker.session
        walker.say(Climb())
        while isinstance(card := walker.card, LadderCard) and card.scenario.id == scenario.id:
            yield f"{scenario.id} {card.level}", walker.session
            walker.say(Rung(met=True))
        walker.go(scenario.id)
        yield f"{scenario.id} answered", walker.session


def _pages() -> Iterator[tuple[str, Session]]:
    walkers = {"empty": Walker().begin(), "full": Walker().begin(name="[b]厂{0}%s").fill(level=3), "done": finished()}
    for name, walker in walkers.items():
        for page in review_pages(RUBRIC) if name != "done" else ():
            walker.say(Overview(page))
            yield f"review {name} {page}", walker.session


def _energy() -> Iterator[tuple[str, Session]]:
    walker = Walker().begin().go("q12")
    walker.say(OpenEnergy())
    walker.say(ChooseFuel("electricity"))
    walker.say(Numbers((30,)))
    yield "fuels with a total", walker.session
    for side in EnergySide:
        walker.say(ChooseSide(side))
        yield f"fuels {side}", walker.session
    for fuel in RUBRIC.energy:
        walker.say(ChooseFuel(fuel.id))
        yield f"fuel {fuel.id}", walker.session


def _rechecks() -> Iterator[tuple[str, Session]]:
    walker = finished()
    walker.say(Recheck())
    yield "recheck marked", walker.session.but(picked=("q6", "q7"))  # with an earlier version
    for page in lists(RUBRIC, NAMED):
        walker.say(Browse(page))
        yield f"recheck {page}", walker.session
    for item in RUBRIC.items:
        asked = Walker(walker.session)
        asked.say(Pick((item, "q1"), on=True))
        yield f"again {item}", asked.go(item).session
    walker.say(Pick(("quality",), on=True))
    walker.take(2)
    yield "again committing", walker.session


def _aims() -> Iterator[tuple[str, Session]]:
    for half in AimPage:
        for level in (0, 3):
            walker = Walker().begin(name="示例厂").fill({"q1": "BC"}, level=level).finish()
            walker.say(Aim(half))
            walker.say(Suppose("quality", 4))
            walker.say(KeepTarget())
            for page in ("", *lists(RUBRIC, AT_ONCE)):
                walker.say(Browse(page))
                yield f"{half} {page} from {level}", walker.session


def shown(session: Session, language: str) -> tuple[Card, Screen, Wording]:
    """The card of a session, its screen and the words around it."""
    words = wording(language, "miit-2024")
    card = card_of(words.rubric, session)
    return card, screen_of(card, words), words


def texts(screen: Screen) -> list[str]:
    """Everything on a screen that is to be read."""
    return [screen.title, screen.header, *screen.body, *(choice.text for choice in screen.choices), screen.hint]
