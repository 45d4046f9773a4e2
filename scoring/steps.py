"""The steps of which plans are made: what each gains, what it costs, and from which answers it is open.

The options of a multiple choice are independent. The rungs of a single choice are climbed in their order; a rung that
is dearer than the one above it is put together with that one: who climbs for many points does not stop between them.
Who wants fewer may; `scoring.plan` sees to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.rubric import Question

UNANSWERED = ""


@dataclass(frozen=True, slots=True)
class Increment:
    """Options to reach, lowest first, with what they gain (scaled points) and cost together.

    `starts` are the options from which these rungs are climbed; empty for an option that is independent.
    """

    question: str
    letters: tuple[str, ...]
    gain: int
    effort: int
    starts: frozenset[str] = frozenset()

    def is_open(self, chosen: tuple[str, ...] | None) -> bool:
        """Whether it is still to be taken from an answer."""
        if self.starts:
            return (chosen[0] if chosen else UNANSWERED) in self.starts
        return not chosen or self.letters[0] not in chosen

    def then(self, other: "Increment") -> "Increment":
        """Both, one after the other."""
        letters, gain, effort = (*self.letters, *other.letters), self.gain + other.gain, self.effort + other.effort
        return Increment(self.question, letters, gain, effort, self.starts)


def increments(question: Question, points: Mapping[str, int]) -> list[Increment]:
    """All steps of a question that bring points, rungs in order."""
    if not question.kind.ordered:
        return [step for step in single_steps(question, points, ()) if step.gain]
    starts: dict[tuple[str, ...], tuple[Increment, set[str]]] = {}
    for letter in question.letters:
        for step in _hull(single_steps(question, points, (letter,))):
            starts.setdefault(step.letters, (step, set()))[1].add(letter)
    lowest = question.letters[0]
    return [
        Increment(question.id, step.letters, step.gain, step.effort, frozenset({*found, *_unanswered(found, lowest)}))
        for step, found in starts.values()
        if step.gain
    ]


def _unanswered(starts: set[str], lowest: str) -> tuple[str, ...]:
    return (UNANSWERED,) if lowest in starts else ()


def single_steps(question: Question, points: Mapping[str, int], chosen: tuple[str, ...]) -> list[Increment]:
    """Each open option or rung alone, in order; none for a result."""
    gains, efforts = question.kind.gains(points), question.efforts
    letters = question.kind.steps(chosen) if efforts else ()
    return [Increment(question.id, (letter,), gains[letter], efforts[letter]) for letter in letters]


def _hull(rungs: list[Increment]) -> list[Increment]:
    """Rungs in order, put together until each costs no less for its points than the one before (a convex hull)."""
    found: list[Increment] = []
    for rung in rungs:
        step = rung
        while found and found[-1].effort * step.gain > step.effort * found[-1].gain:
            step = found.pop().then(step)
        found.append(step)
    return found
