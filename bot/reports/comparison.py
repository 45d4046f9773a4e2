"""Before and after, side by side: what a comparison says, as plain frozen data made of the two reports.

Everything in it stands in one of the reports, too, so that neither can say otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.reports.content import Field, Indicator, Pair, Part, Question, Report, Seal
from bot.words.wording import wording

LABELS = ("title", "before", "after", "headline", "changes")
"""The words around the data (`comparison.label.…`)."""


@dataclass(frozen=True, slots=True)
class Bars:
    """An indicator as two bars, from 0 to 1; `before` is None if it cannot be compared."""

    name: str
    before: float | None
    after: float
    shown_before: str
    shown_after: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A question that is answered otherwise: the options that only that side has; all letters, if some are on both."""

    name: str
    before: str
    after: str
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    points_before: str
    points_after: str


@dataclass(frozen=True, slots=True)
class Levels:
    """A scenario at another level, and what the level asks for that it has now."""

    name: str
    before: int
    after: int
    top: int
    shown_before: str
    shown_after: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two final results. `note` says why items are not compared, if they are not; then nothing is listed of them.

    `embedded`: the words by which both papers are checked, that of the later one first.
    """

    seal: Seal
    embedded: str
    language: str
    title: str
    firm: str
    facts: tuple[Field, ...]
    headline: tuple[Pair, ...]
    dimensions: tuple[Pair, ...]
    indicators: tuple[Bars, ...]
    questions: tuple[Answers, ...]
    scenarios: tuple[Levels, ...]
    record_before: tuple[Field, ...]
    record_after: tuple[Field, ...]
    note: str
    counted: str
    commitment: Part
    notes: tuple[str, ...]
    alternatives: Mapping[str, str]
    labels: Mapping[str, str]


def comparison(before: Report, after: Report, edition: str) -> Comparison:
    """The comparison of two reports in one language; `edition` is that of the later one, in whose words it is told."""
    text = wording(after.language, edition).text
    labels = {**after.labels, **{name: text(f"comparison.label.{name}") for name in LABELS}}
    note = after.before.note if after.before else ""
    questions = () if note else tuple(_questions(before, after))
    scenarios = () if note else tuple(_scenarios(before, after))
    bars = tuple(_bars(before.indicators, after.indicators, alike=not note))
    shares = text("list.separator").join(f"{one.name} {one.shown_before} → {one.shown_after}" for one in bars)
    return Comparison(
        seal=after.seal,
        embedded=f"{after.embedded} {before.embedded}",
        language=after.language,
        title=labels["title"],
        firm=after.firm,
        facts=tuple(_facts(before, after, labels)),
        headline=tuple(_headline(before, after)),
        dimensions=tuple(_dimensions(before, after)),
        indicators=bars,
        questions=questions,
        scenarios=scenarios,
        record_before=before.record,
        record_after=after.record,
        note=note,
        counted=text(
            "comparison.counted", questions=len(questions), scenarios=len(scenarios), all=_items(after)
        ) if after.scenarios else text("comparison.counted.questions", questions=len(questions), all=_items(after)),
        commitment=after.commitment,
        notes=after.notes,
        alternatives={**after.alternatives, "shares": text("comparison.alt", shares=shares)},
        labels=labels,
    )  # fmt: skip


def _items(report: Report) -> int:
    return len(report.questions) + len(report.scenarios)


def _facts(before: Report, after: Report, labels: Mapping[str, str]) -> Iterator[Field]:
    """Of the firm as it is now; a date, and the number of its report, for each side."""
    date = labels["date"]
    for fact in after.facts:
        if fact.name == date:
            yield Field(labels["before"], f"{before.date}　{before.seal.number}")
            yield Field(labels["after"], f"{after.date}　{after.seal.number}")
        else:
            yield fact


def _headline(before: Report, after: Report) -> Iterator[Pair]:
    yield Pair(after.labels["grade"], before.grade_name, after.grade_name)
    yield Pair(after.labels["score"], before.total.shown, after.total.shown)
    old = {condition.name: condition.value for condition in before.conditions}
    for condition in after.conditions:
        yield Pair(condition.name, old.get(condition.name, ""), condition.value)


def _dimensions(before: Report, after: Report) -> Iterator[Pair]:
    old = {score.id: score for score in before.dimensions}
    for score in after.dimensions:
        past = old.get(score.id)
        shown = f"{past.shown} / {past.shown_most}" if past and past.name == score.name else ""
        yield Pair(score.name, shown, f"{score.shown} / {score.shown_most}")


def _bars(before: tuple[Indicator, ...], after: tuple[Indicator, ...], *, alike: bool) -> Iterator[Bars]:
    """By place, since it is the same edition; of another one, what is now stands alone."""
    for place, now in enumerate(after):
        past = before[place] if alike else None
        yield Bars(now.name, past.share if past else None, now.share, past.shown if past else "", now.shown)


def _questions(before: Report, after: Report) -> Iterator[Answers]:
    for past, now in zip(before.questions, after.questions, strict=True):
        old, new = _chosen(past), _chosen(now)
        if old != new:
            stays = bool(old.keys() & new.keys())
            yield Answers(
                f"{now.number}. {now.item}",
                past.answer if stays else "",
                now.answer if stays else "",
                tuple(text for letter, text in old.items() if letter not in new),
                tuple(text for letter, text in new.items() if letter not in old),
                _rounded(past.points),
                _rounded(now.points),
            )


def _rounded(points: str) -> str:
    """Of "20/7 ≈ 2.86" what is read; the fraction stands in the reports."""
    return points.rpartition("≈ ")[2]


def _chosen(question: Question) -> dict[str, str]:
    return {option.letter: f"{option.letter}. {option.text}" for option in question.options if option.chosen}


def _scenarios(before: Report, after: Report) -> Iterator[Levels]:
    for past, now in zip(before.scenarios, after.scenarios, strict=True):
        if past.level != now.level:
            yield Levels(
                f"{now.number}. {now.starred}",
                past.level or 0,
                now.level or 0,
                len(now.requirements),
                past.shown,
                now.shown,
                now.requirement,
            )
