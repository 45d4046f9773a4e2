"""From a paper to a report: scored once, put into words once, in one language."""

from bot.reports.composing import closing, earlier, grading, head, items, outlook, points
from bot.reports.composing.labels import book_of
from bot.reports.composing.scored import scored
from bot.reports.content import Report, Seal
from bot.reports.embedding import embedded
from bot.reports.paper import Paper
from bot.reports.seal import seal


def compose(paper: Paper, sealed: Seal | None = None) -> Report:
    """The report of a paper, with the seal that it has; without one, with the seal of its own."""
    case = scored(paper, sealed or seal(paper))
    rubric, result, words = case.rubric, case.result, case.words
    return Report(
        seal=case.sealed,
        embedded=embedded(paper, case.sealed.signature),
        day=paper.on.isoformat(),
        language=words.language,
        edition=rubric.id,
        profile=case.sheet.profile,
        title=head.title(case),
        status=head.status(case),
        firm=case.firm,
        facts=tuple(head.facts(case)),
        firm_rows=tuple(head.firm_rows(case)),
        colophon=tuple(closing.colophon(case)),
        checking=closing.checking(case),
        date=case.date(paper.on),
        source=rubric.title,
        grade=result.grade,
        grade_name=words.grade(result.grade),
        conditions=grading.conditions(case),
        total=points.total(case),
        bounds=(float(result.bounds.score[0]), float(result.bounds.score[1])),
        bounds_note=outlook.bounds(result, words),
        profile_note=outlook.by_other_profiles(result, words) if case.final else "",
        dimensions=tuple(points.dimensions(case)),
        indicators=tuple(points.indicators(case)),
        grades=tuple(grading.grades(case)),
        record=tuple(grading.record(case)),
        counts=grading.counts(case),
        questions=items.questions(case),
        scenarios=items.scenarios(case),
        operations=rubric.operations,
        level_names=tuple(map(words.level_name, range(case.sheet.top + 1))) if rubric.scenarios else (),
        gap=outlook.gap(result, words),
        plan=outlook.plan(result, words),
        before=earlier.previous(case),
        rulings=tuple(closing.rulings(case)),
        commitment=closing.commitment(case),
        notes=tuple(closing.notes(case)),
        caption=head.caption(case),
        alternatives=head.alternatives(case),
        labels=case.labels,
        book=book_of(words),
    )
