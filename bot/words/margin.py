"""How firmly a result stands, in words: how far above the line, and the answers that the grade hangs on.

In short for the result itself, item by item on request. Without a grade there is nothing to lose, so what is
nearest is said instead.
"""

from bot.words.steps import effort_of
from bot.words.wording import Wording
from scoring.exact import shown
from scoring.margin import Distance, Fragile, Margin, Standing, find_margin, in_other_profiles
from scoring.result import Result, shown_score
from scoring.sheet import load_sheet

NAMED = 3
"""So many items are named on the result itself; the others are counted."""


def in_short(result: Result, words: Wording) -> list[str]:
    """Two lines for the result: the distance from the line, and what the grade hangs on. At no grade, what is near."""
    margin = _margin(result)
    if margin.above is None:
        return nearest(result, words)
    return [_above(margin.above, margin.grade, words), _hanging(margin, words)]


def _margin(result: Result) -> Margin:
    return find_margin(load_sheet(result.rubric, result.profile), _choices(result), result.levels)


def _above(above: Distance, grade: int, words: Wording) -> str:
    score = {"grade": words.grade(grade), "points": shown(above.points.as_integer_ratio(), {0})}
    if not words.rubric.grades[grade - 1].level:
        return words.text("result.margin.score", **score)
    return words.text("result.margin", **score, scenarios=above.scenarios, restrictive=above.restrictive)


def _hanging(margin: Margin, words: Wording) -> str:
    if margin.solid:
        return words.text("result.solid")
    grade, items = words.grade(margin.grade), [entry.item for entry in margin.fragile]
    if len(items) > NAMED:
        return words.text("result.fragile.many", grade=grade, items=words.items(items[:NAMED]), total=len(items))
    return words.text("result.fragile", grade=grade, items=words.items(items))


def nearest(result: Result, words: Wording) -> list[str]:
    """How much the next grade takes; with answers missing, only that it is too early to say."""
    if result.next is None or result.next.plan is None:
        return []
    grade = words.grade(result.next.grade)
    if not result.complete:
        return [words.text("result.nearest.open", grade=grade)]
    return [words.text("result.nearest", effort=effort_of(result.next.plan, words), grade=grade)]


def within_reach(result: Result, words: Wording) -> list[str]:
    """Which of the next grade's two conditions is met already."""
    if result.next is None:
        return []
    name, row = words.grade(result.next.grade), words.rubric.grades[result.next.grade - 1]
    met = [words.text("margin.met.score", grade=name, score=row.score)] if not result.points_short else []
    if row.level and not result.next.scenarios_short and not result.next.restrictive_short:
        met.append(words.text("margin.met.scenarios", grade=name))
    return met


def item_by_item(result: Result, words: Wording) -> list[str]:
    """What the check would have to turn down to cost the grade: the answer now, one step lower, and what would remain.

    There has to be a grade.
    """
    text, margin = words.text, _margin(result)
    lines = [_above(margin.above, margin.grade, words)] if margin.above else []
    lines.append(text("margin.how"))
    if margin.solid:
        lines.append(text("margin.solid", grade=words.grade(margin.grade)))
    else:
        lines.append(text.count("margin.fragile", len(margin.fragile), grade=words.grade(margin.grade)))
        lines += [_fragile(entry, words) for entry in margin.fragile]
        lines.append(text("margin.advice"))
    if not result.complete:
        lines.append(text("margin.open"))
    return lines


def _fragile(entry: Fragile, words: Wording) -> str:
    return words.text(
        "margin.line",
        item=words.item_name(entry.item),
        now=words.answer(entry.now),
        then=words.answer(entry.then),
        grade=words.grade(entry.grade),
    )


def elsewhere(result: Result, words: Wording) -> list[str]:
    """What the same answers come to by the edition's other profiles."""
    return [
        words.text(
            "margin.same" if standing.grade == result.grade else "margin.other",
            **revalued(standing.profile, words),
            score=shown_score(load_sheet(result.rubric, standing.profile), standing.score),
            grade=words.grade(standing.grade),
        )
        for standing in otherwise(result)
    ]


def otherwise(result: Result) -> list[Standing]:
    """The same answers by the edition's other profiles; nothing if they were not scored by its own rule."""
    sheet = load_sheet(result.rubric)
    if result.profile != sheet.profile:
        return []
    return list(in_other_profiles(sheet, _choices(result), result.levels))


def revalued(profile: str, words: Wording) -> dict[str, str]:
    """A profile's name, and the items that it values otherwise than the edition's own rule."""
    found = words.rubric.profile(profile)
    return {"profile": found.name, "items": words.items([*found.option_values])}


def _choices(result: Result) -> dict[str, tuple[str, ...]]:
    return {item: credit.letters for item, credit in result.credits.items()}
