"""The items in lists: a page a dimension, and the scenarios; in shorter parts where a screen has no room for more."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from scoring.rubric import Rubric

OPERATIONS = "operations"
"""The page that lists the scenarios."""
AT_ONCE = 6
"""So many items with what is planned or tried of each are on a screen at most."""
NAMED = 16
"""So many, where only their names are shown, in two columns."""


def review_pages(rubric: Rubric) -> tuple[str, ...]:
    """The pages of the review: each scored dimension, then the scenarios, if there are any."""
    return (*(dimension.id for dimension in rubric.dimensions), *([OPERATIONS] if rubric.scenarios else ()))


def items_of_pages(rubric: Rubric) -> dict[str, tuple[str, ...]]:
    """The items of each page of the review."""
    page_of = rubric.dimension_of | dict.fromkeys(rubric.scenario, OPERATIONS)
    return {page: tuple(item for item in rubric.items if page_of[item] == page) for page in review_pages(rubric)}


def lists(rubric: Rubric, most: int) -> dict[str, tuple[str, ...]]:
    """The pages in parts of at most so many items: "operations", "operations.2", and so on.

    Scenarios are parted between the groups of the standard first; what is still too long, in equal parts.
    """
    return {
        f"{page}.{number}" if number > 1 else page: items
        for page, whole in items_of_pages(rubric).items()
        for number, items in enumerate(_parted(rubric, whole, most), start=1)
    }


def _parted(rubric: Rubric, items: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    if len(items) <= most:
        yield tuple(items)
        return
    for _, grouped in groupby(items, lambda item: rubric.scenario[item].group if item in rubric.scenario else ""):
        group = tuple(grouped)
        size = -(-len(group) // -(-len(group) // most))
        yield from (group[start : start + size] for start in range(0, len(group), size))
