"""Figures instead of letters: reuse, one by one or all at once, and letters that never contradict their figures."""

from decimal import Decimal
from typing import Any

import pytest

from flows.cards import ConfirmCard, FigureCard, QuestionCard
from flows.events import Recorded, Refusal, Refused, Withdrawn
from flows.inputs import Answer, Back, Confirm, EnterFigures, Numbers, Park
from flows.recording import answers_of
from scoring.errors import FaultCode
from scoring.figures import FigureValue
from tests.flows.driver import RUBRIC, Walker

Q11 = ((120, 80, 100), (900, 1000, 1100))
NUMBERS: dict[str, list[tuple[Any, ...]]] = {
    "q2": [(200, 90)],
    "q3": [(200, 40)],
    "q11": list(Q11),
    "q12": [(380, 400, 1100, 1000)],
    "q13": [(97, 98)],
    "q14": [(55, 1100, 60, 1000)],
    "q15": [(800, 760, 1100, 1000)],
}


def at(item: str) -> Walker:
    return Walker().begin().go(item)


def give(walker: Walker, item: str, *numbers: Any) -> Walker:
    """Figures for an item, confirmed."""
    walker.go(item)
    for values in numbers:
        walker.say(Numbers(values if isinstance(values, tuple) else (values,)))
    walker.say(Confirm())
    return walker


def calculation(walker: Walker) -> str:
    assert isinstance(walker.card, ConfirmCard), walker.card
    return walker.card.calculation


def asked(walker: Walker) -> str:
    assert isinstance(walker.card, FigureCard), walker.card
    return walker.card.figure


def figures(walker: Walker) -> dict[str, FigureValue]:
    return walker.session.record.figures


def faults(walker: Walker, *values: Any) -> list[tuple[str, FaultCode]]:
    """What is wrong with the numbers; nothing changes."""
    before = walker.session
    (event,) = walker.give(Numbers(values))
    assert isinstance(event, Refused)
    assert event.reason is Refusal.FIGURES
    assert walker.session == before
    return [(fault.place, fault.code) for fault in event.faults]


@pytest.mark.parametrize("item", NUMBERS)
def test_all_at_once(item: str) -> None:
    walker = give(at(item), item, *NUMBERS[item])
    rule = RUBRIC.question[item].figures
    assert rule
    assert set(figures(walker)) == set(rule.asks)
    assert answers_of(RUBRIC, walker.session.record).derivations[item].option == walker.session.record.choices[item][0]


@pytest.mark.parametrize("item", NUMBERS)
def test_one_by_one_comes_to_the_same(item: str) -> None:
    at_once = give(at(item), item, *NUMBERS[item])
    walker = at(item)
    walker.say(EnterFigures())
    rule = RUBRIC.question[item].figures
    assert rule
    values = NUMBERS[item] if item == "q11" else [(value,) for value in NUMBERS[item][0]]
    for name, value in zip(rule.asks, values, strict=True):
        assert asked(walker) == name
        walker.say(Numbers(value))
    walker.say(Confirm())
    assert walker.session.record == at_once.session.record


@pytest.mark.parametrize("item", [item for item in RUBRIC.items if item not in NUMBERS])
def test_other_items_have_no_figures(item: str) -> None:
    walker = at(item)
    assert walker.refused(EnterFigures()) is Refusal.NOT_HERE
    assert walker.refused(Numbers((1,))) is Refusal.NOT_HERE


def test_figures_asked_once_are_reused() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    walker.go("q3").say(EnterFigures())
    assert asked(walker) == "machines_networked"
    give(walker, "q3", 40)
    give(walker, "q14", (55, 1100, 60, 1000))
    for item in ("q12", "q15"):
        walker.go(item).say(EnterFigures())
        assert isinstance(walker.card, FigureCard)
        assert walker.card.known == {"revenue_last": 1100, "revenue_prev": 1000}
    give(walker, "q15", (800, 760))
    give(walker, "q12", 380, 400)
    assert len(walker.session.record.choices) == 5


def test_the_series_gives_the_years() -> None:
    walker = give(at("q11"), "q11", *Q11)
    walker.go("q14").say(Numbers((55, 60)))
    assert calculation(walker) == "(1100 / 55) / (1000 / 60) - 1 = 20.0%"
    walker.say(Confirm())
    assert figures(walker)["revenue_last"] == 1100
    assert figures(walker)["revenue_prev"] == 1000


def test_a_short_series_leaves_the_other_year_open() -> None:
    walker = give(at("q11"), "q11", (5,), (1100,))
    walker.go("q15").say(EnterFigures())
    walker.say(Numbers((800, 760)))
    assert asked(walker) == "revenue_prev"
    walker.say(Numbers((1000,)))
    assert calculation(walker).startswith("(800 / 1100)")


def test_years_follow_the_series_and_withdraw_what_they_contradict() -> None:
    walker = give(at("q11"), "q11", *Q11)
    give(walker, "q14", (55, 60))
    give(walker, "q15", (800, 760))
    walker.go("q11").say(Numbers((120, 80, 100)))
    walker.say(Numbers((900, 1000, 700)))
    events = walker.say(Confirm())
    assert events == (
        Recorded("q11", ("A",), ("B",)),
        Withdrawn("q14", ("C",)),
        Withdrawn("q15", ("C",)),
    )
    assert walker.session.parked == ("q14", "q15")
    assert figures(walker)["revenue_last"] == 700
    assert not {"employees_last", "cost_last"} & set(figures(walker))


def test_a_changed_figure_that_gives_the_same_answer_withdraws_nothing() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    give(walker, "q3", 40)
    walker.go("q2").say(Numbers((220, 90)))
    assert walker.say(Confirm()) == (Recorded("q2", ("D",), ("D",)),)
    assert figures(walker)["machines"] == 220
    assert walker.session.parked == ()


def test_a_part_larger_than_its_new_whole_is_withdrawn() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    give(walker, "q3", 150)
    walker.go("q2").say(Numbers((100, 90)))
    assert walker.say(Confirm()) == (Recorded("q2", ("D",), ("E",)), Withdrawn("q3", ("E",)))
    assert walker.session.parked == ("q3",)
    assert figures(walker) == {"machines": 100, "machines_digital": 90}


def test_letters_without_figures_are_never_withdrawn() -> None:
    walker = at("q3")
    walker.say(Answer(("E",)))
    give(walker, "q2", (200, 10))
    assert walker.session.record.choices == {"q2": ("A",), "q3": ("E",)}
    assert walker.session.parked == ()


def test_a_letter_by_hand_drops_the_figures_of_its_question_alone() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    walker.go("q2").say(Answer(("A",)))
    assert figures(walker) == {"machines": 200}
    give(walker, "q3", 40)
    walker.go("q3").say(Park())
    assert figures(walker) == {"machines": 200}


def test_an_option_that_waits_is_worked_out_anew_when_a_figure_changes() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    walker.go("q3").say(Numbers((80,)))
    assert calculation(walker) == "80 / 200 = 40%"
    give(walker, "q2", (100, 90))
    walker.go("q3")
    assert calculation(walker) == "80 / 100 = 80%"
    give(walker, "q2", (70, 60))
    walker.go("q3")
    assert isinstance(walker.card, FigureCard)  # 80 of 70 cannot be: once more
    assert walker.refused(Confirm()) is Refusal.NOT_HERE
    walker.say(Numbers((7,)))
    walker.say(Confirm())
    assert walker.session.record.choices == {"q2": ("E",), "q3": ("A",)}


def test_figures_that_wait_for_others_go_on_when_these_are_known() -> None:
    walker = at("q12")
    walker.say(Numbers((380, 400)))
    assert asked(walker) == "revenue_last"
    give(walker, "q14", (55, 1100, 60, 1000))
    walker.go("q12")
    assert calculation(walker) == "(380 / 1100) / (400 / 1000) - 1 = -13.6%"


def test_figures_on_record_are_asked_again_one_by_one() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    walker.go("q2").say(EnterFigures())
    assert asked(walker) == "machines"
    assert isinstance(walker.card, FigureCard)
    assert walker.card.known == {"machines": 200, "machines_digital": 90}
    walker.say(Numbers((300,)))
    assert asked(walker) == "machines_digital"
    walker.say(Numbers((30,)))
    assert calculation(walker) == "30 / 300 = 10%"
    walker.say(Confirm())
    give(walker, "q3", 40)
    walker.go("q3").say(EnterFigures())
    assert asked(walker) == "machines_networked"  # the machines belong to q2
    give(walker, "q11", *Q11)
    give(walker, "q11", (30, 30), (100, 100))
    assert figures(walker)["revenue"] == (100, 100)
    give(walker, "q14", (55, 60))
    walker.go("q14").say(EnterFigures())
    assert asked(walker) == "employees_last"
    walker.say(Numbers((50, 60)))
    assert calculation(walker) == "(100 / 50) / (100 / 60) - 1 = 20.0%"


def test_an_option_that_waits_needs_all_its_figures() -> None:
    walker = give(at("q11"), "q11", *Q11)
    walker.go("q14").say(Numbers((55, 60)))
    walker.go("q11").say(Answer(("B",)))  # drops the series that the years came from
    walker.go("q14")
    assert asked(walker) == "revenue_last"
    walker.say(Numbers((1100, 1000)))
    walker.say(Confirm())
    assert walker.session.record.choices["q14"] == ("C",)


def test_an_unchanged_option_still_waits() -> None:
    walker = give(at("q2"), "q2", (200, 90))
    walker.go("q3").say(Numbers((80,)))
    give(walker, "q13", (97, 98))
    walker.go("q3").say(Confirm())
    assert walker.session.record.choices["q3"] == ("C",)


WRONG: list[tuple[str, tuple[Any, ...], str, FaultCode]] = [
    ("q2", (-1, 0), "figures.machines", FaultCode.NEGATIVE),
    ("q2", (Decimal("1.5"),), "figures.machines", FaultCode.NOT_WHOLE),
    ("q2", (0,), "figures.machines", FaultCode.NOT_POSITIVE),
    ("q2", (10**16, 1), "figures.machines", FaultCode.TOO_LARGE),
    ("q2", (100, 101), "figures.machines_digital", FaultCode.PART_EXCEEDS_WHOLE),
    ("q11", (), "figures.digital_investment", FaultCode.YEARS_COUNT),
    ("q12", (1, 0, 1, 1), "figures.energy_prev", FaultCode.NOT_POSITIVE),
    ("q12", (Decimal("NaN"),), "figures.energy_last", FaultCode.NOT_A_NUMBER),
    ("q12", (Decimal("Infinity"),), "figures.energy_last", FaultCode.NOT_A_NUMBER),
    ("q12", (Decimal("1e-13"),), "figures.energy_last", FaultCode.TOO_PRECISE),
    ("q13", (101,), "figures.pass_rate_before", FaultCode.OVER_HUNDRED),
    ("q14", (0, 1, 1, 1), "figures.employees_last", FaultCode.NOT_POSITIVE),
    ("q15", (1, 1, 1, 0), "figures.revenue_prev", FaultCode.NOT_POSITIVE),
]


@pytest.mark.parametrize(("item", "values", "place", "code"), WRONG)
def test_wrong_figures_change_nothing_and_are_named(
    item: str, values: tuple[Any, ...], place: str, code: FaultCode
) -> None:
    assert (place, code) in faults(at(item), *values)


def test_series_of_different_lengths() -> None:
    walker = at("q11")
    walker.say(Numbers((1, 2, 3)))
    assert faults(walker, 10, 20) == [("figures.digital_investment", FaultCode.YEARS_DIFFER)]
    assert walker.refused(Numbers((1, 2, 3, 4))) is Refusal.TOO_MANY_NUMBERS


def test_numbers_are_never_placed_by_guess() -> None:
    walker = give(at("q11"), "q11", *Q11)
    walker.go("q14")
    assert walker.refused(Numbers((55, 60, 1000))) is Refusal.TOO_MANY_NUMBERS
    walker.say(Numbers((55, 500, 60, 1000)))  # one for each: all are meant
    walker.say(Confirm())
    assert figures(walker)["revenue_last"] == 500
    assert walker.session.record.choices["q14"] == ("A",)


def test_a_year_that_is_typed_again_is_told_to_its_series() -> None:
    walker = give(at("q11"), "q11", *Q11)
    walker.go("q14").say(Numbers((55, 1200, 60, 1010)))
    walker.say(Confirm())
    assert figures(walker)["revenue"] == (900, 1010, 1200)
    assert walker.session.parked == ()
    walker.go("q14").say(Numbers((55, 300, 60, 1010)))
    assert walker.say(Confirm())[1:] == (Withdrawn("q11", ("A",)),)  # 300 of 2210 are more than a tenth


def test_back_drops_what_was_typed() -> None:
    walker = at("q2")
    walker.say(Numbers((200, 90)))
    walker.say(Back())
    assert asked(walker) == "machines"
    walker.say(Back())
    assert isinstance(walker.card, QuestionCard)
    assert figures(walker) == {}
