"""A backtracking machine that takes the patterns of `re` step by step, and counts: `re` itself cannot be asked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Taken = Callable[[str], bool]


@dataclass(frozen=True)
class Sign:
    """Takes one character."""

    taken: Taken


@dataclass(frozen=True)
class Split:
    """Goes on so many steps from itself, and if that fails, so many; a jump if both are the same."""

    first: int
    second: int


@dataclass(frozen=True)
class Look:
    """Goes on if a program of its own matches here, or, `back` characters before; `wanted`: or only if it does not."""

    program: list[Any]
    back: int
    wanted: bool


@dataclass(frozen=True)
class Atom:
    """What a program of its own matches first, and nothing else."""

    program: list[Any]


Program = list[Sign | Split | Look | Atom]


class TooManyError(Exception):
    """More steps than were allowed."""


class Machine:
    """A pattern; `steps` counts what all its runs took together."""

    def __init__(self, pattern: re.Pattern[str], most: int = 10**7) -> None:
        self.steps, self._most = 0, most
        self._flags = pattern.flags
        self.signs: list[Taken] = []
        self.bodies: list[Program] = []
        self._program = self._compiled(parser.parse(pattern.pattern, pattern.flags))

    def fullmatch(self, text: str) -> list[tuple[int, int]]:
        return self._found(text, 0, whole=True)

    def match(self, text: str) -> list[tuple[int, int]]:
        return self._found(text, 0)

    def search(self, text: str) -> list[tuple[int, int]]:
        return next(filter(None, (self._found(text, start) for start in range(len(text) + 1))), [])

    def findall(self, text: str) -> list[tuple[int, int]]:
        """All of them, as `split` and `sub` find them."""
        found, start = [], 0
        while start <= len(text):
            here = self._found(text, start)
            found += here
            start = max(here[0][1] if here else 0, start + 1)
        return found

    split = sub = finditer = findall

    def _found(self, text: str, start: int, *, whole: bool = False) -> list[tuple[int, int]]:
        end = self._run(self._program, text, start, whole=whole)
        return [] if end is None else [(start, end)]

    def _run(self, program: Program, text: str, start: int, *, whole: bool = False) -> int | None:
        """Where a match ends; None if there is none."""
        waiting = [(0, start)]
        while waiting:
            at, place = waiting.pop()
            while at < len(program):
                self.steps += 1
                if self.steps > self._most:
                    raise TooManyError
                step = program[at]
                if isinstance(step, Split):
                    if step.second != step.first:
                        waiting.append((at + step.second, place))
                    at += step.first
                    continue
                after = self._after(step, text, place)
                if after is None:
                    break
                at, place = at + 1, after
            else:
                if not whole or place == len(text):
                    return place
        return None

    def _after(self, step: Sign | Look | Atom, text: str, place: int) -> int | None:
        """The place behind what a step takes; None if it fails here."""
        if isinstance(step, Sign):
            return place + 1 if place < len(text) and step.taken(text[place]) else None
        if isinstance(step, Atom):
            return self._run(step.program, text, place)
        begin = place - step.back
        there = begin >= 0 and self._run(step.program, text, begin) is not None
        return place if there is step.wanted else None

    # from the parser's tree to a program

    def _compiled(self, tree: Any) -> Program:
        return [step for code, value in tree for step in self._node(code, value)]

    def _node(self, code: Any, value: Any) -> Program:
        if code in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY):
            self.signs.append(self._sign(code, value))
            return [Sign(self.signs[-1])]
        if code is codes.SUBPATTERN:
            return self._compiled(value[-1])
        if code is codes.BRANCH:
            return _alternatives([self._compiled(branch) for branch in value[1]])
        if code in (codes.ASSERT, codes.ASSERT_NOT):
            back = value[1].getwidth()[1] if value[0] < 0 else 0
            return [Look(self._compiled(value[1]), back, wanted=code is codes.ASSERT)]
        if code is codes.ATOMIC_GROUP:
            return [Atom(self._compiled(value))]
        least, most, body = value  # of a repeat; what else there may be is not used here, and fails
        self.bodies.append(self._compiled(body))
        repeated = _repeated(least, most, self.bodies[-1], lazy=code is codes.MIN_REPEAT)
        return [Atom(repeated)] if code is codes.POSSESSIVE_REPEAT else repeated

    def _sign(self, code: Any, value: Any) -> Taken:
        """What a sign takes is asked of `re`, of one character at a time."""
        known: dict[str, bool] = {}
        single = re.compile(_written(code, value), self._flags)

        def taken(sign: str) -> bool:
            if sign not in known:
                known[sign] = single.fullmatch(sign) is not None
            return known[sign]

        return taken


def sample(program: Program, known: Iterable[str]) -> str:
    """A text that a program may take: everything once, the first of what there is to choose from."""
    at, text = 0, ""
    while at < len(program):
        step = program[at]
        if isinstance(step, Sign):
            text += next((sign for sign in known if step.taken(sign)), "")
        at += max(1, step.first) if isinstance(step, Split) else 1
    return text


def _alternatives(branches: list[Program]) -> Program:
    """The first branch that fits."""
    *others, program = branches
    for branch in reversed(others):
        program = [Split(1, len(branch) + 2), *branch, Split(len(program) + 1, len(program) + 1), *program]
    return program


def _repeated(least: int, most: Any, body: Program, *, lazy: bool) -> Program:
    size = len(body)
    if most is codes.MAXREPEAT:
        rest = [_split(size + 2, lazy=lazy), *body, Split(-size - 1, -size - 1)]
    else:
        rest = []
        for _ in range(most - least):
            rest = [_split(size + len(rest) + 1, lazy=lazy), *body, *rest]
    return [*body * least, *rest]


def _split(behind: int, *, lazy: bool) -> Split:
    return Split(behind, 1) if lazy else Split(1, behind)


def _written(code: Any, value: Any) -> str:
    """One sign of a pattern, written again."""
    if code is codes.ANY:
        return "."
    if code is codes.LITERAL:
        return re.escape(chr(value))
    if code is codes.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    return f"[{''.join(_part(*entry) for entry in value)}]"


CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _part(code: Any, value: Any) -> str:
    if code is codes.NEGATE:
        return "^"
    if code is codes.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return CATEGORIES[value] if code is codes.CATEGORY else re.escape(chr(value))
