"""From figures to options: closed upper ends, changes to 0.1%, and energy as tonnes of standard coal."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.energy import energy_total
from scoring.errors import AnswersError, FaultCode
from scoring.figures import Derivation, FigureValue, Number, derive
from scoring.rubric import Question
from tests.scoring.standard import COEFFICIENTS
from tests.scoring.strategies import RUBRIC, examples


def derived(question: str, **figures: FigureValue) -> Derivation:
    found = derive(RUBRIC.question[question], figures)
    assert found is not None
    return found


def refusal(question: str, **figures: FigureValue) -> str:
    with pytest.raises(AnswersError) as caught:
        derive(RUBRIC.question[question], figures)
    (fault,) = caught.value.faults
    return f"{fault.place}: {fault.code}"


# shares: q2, q3, q11

BANDS = [
    ("0", "A", "0%"),
    ("0.000001", "A", "0%"),
    ("9.999999", "A", "9.999999%"),
    ("10", "A", "10%"),
    ("10.000001", "B", "10.000001%"),
    ("19.99", "B", "19.99%"),
    ("20", "B", "20%"),
    ("20.000001", "C", "20.000001%"),
    ("20.004", "C", "20.004%"),
    ("33.333333", "C", "33.33%"),
    ("39.996", "C", "39.996%"),
    ("40", "C", "40%"),
    ("40.005", "D", "40.01%"),
    ("59.995", "D", "59.995%"),
    ("60", "D", "60%"),
    ("60.000001", "E", "60.000001%"),
    ("99.999999", "E", "99.999999%"),
    ("100", "E", "100%"),
]


@pytest.mark.parametrize(("question", "part"), [("q2", "machines_digital"), ("q3", "machines_networked")])
@pytest.mark.parametrize(("percent", "option", "shown"), BANDS)
def test_a_rate_falls_in_the_band_whose_upper_end_it_does_not_pass(
    question: str, part: str, percent: str, option: str, shown: str
) -> None:
    counted = int(Decimal(percent) * 10**6)
    found = derived(question, machines=10**8, **{part: counted})
    assert found == Derivation(option, f"{counted} / 100000000 = {shown}")


@pytest.mark.parametrize(("percent", "option", "shown"), BANDS)
def test_investment_is_a_share_of_three_years_revenue(percent: str, option: str, shown: str) -> None:
    spent = 3 * Decimal(percent)
    found = derived("q11", digital_investment=(spent, 0, 0), revenue=(90, 100, 110))
    assert found == Derivation(option, f"({spent} + 0 + 0) / (90 + 100 + 110) = {shown}")


@pytest.mark.parametrize(
    ("investment", "revenue", "option", "calculation"),
    [
        ((120, 80, 100), (900, 1000, 1100), "A", "(120 + 80 + 100) / (900 + 1000 + 1100) = 10%"),
        ((30, 60), (100, 200), "C", "(30 + 60) / (100 + 200) = 30%"),
        ((Decimal("20.5"),), (Decimal("100.25"),), "C", "20.5 / 100.25 = 20.45%"),
        ((90, 0), (100, 900), "A", "(90 + 0) / (100 + 900) = 9%"),  # the yearly shares, 90% and 0%, are not averaged
        ((Decimal("1E+2"),), (1000,), "A", "100 / 1000 = 10%"),
    ],
)
def test_investment_is_summed_over_the_years_a_firm_has_existed(
    investment: tuple[Number, ...], revenue: tuple[Number, ...], option: str, calculation: str
) -> None:
    assert derived("q11", digital_investment=investment, revenue=revenue) == Derivation(option, calculation)


@examples(200)
@given(whole=st.integers(1, 10**15), data=st.data())
def test_the_share_shown_never_lies_on_the_wrong_side_of_a_band(whole: int, data: st.DataObject) -> None:
    border = whole * data.draw(st.sampled_from([10, 20, 40, 60, 100])) // 100
    part = min(whole, max(0, border + data.draw(st.integers(-3, 3) | st.integers(-whole // 100, whole // 100))))
    found = derived("q2", machines=whole, machines_digital=part)
    shown = Fraction(found.calculation.rpartition(" = ")[2].removesuffix("%"))
    for letter, upper in zip("ABCDE", [10, 20, 40, 60, 100], strict=True):
        inside = found.option <= letter
        assert inside == (Fraction(100 * part, whole) <= upper)
        assert inside == (shown <= upper)


@pytest.mark.parametrize(
    ("question", "figures", "fault"),
    [
        ("q2", {"machines": 9, "machines_digital": 10}, "figures.machines_digital: part_exceeds_whole"),
        ("q3", {"machines": 0, "machines_networked": 0}, "figures.machines: not_positive"),
        ("q11", {"digital_investment": (5, 5), "revenue": (9,)}, "figures.digital_investment: years_differ"),
        ("q11", {"digital_investment": (0, 0), "revenue": (0, 0)}, "figures.revenue: not_positive"),
        ("q11", {"digital_investment": (9, 9), "revenue": (5, 5)}, "figures.digital_investment: part_exceeds_whole"),
    ],
)
def test_a_share_that_cannot_be_is_refused(question: str, figures: dict[str, FigureValue], fault: str) -> None:
    assert refusal(question, **figures) == fault


# changes: q12 to q15


def test_each_change_is_calculated_from_the_figures_of_its_question() -> None:
    revenue: dict[str, FigureValue] = {"revenue_last": 1100, "revenue_prev": 1000}
    energy = derived("q12", energy_last=Decimal("382.919"), energy_prev=400, **revenue)
    assert energy == Derivation("C", "(382.919 / 1100) / (400 / 1000) - 1 = -13.0%")
    quality = derived("q13", pass_rate_before=Decimal("97.5"), pass_rate_after=Decimal("98.1"))
    assert quality == Derivation("C", "98.1% - 97.5% = 0.6%")
    heads = derived("q14", employees_last=55, employees_prev=60, **revenue)
    assert heads == Derivation("C", "(1100 / 55) / (1000 / 60) - 1 = 20.0%")
    cost = derived("q15", cost_last=800, cost_prev=760, **revenue)
    assert cost == Derivation("C", "(800 / 1100) / (760 / 1000) - 1 = -4.3%")


CHANGES = [  # a change in millionths, what it is called, and the figure shown
    (-500_000, "fall", "-50.0%"),
    (-1_000, "fall", "-0.1%"),
    (-501, "fall", "-0.1%"),
    (-500, "fall", "-0.1%"),
    (-499, "flat", "0.0%"),
    (0, "flat", "0.0%"),
    (1, "flat", "0.0%"),
    (499, "flat", "0.0%"),
    (500, "rise", "0.1%"),
    (501, "rise", "0.1%"),
    (1_499, "rise", "0.1%"),
    (1_500, "rise", "0.2%"),
    (1_000_000, "rise", "100.0%"),
]
LESS_IS_BETTER = {"rise": ("A", "增加"), "flat": ("B", "持平"), "fall": ("C", "降低")}
MORE_IS_BETTER = {"fall": ("A", "降低"), "flat": ("B", "持平"), "rise": ("C", "增加")}


@pytest.mark.parametrize(("millionths", "kind", "shown"), CHANGES)
@pytest.mark.parametrize(
    ("question", "numerator", "denominator", "letters"),
    [
        ("q12", "energy", "revenue", LESS_IS_BETTER),
        ("q14", "revenue", "employees", MORE_IS_BETTER),
        ("q15", "cost", "revenue", LESS_IS_BETTER),
    ],
)
def test_a_ratio_that_changes_by_less_than_a_twentieth_of_a_percent_is_level(
    question: str,
    numerator: str,
    denominator: str,
    letters: dict[str, tuple[str, str]],
    millionths: int,
    kind: str,
    shown: str,
) -> None:
    figures: dict[str, FigureValue] = {f"{numerator}_prev": 10**6, f"{numerator}_last": 10**6 + millionths}
    found = derived(question, **figures, **{f"{denominator}_prev": 7, f"{denominator}_last": 7})
    option = next(option for option in RUBRIC.question[question].options if option.id == found.option)
    assert (option.id, option.text) == letters[kind]
    assert found.calculation.endswith(f" - 1 = {shown}")


@pytest.mark.parametrize(
    ("before", "after", "option", "shown"),
    [
        ("50", "50", "B", "0.0%"),
        ("50", "50.049", "B", "0.0%"),
        ("50", "50.05", "C", "0.1%"),
        ("50", "49.951", "B", "0.0%"),
        ("50", "49.95", "A", "-0.1%"),
        ("0", "0.04", "B", "0.0%"),
        ("0", "100", "C", "100.0%"),
        ("100", "0", "A", "-100.0%"),
        ("2", "2.04", "B", "0.0%"),  # in points: 2% more than before, yet 0.04 points
        ("99.9", "100", "C", "0.1%"),
    ],
)
def test_the_pass_rate_is_compared_in_points(before: str, after: str, option: str, shown: str) -> None:
    found = derived("q13", pass_rate_before=Decimal(before), pass_rate_after=Decimal(after))
    assert found == Derivation(option, f"{after}% - {before}% = {shown}")


@examples(150)
@given(
    energy=st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)),
    revenue=st.tuples(st.integers(1, 10**4), st.integers(1, 10**4)),
)
def test_the_option_follows_the_figure_that_is_shown(energy: tuple[int, int], revenue: tuple[int, int]) -> None:
    found = derived(
        "q12", energy_last=energy[0], energy_prev=energy[1], revenue_last=revenue[0], revenue_prev=revenue[1]
    )
    shown = Fraction(found.calculation.rpartition(" = ")[2].removesuffix("%"))
    exact = 100 * (Fraction(energy[0], revenue[0]) / Fraction(energy[1], revenue[1]) - 1)
    assert abs(shown - exact) <= Fraction(1, 20)
    assert found.option == ("B" if shown == 0 else "A" if shown > 0 else "C")


@pytest.mark.parametrize("zero", ["energy_prev", "revenue_last", "revenue_prev"])
def test_a_change_that_would_divide_by_zero_is_refused_naming_the_figure(zero: str) -> None:
    figures: dict[str, FigureValue] = {"energy_last": 1, "energy_prev": 1, "revenue_last": 1, "revenue_prev": 1}
    assert refusal("q12", **figures | {zero: 0}) == f"figures.{zero}: not_positive"


def test_a_result_of_nothing_is_a_fall_and_not_an_error() -> None:
    assert derived("q15", cost_last=0, cost_prev=5, revenue_last=9, revenue_prev=9).option == "C"


@pytest.mark.parametrize("question", [q for q in RUBRIC.questions if q.figures], ids=lambda q: q.id)
def test_no_option_is_found_while_a_figure_is_missing(question: Question) -> None:
    full = {name: (1,) if figure.kind == "series" else 1 for name, figure in RUBRIC.figure.items()}
    assert question.figures is not None
    assert derive(question, full) is not None
    for name in question.figures.asks:
        assert derive(question, {key: value for key, value in full.items() if key != name}) is None


def test_questions_without_figures_are_never_derived() -> None:
    assert derive(RUBRIC.question["q5"], {"machines": 5, "machines_digital": 5}) is None


# energy

BY_NAME = {fuel.name: fuel.id for fuel in RUBRIC.energy}


def test_the_worked_example_comes_to_382_919_tonnes() -> None:
    total = energy_total(RUBRIC, {BY_NAME["电力"]: 310, BY_NAME["高炉煤气"]: Decimal("1.5")})
    assert total.total == Fraction(382919, 1000)
    assert total.calculation == "310 × 1.229 + 1.5 × 1.286 = 382.919"
    assert [(term.tce, term.calculation) for term in total.terms] == [
        (Fraction("380.99"), "310 × 1.229"),
        (Fraction("1.929"), "1.5 × 1.286"),
    ]


def test_the_rubric_holds_the_worked_example_with_its_answer() -> None:
    example = RUBRIC.energy_example
    assert example is not None
    assert energy_total(RUBRIC, example.consumed).total == Fraction(example.total) == Fraction("382.919")


@pytest.mark.parametrize(("name", "coefficient"), [(name, value) for name, (_, value) in COEFFICIENTS.items()])
def test_a_thousand_of_every_fuel_is_a_thousand_coefficients(name: str, coefficient: str) -> None:
    assert energy_total(RUBRIC, {BY_NAME[name]: 1000}).total == 1000 * Fraction(coefficient)


def test_form_two_takes_off_what_was_produced_and_what_was_recovered() -> None:
    total = energy_total(
        RUBRIC, {"general_bituminous_coal": 1000}, {"heat": 2000, "electricity": 10}, {"waste_heat_pressure": 100}
    )
    assert total.total == Fraction("714.3") - Fraction("68.2") - Fraction("12.29") - Fraction("3.41")
    assert total.calculation == "1000 × 0.7143 - 2000 × 0.0341 - 10 × 1.229 - 100 × 0.0341 = 630.4"
    assert [term.sign for term in total.terms] == [1, -1, -1, -1]


def test_nothing_consumed_is_nothing_and_taking_off_all_of_it_too() -> None:
    assert energy_total(RUBRIC, {}).calculation == "0 = 0"
    assert energy_total(RUBRIC, {"heat": 5}, {"waste_heat_pressure": 5}).total == 0


@pytest.mark.parametrize(
    ("consumed", "recovered", "fault", "code"),
    [
        ({"heat": 5}, {"heat": Decimal("5.0001")}, "energy", FaultCode.ENERGY_NEGATIVE),
        ({"peat": 5}, {}, "energy.peat", FaultCode.UNKNOWN_FUEL),
        ({}, {"peat": 5}, "energy.peat", FaultCode.UNKNOWN_FUEL),
        ({"heat": -5}, {}, "energy.heat", FaultCode.NEGATIVE),
        ({"electricity": 5}, {"heat": -5}, "energy.heat", FaultCode.NEGATIVE),
    ],
)
def test_energy_that_cannot_be_is_refused(
    consumed: dict[str, Number], recovered: dict[str, Number], fault: str, code: FaultCode
) -> None:
    with pytest.raises(AnswersError) as caught:
        energy_total(RUBRIC, consumed, None, recovered)
    assert [(entry.place, entry.code) for entry in caught.value.faults] == [(fault, code)]
