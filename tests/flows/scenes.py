"""One session for every kind of card, to try inputs on."""

from collections.abc import Callable
from functools import lru_cache

from flows.inputs import (
    Aim,
    Anew,
    Answer,
    AnyInput,
    Browse,
    ChooseFuel,
    ChooseLanguage,
    Climb,
    EnterFigures,
    Identify,
    Numbers,
    OpenEnergy,
    Overview,
    Pause,
    Pick,
    Proposal,
    Propose,
    Provisional,
    Quick,
    Recheck,
    Skip,
    TakeLevel,
)
from flows.session import AimPage, FirmFact, PaperKind, Session
from tests.flows.driver import RUBRIC, Walker, finished


def _asked(item: str, *then: AnyInput) -> Callable[[], Walker]:
    def walker() -> Walker:
        at_item = Walker().begin().go(item)
        for given in then:
            at_item.say(given)
        return at_item

    return walker


def _named() -> Walker:
    walker = Walker()
    walker.say(ChooseLanguage("en"))
    return walker


def _kind() -> Walker:
    walker = _named()
    walker.say(Skip())
    return walker


def _confirming() -> Walker:
    walker = Walker().begin().go("q2")
    walker.say(Numbers((200, 90)))
    return walker


def _fuel() -> Walker:
    walker = _asked("q12", OpenEnergy())()
    walker.say(ChooseFuel("electricity"))
    return walker


def _answered() -> Walker:
    walker = Walker().begin().go("q5")
    walker.say(Answer(("B",)))
    return walker.go("q5")


def _settled(*then: AnyInput) -> Callable[[], Walker]:
    """No grade, whatever is still to come: no scenario reaches a level."""

    def walker() -> Walker:
        settled = Walker().begin().go(next(iter(RUBRIC.scenario))).fill_scenarios().go("q8")
        for given in then:
            settled.say(given)
        return settled

    return walker


def _full(*then: AnyInput) -> Callable[[], Walker]:
    def walker() -> Walker:
        filled = Walker().begin(name="示例厂").fill()
        for given in then:
            filled.say(given)
        return filled

    return walker


SAID = (
    Proposal("q2", ("C",), "CNC 8/20", figures={"machines": 20, "machines_digital": 8}),
    Proposal("q6", ("B", "C"), "VPN"),
    Proposal("energy", 0, "Excel"),
    Proposal("finance", 1, "ERP", most=3),
)
"""What somebody's words come to."""


def _at_result(*then: AnyInput) -> Callable[[], Walker]:
    def walker() -> Walker:
        done = finished()
        for given in then:
            done.say(given)
        return done

    return walker


def _aiming(page: AimPage, *then: AnyInput) -> Callable[[], Walker]:
    def walker() -> Walker:
        filled = Walker().begin(name="示例厂").fill().go(TOP)
        filled.say(TakeLevel(4))
        done = filled.finish()
        for given in (Aim(page), *then):
            done.say(given)
        return done

    return walker


SCENES: dict[str, Callable[[], Walker]] = {
    "welcome": Walker,
    "name": _named,
    "kind": _kind,
    "single": _asked("q8"),
    "answered": _answered,
    "multiple": _asked("q1"),
    "figures": _asked("q2"),
    "energy": _asked("q12"),
    "entering": _asked("q3", EnterFigures()),
    "confirming": _confirming,
    "doubting": _asked("q12", EnterFigures(), Numbers((400_000,))),
    "fuels": _asked("q12", OpenEnergy()),
    "fuel": _fuel,
    "proposed": _asked("finance", Propose(SAID[-1:])),
    "proposed by figures": _asked("q2", Propose(SAID[:1])),
    "proposals": _asked("q8", Propose(SAID)),
    "ladder": _asked("quality", Climb()),
    "levels": _asked("quality"),
    "settled": _settled(),
    "stopped": _settled(Quick()),
    "review": _asked("q8", Overview()),
    "full": _full(Overview()),
    "provisional": _asked("q8", Overview(), Provisional()),
    "commitment": _full(),
    "result": finished,
    "anew": _at_result(Anew()),
    "identity": _at_result(Identify(PaperKind.PDF)),
    "identity fact": _at_result(Identify(PaperKind.PDF, FirmFact.CREDIT_CODE)),
    "identity so far": _asked("q8", Overview(), Provisional(), Identify()),
    "recheck": _at_result(Recheck()),
    "recheck list": _at_result(Recheck(), Browse("operations")),
    "again": _at_result(Recheck(), Pick(("q4", "q8", "quality"), on=True)),
    "plan": _aiming(AimPage.PLAN),
    "plan list": _aiming(AimPage.PLAN, Browse("operations.2")),
    "what_if": _aiming(AimPage.WHAT_IF),
    "what_if list": _aiming(AimPage.WHAT_IF, Browse("operations.2")),
    "plan so far": _asked("q8", Overview(), Provisional(), Aim(AimPage.PLAN)),
    "paused": _asked("q8", Pause()),
}
QUESTIONS = frozenset(
    {
        "single",
        "answered",
        "multiple",
        "again",
        "figures",
        "energy",
        "entering",
        "confirming",
        "doubting",
        "fuels",
        "fuel",
        "settled",
        "paused",
        "proposed by figures",
    }
)
SCENARIOS = frozenset({"ladder", "levels", "proposed"})
PROPOSED = frozenset({"proposed", "proposed by figures"})
ITEMS = QUESTIONS | SCENARIOS
REVIEWS = frozenset({"review", "full"})
TOP = "quality"
"""The scenario that is at its top where somebody aims higher; all other answers are the lowest."""
PLANS = frozenset({"plan", "plan list", "plan so far"})
AIMS = PLANS | {"what_if", "what_if list"}
IDENTITIES = frozenset({"identity", "identity fact", "identity so far"})
RECHECKS = frozenset({"recheck", "recheck list"})
EVERYWHERE = frozenset(SCENES)


@lru_cache
def scene(name: str) -> Session:
    """The session of a scene; it is frozen, so that all tests may share it."""
    return SCENES[name]().session
