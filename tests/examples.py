"""How many examples a run tries: CI all of them, whoever waits for `make test` a fifth, other ones each time."""

import os
import random
from collections.abc import Collection
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
ALL = bool(os.environ.get("CI"))
SHARE, FEWEST = 5, 5


def tries(count: int) -> int:
    """How many of so many examples are tried in this run."""
    return count if ALL else min(count, max(FEWEST, count // SHARE))


def some(things: Collection[T]) -> list[T]:
    """The things that are tried in this run, of very many."""
    return list(things) if ALL else random.sample([*things], tries(len(things)))


def fewer_unless_ci() -> None:
    """The number for tests that name none. In CI the profile of Hypothesis for it stays."""
    if not ALL:
        settings.register_profile("some", max_examples=tries(settings().max_examples))
        settings.load_profile("some")
