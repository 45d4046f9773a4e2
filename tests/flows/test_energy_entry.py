"""The energy calculator of q12: fuel by fuel, three columns, then the sum."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cards import ConfirmCard, EnergyCard, FigureCard, QuestionCard
from flows.events import Refusal, Refused
from flows.inputs import (
    Answer,
    AnyInput,
    Back,
    ChooseFuel,
    ChooseLanguage,
    ChooseSide,
    Confirm,
    Done,
    EnterFigures,
    Help,
    Jump,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Quick,
    Resume,
)
from flows.session import EnergySide, EnergyUse
from scoring.errors import FaultCode
from tests.examples import tries
from tests.flows.driver import RUBRIC, Walker


def opened() -> Walker:
    walker = Walker().begin().go("q12")
    walker.say(OpenEnergy())
    return walker


def use(walker: Walker, **amounts: Any) -> Walker:
    for fuel, amount in amounts.items():
        walker.say(ChooseFuel(fuel))
        walker.say(Numbers((amount if isinstance(amount, int) else Decimal(amount),)))
    return walker


def side(walker: Walker, name: EnergySide) -> Walker:
    walker.say(ChooseSide(name))
    return walker


def calculation(walker: Walker) -> str | None:
    assert isinstance(walker.card, EnergyCard), walker.card
    return walker.card.total.calculation if walker.card.total else None


def test_the_worked_example() -> None:
    example = RUBRIC.energy_example
    assert example
    walker = use(opened(), **{fuel: str(amount) for fuel, amount in example.consumed.items()})
    assert calculation(walker) == "310 × 1.229 + 1.5 × 1.286 = 382.919"
    walker.say(Done())
    assert isinstance(walker.card, FigureCard)
    assert (walker.card.figure, walker.card.energy) == ("energy_prev", True)
    assert walker.card.known == {"energy_last": Decimal("382.919")}


@pytest.mark.parametrize("fuel", RUBRIC.fuel)
def test_every_fuel(fuel: str) -> None:
    walker = use(opened(), **{fuel: 1000})
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.total
    assert walker.card.total.total == 1000 * RUBRIC.fuel[fuel].coefficient


def test_output_and_recovery_are_subtracted() -> None:
    walker = use(opened(), general_bituminous_coal=1000)
    use(side(walker, EnergySide.PRODUCED), heat=10000)
    use(side(walker, EnergySide.RECOVERED), waste_heat_pressure=100)
    assert calculation(walker) == "1000 × 0.7143 - 10000 × 0.0341 - 100 × 0.0341 = 369.89"
    walker.say(Done())
    walker.say(Numbers((380, 1000, 1000)))
    walker.say(Confirm())
    assert walker.session.record.energy == {
        "energy_last": EnergyUse(
            consumed={"general_bituminous_coal": Decimal(1000)},
            produced={"heat": Decimal(10000)},
            recovered={"waste_heat_pressure": Decimal(100)},
        )
    }


def test_nothing_takes_a_fuel_off_the_list() -> None:
    walker = use(opened(), electricity=310, heat=5)
    use(walker, heat=0)
    assert calculation(walker) == "310 × 1.229 = 380.99"
    use(walker, electricity=0)
    assert calculation(walker) is None
    assert walker.refused(Done()) is Refusal.NO_FUEL


def test_a_fuel_again_replaces_its_amount() -> None:
    walker = use(opened(), electricity=1, heat=5)
    use(walker, electricity=310)
    assert calculation(walker) == "310 × 1.229 + 5 × 0.0341 = 381.1605"


def test_an_amount_needs_a_fuel() -> None:
    walker = opened()
    assert walker.refused(Numbers((5,))) is Refusal.NO_FUEL
    walker.say(ChooseFuel("heat"))
    walker.say(Back())
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.fuel is None
    walker.say(Back())
    assert isinstance(walker.card, FigureCard)
    walker.say(Back())
    assert isinstance(walker.card, QuestionCard)


def test_less_than_nothing_is_refused_and_named() -> None:
    walker = use(opened(), electricity=1)
    use(side(walker, EnergySide.PRODUCED), heat=10000)
    assert calculation(walker) is None
    (event,) = walker.give(Done())
    assert isinstance(event, Refused)
    assert [fault.code for fault in event.faults] == [FaultCode.ENERGY_NEGATIVE]


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e16", "1e-13"])
def test_impossible_amounts(amount: str) -> None:
    walker = opened()
    walker.say(ChooseFuel("heat"))
    assert walker.refused(Numbers((Decimal(amount),))) is Refusal.FIGURES


def test_both_years_by_the_calculator() -> None:
    walker = use(opened(), electricity=310)
    walker.say(Done())
    walker.say(OpenEnergy())
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.figure == "energy_prev"
    use(walker, electricity=320)
    walker.say(Done())
    walker.say(OpenEnergy())  # nothing is missing: the first one again, as it was
    assert calculation(walker) == "310 × 1.229 = 380.99"
    walker.say(Done())
    walker.say(Numbers((1000, 1000)))
    assert isinstance(walker.card, ConfirmCard)
    walker.say(Confirm())
    assert set(walker.session.record.energy) == {"energy_last", "energy_prev"}
    walker.go("q12").say(OpenEnergy())
    assert calculation(walker) == "310 × 1.229 = 380.99"


def test_a_typed_figure_replaces_the_calculation() -> None:
    walker = use(opened(), electricity=310)
    walker.say(Done())
    walker.say(Numbers((400, 1000, 1000)))
    walker.say(Confirm())
    walker.go("q12").say(Numbers((390, 400, 1000, 1000)))
    walker.say(Confirm())
    assert walker.session.record.energy == {}
    assert walker.session.record.figures["energy_last"] == 390


def test_a_figure_typed_over_an_unconfirmed_sum_replaces_it() -> None:
    walker = use(opened(), electricity=310)
    walker.say(Done())
    walker.say(Numbers((390, 400, 1000, 1000)))
    walker.say(Confirm())
    assert walker.session.record.energy == {}


def test_a_letter_by_hand_drops_the_calculation() -> None:
    walker = use(opened(), electricity=310)
    walker.say(Done())
    walker.say(Numbers((400, 1000, 1000)))
    walker.say(Confirm())
    walker.go("q12").say(Answer(("B",)))
    assert walker.session.record.energy == {}
    assert set(walker.session.record.figures) == {"revenue_last", "revenue_prev"}


def test_only_q12_has_a_calculator() -> None:
    for item in RUBRIC.items:
        walker = Walker().begin().go(item)
        if item != "q12":
            assert walker.refused(OpenEnergy()) is Refusal.NOT_HERE
            assert walker.refused(ChooseFuel("heat")) is Refusal.NOT_HERE
            assert walker.refused(ChooseSide(EnergySide.CONSUMED)) is Refusal.NOT_HERE


def test_numbers_typed_elsewhere_never_reach_the_calculator() -> None:
    walker = opened()
    walker.say(ChooseFuel("heat"))
    walker.say(Overview())
    assert walker.refused(Numbers((5,))) is Refusal.NOT_HERE
    walker.go("q12")
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.use == EnergyUse()


def test_typing_figures_instead_closes_the_calculator() -> None:
    walker = use(opened(), electricity=310)
    walker.say(EnterFigures())
    assert isinstance(walker.card, FigureCard)


@pytest.mark.parametrize(("series", "asked"), [(True, 2), (False, 4)])
def test_the_years_of_a_series_on_record_are_not_asked_again(series: bool, asked: int) -> None:
    walker = Walker().begin().go("q11")
    if series:
        walker.say(Numbers((1, 1)))
        walker.say(Numbers((1000, 1100)))
        walker.say(Confirm())
    walker.go("q12").say(Numbers((380, 400, 1100, 1000)))
    walker.say(Confirm())
    walker.go("q12").say(EnterFigures())
    names = []
    while isinstance(card := walker.card, FigureCard):
        names.append(card.figure)
        known = card.known[card.figure]
        assert not isinstance(known, tuple)
        walker.say(Numbers((known,)))
    assert names == ["energy_last", "energy_prev", "revenue_last", "revenue_prev"][:asked]


ASIDE: tuple[AnyInput, ...] = (
    *(ChooseSide(side) for side in EnergySide),
    *(ChooseFuel("gasoline"), Back(), Help(), Overview(), Jump("q1"), Jump("q13"), Pause(), Resume(), Quick()),
    *(
        Park(),
        EnterFigures(),
        OpenEnergy(),
        Answer(("B",)),
        Done(),
        Confirm(),
        ChooseLanguage("en"),
        Overview("outcomes"),
    ),
)
"""All that can be said beside an amount or a figure."""


@settings(max_examples=tries(150), deadline=None)
@given(aside=st.lists(st.sampled_from(ASIDE), max_size=8), known=st.booleans())
def test_an_amount_is_kept_whatever_is_done_beside_it(aside: list[AnyInput], known: bool) -> None:
    """Until it is taken off the list, or another figure is typed in its place."""
    walker = Walker().begin()
    if known:
        walker.go("q11").say(Numbers((1, 1)))
        walker.say(Numbers((1000, 1100)))
        walker.say(Confirm())
    walker.go("q12").say(OpenEnergy())
    use(walker, electricity=310, heat=5)
    walker.say(ChooseSide(EnergySide.RECOVERED))
    use(walker, heat=2)
    for each in aside:
        walker.give(each)
    walker.go("q12").say(OpenEnergy())
    assert isinstance(walker.card, EnergyCard)
    asked = walker.card.figure == "energy_last"  # or the sum was taken over, and the year before is asked
    found = walker.card.use if asked else walker.session.amounts["energy_last"]
    assert found.consumed == {"electricity": 310, "heat": 5}
    assert found.recovered == {"heat": 2}


def test_amounts_of_a_recorded_figure_come_back_after_a_letter_and_after_putting_off() -> None:
    for instead in (Answer(("B",)), Park()):
        walker = use(opened(), electricity=310)
        walker.say(Done())
        walker.say(Numbers((400, 1000, 1000)))
        walker.say(Confirm())
        assert walker.session.amounts == {}
        walker.go("q12").say(instead)
        assert walker.session.record.energy == {}
        walker.go("q12").say(OpenEnergy())
        assert calculation(walker) == "310 × 1.229 = 380.99"


def test_a_fuel_that_is_taken_off_the_list_and_a_figure_typed_in_its_place_are_gone() -> None:
    walker = use(opened(), electricity=310, heat=5)
    use(walker, electricity=0)
    walker.say(Back())
    walker.say(OpenEnergy())
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.use.consumed == {"heat": 5}
    walker.say(Back())
    walker.say(Numbers((390, 400, 1000, 1000)))
    walker.say(Confirm())
    walker.go("q12").say(OpenEnergy())
    assert isinstance(walker.card, EnergyCard)
    assert walker.card.use == EnergyUse()
