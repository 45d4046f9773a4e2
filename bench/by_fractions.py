"""The score as one would first write it: every option's points as a Fraction, and sums of those. The floor to beat."""

from collections.abc import Mapping
from fractions import Fraction

from scoring.rubric import Grade, Question, Rubric


class FractionScore:
    """What can be known beforehand is: each option's points."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._points = {question.id: _points(question) for question in rubric.questions}

    def __call__(
        self, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]
    ) -> tuple[Fraction, dict[str, Fraction], int]:
        """The score, its dimensions and the grade."""
        dimensions = {dimension.id: Fraction(0) for dimension in self._rubric.dimensions}
        for item, letters in choices.items():
            points = self._points[item]
            dimensions[self._rubric.dimension_of[item]] += sum(points[letter] for letter in letters)
        total = sum(dimensions.values(), Fraction(0))
        met = (row.grade for row in self._rubric.grades if total >= row.score and self._enough(row, levels))
        return total, dimensions, max(met, default=0)

    def _enough(self, row: Grade, levels: Mapping[str, int]) -> bool:
        reached = [name for name, level in levels.items() if level >= row.level]
        restrictive = sum(self._rubric.scenario[name].restrictive for name in reached)
        return len(reached) >= row.scenarios and restrictive >= row.restrictive


def _points(question: Question) -> dict[str, Fraction]:
    first, second, third = question.weights
    weight, last = Fraction(first * second * third, 100**3), len(question.letters) - 1
    if question.type == "single":
        return {letter: weight * Fraction(100 * place, last) for place, letter in enumerate(question.letters)}
    return {letter: weight * Fraction(100, last) * (letter != question.letters[0]) for letter in question.letters}
