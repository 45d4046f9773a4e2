"""The assessment before this one, and what is other since."""

from collections.abc import Iterator

from bot.reports.composing.scored import Scored
from bot.reports.content import Before, Pair
from bot.reports.paper import Earlier
from bot.words.results import sheet_of
from bot.words.wording import Wording, wording
from flows.events import AnswerValue
from scoring.compare import compare, snapshot
from scoring.result import Result, shown_score
from scoring.result_json import result_json


def previous(scored: Scored) -> Before | None:
    """The previous result, told by its own edition; None if there was none."""
    earlier, result = scored.paper.before, scored.before
    if earlier is None or result is None:
        return None
    own = wording(scored.words.language, result.rubric, scored.words.medium)
    return Before(
        date=_date(scored, earlier),
        grade=own.grade(result.grade),
        score=float(result.score),
        shown_score=shown_score(sheet_of(result), result.score),
        headline=_headline(scored, earlier, result, own),
        changes=tuple(_changes(scored)),
        note="" if scored.alike else _why_not_compared(scored, own),
    )


def _date(scored: Scored, earlier: Earlier) -> str:
    return scored.date(earlier.on) if earlier.on else ""


def _headline(scored: Scored, earlier: Earlier, result: Result, own: Wording) -> str:
    told = {"grade": own.grade(result.grade), "score": shown_score(sheet_of(result), result.score)}
    if on := _date(scored, earlier):
        headline = scored.text("report.before.on", date=on, **told)
    else:
        headline = scored.text("report.before", **told)
    return headline if scored.alike else headline + scored.text("history.edition", edition=own.rubric.title)


def _why_not_compared(scored: Scored, own: Wording) -> str:
    return scored.text("report.before.editions", before=own.rubric.title, after=scored.rubric.title)


def _changes(scored: Scored) -> Iterator[Pair]:
    """Every item that is answered otherwise; none of another edition's."""
    if scored.alike is None:
        return
    sheet = scored.sheet
    before, after = ((sheet, snapshot(sheet, result_json(sheet, result))) for result in (scored.alike, scored.result))
    change = compare(before, after)
    for entry in (*change["questions"], *change["scenarios"]):
        names = [scored.said(_answer(entry[side])) for side in ("before", "after")]
        yield Pair(scored.words.item_name(entry["id"]), *names)


def _answer(side: list[str] | int | None) -> AnswerValue | None:
    return tuple(side) if isinstance(side, list) else side
