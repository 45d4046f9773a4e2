"""Kinds of question: what each is worth, one step up and down, and what is no answer; by laws that hold for all."""

from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import SchemaValidator, ValidationError

from scoring.kinds import Kind, KindName, Letters, Multiple, Planned, Single, Unfit, kind_of
from tests.scoring.strategies import examples

FIVE, THREE = tuple("ABCDE"), tuple("ABC")
SINGLE, MULTIPLE = Single(FIVE), Multiple(FIVE)
POINTS = {"A": 0, "B": 5, "C": 7, "D": 7, "E": 2}
KINDS: tuple[KindName, ...] = get_args(KindName)


def test_a_class_that_misses_a_part_cannot_be_made() -> None:
    class Empty(Kind):
        pass

    with pytest.raises(TypeError):
        Empty(FIVE)  # type: ignore[abstract]
    assert Empty.__abstractmethods__ == Kind.__abstractmethods__ != frozenset()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (SINGLE, [0, 25, 50, 75, 100]),
        (Single(THREE), [0, 50, 100]),
        (Single(tuple("ABCDEF")), [0, 20, 40, 60, 80, 100]),
        (MULTIPLE, [0, 25, 25, 25, 25]),
        (Multiple(tuple("ABCD")), [0, Fraction(100, 3), Fraction(100, 3), Fraction(100, 3)]),
        (Multiple(tuple("AB")), [0, 100]),
    ],
)
def test_values_by_the_general_rule(kind: Kind, values: list[int]) -> None:
    assert list(kind.values().values()) == values


@pytest.mark.parametrize(
    ("kind", "chosen", "raised", "lowered"),
    [
        (SINGLE, ("A",), ("B",), ("A",)),
        (SINGLE, ("C",), ("D",), ("B",)),
        (SINGLE, ("E",), None, ("D",)),
        (MULTIPLE, ("A",), ("B",), ("A",)),
        (MULTIPLE, ("B",), ("B", "C"), ("A",)),
        (MULTIPLE, ("B", "C", "D"), ("B", "C", "D", "E"), ("B", "D")),
        (MULTIPLE, ("C", "E"), ("B", "C", "E"), ("E",)),
        (MULTIPLE, ("B", "C", "D", "E"), None, ("B", "D", "E")),
    ],
)
def test_one_step_up_and_one_step_down(kind: Kind, chosen: Letters, raised: Letters | None, lowered: Letters) -> None:
    assert kind.raised(chosen) == raised
    assert kind.lowered(chosen, POINTS) == lowered


@pytest.mark.parametrize("name", KINDS)
def test_from_no_answer_the_first_step_is_the_second_option(name: KindName) -> None:
    assert kind_of(name, FIVE).raised(()) == ("B",)


@pytest.mark.parametrize(
    ("kind", "chosen", "why"),
    [
        (SINGLE, ("A",), None),
        (SINGLE, ("A", "B"), Unfit.SEVERAL),
        (MULTIPLE, ("A",), None),
        (MULTIPLE, ("B", "E"), None),
        (MULTIPLE, ("A", "B"), Unfit.NONE_WITH_OTHERS),
    ],
)
def test_what_is_no_answer(kind: Kind, chosen: Letters, why: Unfit | None) -> None:
    assert kind.unfit(chosen) is why


@pytest.mark.parametrize(
    ("kind", "marked", "letter", "on", "after"),
    [
        (MULTIPLE, (), "C", True, ("C",)),
        (MULTIPLE, ("C",), "B", True, ("B", "C")),
        (MULTIPLE, ("B", "C"), "A", True, ("A",)),
        (MULTIPLE, ("A",), "B", True, ("B",)),
        (MULTIPLE, ("B", "C"), "B", False, ("C",)),
        (MULTIPLE, ("B",), "C", False, ("B",)),
        (SINGLE, ("B",), "C", True, ("C",)),
        (SINGLE, ("B",), "B", False, ()),
    ],
)
def test_ticks(kind: Kind, marked: Letters, letter: str, on: bool, after: Letters) -> None:
    assert kind.ticked(marked, letter, on=on) == after


def test_what_differs_besides() -> None:
    assert (SINGLE.ticks, MULTIPLE.ticks) == (False, True)
    assert (SINGLE.follows_figures, MULTIPLE.follows_figures) == (True, False)
    assert (SINGLE.planned(["C", "D"]), MULTIPLE.planned(["D", "B"])) == (Planned((), "D"), Planned(("B", "D"), None))
    assert (SINGLE.told(("B",)), MULTIPLE.told(("B",))) == ({"option": "B"}, {"options": ["B"]})


@pytest.mark.parametrize(
    ("values", "fit"),
    [
        ([0, 10, 20, 30, 40], True),
        ([0, 0, 0, 0, 100], True),
        ([5, 20, 25, 25, 25], False),
        ([0, 25, 25, 25, 24], False),
        ([0, -1, 26, 25, 50], False),
        ([0, 50, 50], False),
    ],
)
def test_how_a_profile_may_value_options(values: list[int], fit: bool) -> None:
    given = {letter: Decimal(value) for letter, value in zip(FIVE, values, strict=False)}
    assert MULTIPLE.may_be_worth(given) is fit
    assert not SINGLE.may_be_worth(given)


# laws


@st.composite
def answers(draw: st.DrawFn) -> tuple[Kind, Letters, dict[str, int]]:
    """A question of any kind, an answer to it, and what its options are worth in points."""
    kind = kind_of(draw(st.sampled_from(KINDS)), tuple("ABCDEFGH"[: draw(st.integers(2, 8))]))
    chosen = draw(st.sets(st.sampled_from(kind.letters), min_size=1).map(lambda letters: tuple(sorted(letters))))
    valid = chosen if kind.unfit(chosen) is None else kind.best
    return kind, valid, {letter: int(value * 420) for letter, value in kind.values().items()}


def worth(points: dict[str, int], chosen: Letters) -> int:
    return sum(points[letter] for letter in chosen)


@given(answers())
@examples(200)
def test_steps_up_lead_to_the_best_answer_and_each_is_worth_what_it_gains(
    case: tuple[Kind, Letters, dict[str, int]],
) -> None:
    kind, chosen, points = case
    gains, top = kind.gains(points), worth(points, kind.best)
    still = kind.steps(chosen)
    assert worth(points, chosen) + sum(gains[letter] for letter in still) == top == 100 * 420
    for _ in still:
        higher = kind.raised(chosen)
        assert higher is not None
        assert kind.unfit(higher) is None
        assert kind.reaches(higher, chosen) or chosen == kind.letters[:1]
        assert not kind.reaches(chosen, higher)
        assert worth(points, chosen) < worth(points, higher)
        chosen = higher
    assert (chosen, kind.raised(chosen)) == (kind.best, None)


@given(answers())
@examples(200)
def test_steps_down_lead_to_the_first_option(case: tuple[Kind, Letters, dict[str, int]]) -> None:
    kind, chosen, points = case
    for _ in kind.letters:
        lower = kind.lowered(chosen, points)
        assert kind.unfit(lower) is None
        assert worth(points, lower) < worth(points, chosen) or lower == chosen == kind.letters[:1]
        chosen = lower
    assert chosen == kind.letters[:1]


@given(answers())
@examples(100)
def test_an_answer_is_written_as_its_schema_reads_it(case: tuple[Kind, Letters, dict[str, int]]) -> None:
    kind, chosen, _ = case
    written = kind.written(chosen)
    read = SchemaValidator(kind.schema())
    assert read.validate_python(written) == written
    for wrong in ("Z", ["Z"], 1, None):
        with pytest.raises(ValidationError):
            read.validate_python(wrong)
