"""Every pattern of the program is linear: twice as long a line takes twice as many steps, whatever is in it."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import product
from types import ModuleType
from typing import Any, get_args

import pytest

from bot.understanding.numbers import speech
from flows.cards import Card
from tests.bot.child import ROOT
from tests.bot.machine import Machine, TooManyError, sample
from tests.locales.scan import every, sources

PACKAGES = ("bot", "flows", "scoring", "storage", "locales")
GREATEST = 1000
"""Characters of a line that anybody reads."""
A_SIGN = 150
"""Steps for each character of it at most."""
FEW = 6
HARMLESS = ("compile", "escape", "Pattern", "Match", "IGNORECASE", "DOTALL", "ASCII")
BUILT: dict[str, dict[str, Callable[[], re.Pattern[str]]]] = {
    "bot.understanding.numbers": {"token": lambda: speech().token, "separators": lambda: speech().separators}
}
"""Patterns that are built when they are needed."""
METHODS = ("match", "fullmatch", "search", "findall", "finditer", "split", "sub")
PASSED_ON = ("search",)
"""How a pattern is used that its own module does not use by name."""


def trees(containing: str = "") -> dict[str, ast.Module]:
    """The modules by their names; those whose text contains that."""
    found = sources(*PACKAGES, containing=containing)
    return {place.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): tree for place, tree in found}


def named(module: ModuleType) -> dict[str, re.Pattern[str]]:
    """The patterns that a module has, or builds."""
    built = {name: make() for name, make in BUILT.get(module.__name__, {}).items()}
    return {name: _of_text(value) for name, value in vars(module).items() if isinstance(value, re.Pattern)} | built


def _of_text(pattern: re.Pattern[Any]) -> re.Pattern[str]:
    """The same for text, where it is one for bytes."""
    if isinstance(pattern.pattern, str):
        return pattern
    return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)


def methods(tree: ast.Module, name: str) -> set[str]:
    """How a module uses a pattern."""
    return {
        node.attr
        for node in every(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in METHODS
        and name in (getattr(node.value, "id", ""), getattr(node.value, "attr", ""))
    }


def uses() -> Iterator[tuple[str, str, str]]:
    """Every pattern with every method."""
    for place, tree in trees("import re").items():
        if any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in every(tree)):
            for name in named(import_module(place)):
                yield from ((place, name, method) for method in methods(tree, name) or PASSED_ON)


LONG = ("bot.understanding.numbers", "token")
"""Of very many parts: it takes minutes."""
ALL = sorted(uses())
USES = [pytest.param(*use, marks=pytest.mark.slow if use[:2] == LONG else (), id=".".join(use)) for use in ALL]


def test_no_pattern_is_overlooked() -> None:
    """Each stands at the head of its module, or is known as built; nothing is matched in passing."""
    for place, tree in trees().items():
        assert not any(isinstance(node, ast.ImportFrom) and node.module == "re" for node in every(tree)), place
        used = [
            node for node in every(tree) if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "re"
        ]
        assert {node.attr for node in used} <= set(HARMLESS), place
        compiled = sum(node.attr == "compile" for node in used)
        assert compiled == (len(named(import_module(place))) if compiled else 0), place
    assert {
        "bot.dialogue.reading",
        "bot.understanding.numbers",
        "bot.settings",
        "bot.cli.records",
        "scoring.compare",
    } <= {use[0] for use in ALL}


def signs(machine: Machine) -> list[str]:
    """A character of each sort that a pattern tells apart, the most general sorts first, and one that fits nowhere."""
    sorts: dict[tuple[bool, ...], str] = {}
    for sign in map(chr, (*range(32, 127), 10, *range(0x3000, 0x3011), 0xFF0C, *map(ord, "万亿二台é"))):
        sorts.setdefault(tuple(taken(sign) for taken in machine.signs), sign)
    general = sorted(sorts, key=lambda sort: -sum(sort))
    return [sorts[sort] for sort in general[:FEW] if any(sort)] + [sorts.get((False,) * len(machine.signs), "~")]


def lines(machine: Machine, size: int) -> Iterator[str]:
    """A beginning, one or two characters over and over, and an end."""
    known = signs(machine)
    bodies = {sample(body, known) for body in machine.bodies} - {""}
    pumps = dict.fromkeys([*known, *map("".join, product(known, repeat=2)), *sorted(bodies)])
    for pump, begin, end in product(pumps, ["", *known], ["", known[0], known[-1]]):
        yield begin + (pump * size)[:size] + end


def steps(pattern: re.Pattern[str], method: str, line: str) -> int:
    machine = counting(pattern)
    machine.steps = 0
    getattr(machine, method)(line)
    return machine.steps


@cache
def counting(pattern: re.Pattern[str]) -> Machine:
    """One machine for all lines: to build it takes longer than most of them."""
    return Machine(pattern, most=A_SIGN * GREATEST)


def worst(pattern: re.Pattern[str], method: str, size: int = 40) -> tuple[float, str]:
    """How much longer the worst line takes when it is twice as long, and this line."""
    short, long = ([*lines(Machine(pattern), much)] for much in (size, 2 * size))
    pairs = (
        (steps(pattern, method, two) / (steps(pattern, method, one) + size), two)
        for one, two in zip(short, long, strict=True)
    )
    return max(pairs)


@pytest.mark.parametrize(("place", "name", "method"), USES)
def test_a_line_twice_as_long_takes_twice_as_many_steps(place: str, name: str, method: str) -> None:
    pattern = named(import_module(place))[name]
    growth, line = worst(pattern, method)
    assert growth < 2.5, line
    short = line[: len(line) // 2] + line[-1:]
    assert steps(pattern, method, short * (GREATEST // len(short))) <= A_SIGN * GREATEST
    assert steps(pattern, method, line[0] + line[1:-1] * (GREATEST // len(line)) + line[-1]) <= A_SIGN * GREATEST


@pytest.mark.parametrize(
    ("text", "method"),
    [
        (r"(\D+?)\s*[q#]?\s*(\d{1,2})", "fullmatch"),
        (r"\d\s*[=:\s]\s*[a-z]", "fullmatch"),
        (r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,]*\d)x", "findall"),
        (r"(?:a|a)*b", "match"),
        (r"(?:a+)+b", "match"),
        (r"\s+x", "search"),
        (r".*.*=", "match"),
    ],
)
def test_a_pattern_that_is_not_linear_is_found(text: str, method: str) -> None:
    with pytest.raises((AssertionError, TooManyError)):
        assert worst(re.compile(text), method)[0] < 2.5


@pytest.mark.parametrize(("place", "name", "method"), USES)
def test_the_machine_finds_what_re_finds(place: str, name: str, method: str) -> None:
    pattern = named(import_module(place))[name]
    machine = Machine(pattern)
    for line in lines(machine, 7):
        machine.steps = 0
        found = getattr(machine, method)(line)
        if method in ("match", "fullmatch", "search"):
            match = getattr(pattern, method)(line)
            assert found == ([match.span()] if match else []), line
        else:
            assert found[:1] == [match.span() for match in pattern.finditer(line)][:1], line


@pytest.mark.slow
def test_hostile_lines_on_every_kind_of_card_are_read_within_a_budget() -> None:
    """Patterns, splitting, trimming and numerals together, in a process that the system ends when it takes too long."""
    done = subprocess.run([sys.executable, "-m", "tests.bot.hostile"], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    kinds, count = map(int, done.stdout.split())
    assert kinds == len(get_args(Card))
    assert count > 10_000
