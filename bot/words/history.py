"""Finished assessments, in words: a numbered list, how the score went, and any two compared."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from bot.words.results import between, headline_of, result_of
from bot.words.sections import Section
from bot.words.wording import Medium, Wording, wording
from flows.session import Assessment
from scoring.editions import known
from scoring.exact import fixed
from scoring.result import shown_score
from scoring.sheet import load_sheet

CELLS = 10
"""Blocks in a bar for the full score of 100."""
DRAWN = 12
"""So many assessments are drawn, the latest."""
MOST_DIGITS = 6
"""Of a number in the list; what is longer is an id."""
FULL, EMPTY = "▰", "▱"
"""As wide as each other in any font, so that bars at the start of a line are aligned on a phone too."""


def history(past: Sequence[Assessment], words: Wording) -> list[Section]:
    """Assessments, the newest first as number 1; with two or more also a chart, and how to compare."""
    if not past:
        return [Section(words.text("history.title"), (words.text("history.none"),))]
    newest, *older = (_line(number, entry, words) for number, entry in enumerate(past, start=1))
    if not older:
        return [Section(words.text("history.title"), (newest,))]
    listed = Section(words.text("history.title"), (words.text("history.line.newest", line=newest), *older))
    if words.medium is Medium.PAGE:  # where it is drawn
        return [listed, Section("", (*_mixed(past, words), words.hint("history")))]
    return [listed, _chart(past, words)]


def past_result(past: Sequence[Assessment], about: str, words: Wording) -> tuple[Assessment | None, list[Section]]:
    """One of the list, by its number or by the beginning of its id, and what it came to; or that there is none."""
    found = find_past(past, about)
    own = _own(found, words) if found else None
    if found is None or own is None:
        return None, [Section(words.text("history.title"), (words.text("history.past.unknown"),))]
    number = past.index(found) + 1
    named = Section(words.text("history.past", number=number, date=date_of(found)), ())
    result = headline_of(result_of(found.record, own), own, provisional=False)
    return found, [named, replace(result, lines=(*result.lines, words.hint("past", number=number)))]


def find_past(past: Sequence[Assessment], about: str) -> Assessment | None:
    """By number, the newest is 1; or by at least so much of its id as buttons say."""
    if about.isdecimal() and len(about) <= MOST_DIGITS:
        return past[int(about) - 1] if 1 <= int(about) <= len(past) else None
    return next((entry for entry in past if about and entry.id.startswith(about)), None)


def _line(number: int, entry: Assessment, words: Wording) -> str:
    line = words.text(
        "history.line", number=number, date=date_of(entry), grade=grade_of(entry, words), score=score_of(entry)
    )
    return line + _edition(entry, words)


def _own(entry: Assessment, words: Wording) -> Wording | None:
    """The words for the edition that an assessment is by; None if that is not here any more."""
    return wording(words.language, entry.rubric, words.medium) if entry.rubric in known() else None


def grade_of(entry: Assessment, words: Wording) -> str:
    """The grade, by its number where its edition is not here any more."""
    own = _own(entry, words)
    return own.grade(entry.grade) if own else words.text("history.grade", number=entry.grade)


def _edition(entry: Assessment, words: Wording) -> str:
    """By which edition, if it is not the present one."""
    if entry.rubric == words.rubric.id:
        return ""
    own = _own(entry, words)
    return words.text("history.edition", edition=own.rubric.title if own else entry.rubric)


def date_of(entry: Assessment) -> str:
    """The day on which it was finished."""
    return entry.finished_at.astimezone().strftime("%Y-%m-%d")


def score_of(entry: Assessment) -> str:
    """The score as people see it, with its edition's lines in mind, if that is still here."""
    score = Fraction(entry.score)
    if entry.rubric in known():
        return shown_score(load_sheet(entry.rubric), score)
    return fixed(*score.as_integer_ratio(), 2)


def _chart(past: Sequence[Assessment], words: Wording) -> Section:
    """A bar, the number, the score and the grade a line, in the order of the list."""
    drawn = past[:DRAWN]
    lines = (
        words.text(
            "history.bar",
            bar=_bar(Fraction(entry.score)),
            number=number,
            score=score_of(entry),
            grade=grade_of(entry, words),
        )
        for number, entry in enumerate(drawn, start=1)
    )
    return Section(words.text("history.chart"), (*lines, *_mixed(drawn, words), words.hint("history")))


def _mixed(past: Sequence[Assessment], words: Wording) -> tuple[str, ...]:
    """That scores by several editions are not to be compared."""
    return (words.text("history.editions"),) if len({entry.rubric for entry in past}) > 1 else ()


def _bar(score: Fraction) -> str:
    """A block for every full ten points."""
    full = int(score * CELLS / 100)
    return FULL * full + EMPTY * (CELLS - full)


def compared(past: Sequence[Assessment], numbers: Sequence[int], words: Wording) -> Section:
    """Two of the list, the older one first, item by item; without numbers, the last two. Or why that cannot be done."""
    title = words.text("history.compare")
    if fault := _fault(past, numbers or (1, 2), words):
        return Section(title, (fault,))
    new, old = sorted(numbers or (1, 2))
    before, after = past[old - 1], past[new - 1]
    heading = words.text(
        "history.compare.title", title=title, old=old, before=date_of(before), new=new, after=date_of(after)
    )
    return replace(between((before.rubric, before.record), (after.rubric, after.record), words), title=heading)


def _fault(past: Sequence[Assessment], numbers: Sequence[int], words: Wording) -> str | None:
    if len(past) < 2:
        return words.text("history.compare.few")
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        return words.text("history.compare.two")
    if wrong := [number for number in numbers if not 1 <= number <= len(past)]:
        return words.text("history.compare.unknown", number=wrong[0], last=len(past))
    if gone := [past[number - 1].rubric for number in numbers if past[number - 1].rubric not in known()]:
        return words.text("history.compare.gone", edition=gone[0])
    return None
