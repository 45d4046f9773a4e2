"""What a firm wants of its plan: items that must be in it, and items that must not.

A wish that cannot be granted is refused by name, before anything is planned: that is something else than a
grade that no plan reaches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scoring.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Wishes:
    """Ids of questions and scenarios.

    A `pinned` item is raised by at least one step beyond the present answer: an added option of a multiple
    choice, a rung of a single one, a level of a scenario, also of one that is high enough already. An
    `excluded` item stays as it is.
    """

    pinned: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()


NO_WISHES = Wishes()


class WishCode(StrEnum):
    """Why a wish cannot be granted."""

    UNKNOWN_ITEM = "unknown_item"
    PINNED_AND_EXCLUDED = "pinned_and_excluded"
    NOT_A_DECISION = "not_a_decision"
    """Pinned, but a result: one cannot decide to have it (its effort is null)."""
    AT_TOP = "at_top"
    """Pinned, but nothing is left to raise."""


@dataclass(frozen=True, slots=True)
class WishFault:
    """A wish that cannot be granted: the item and the reason."""

    item: str
    code: WishCode


class WishError(ValueError):
    """Wishes that cannot be granted; `faults` names every one, in the standard's order, unknown items first."""

    def __init__(self, faults: tuple[WishFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.item}: {fault.code}" for fault in faults))
        self.faults = faults


def check_wishes(
    sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int], wishes: Wishes
) -> None:
    """Raise WishError if a wish cannot be granted from these answers; what is missing counts as unmet."""
    if faults := tuple(_faults(sheet, choices, levels, wishes)):
        raise WishError(faults)


def raisable(sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> tuple[str, ...]:
    """The items that may be pinned: no results, nothing that is at its top."""
    items = frozenset(sheet.rubric.items)
    refused = {fault.item for fault in _faults(sheet, choices, levels, Wishes(items))}
    return tuple(item for item in sheet.rubric.items if item not in refused)


def _faults(
    sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int], wishes: Wishes
) -> Iterator[WishFault]:
    rubric, named = sheet.rubric, wishes.pinned | wishes.excluded
    for item in sorted(named - rubric.position.keys()):
        yield WishFault(item, WishCode.UNKNOWN_ITEM)
    for item in sorted(wishes.pinned & rubric.position.keys(), key=rubric.position.__getitem__):
        if item in wishes.excluded:
            yield WishFault(item, WishCode.PINNED_AND_EXCLUDED)
        elif item in rubric.question and rubric.question[item].effort is None:
            yield WishFault(item, WishCode.NOT_A_DECISION)
        elif choices.get(item) == sheet.tops.get(item) and levels.get(item) == sheet.highest.get(item):
            yield WishFault(item, WishCode.AT_TOP)
