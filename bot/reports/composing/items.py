"""The items: every question with its options, figures and proof, and every scenario with its ladder."""

from collections.abc import Mapping
from decimal import Decimal

from bot.reports.composing.scored import Scored
from bot.reports.content import ChangeRule, Figure, Option, Question, Scenario, ShareRule
from bot.words.results import pencil
from bot.words.wording import calculation
from flows.session import EnergySide, EnergyUse
from scoring.answers import LARGEST_FIGURE
from scoring.energy import energy_total
from scoring.exact import plain
from scoring.rubric import Change as ChangeOf
from scoring.rubric import Figure as FigureOf
from scoring.rubric import Question as QuestionOf
from scoring.rubric import Rubric, Share
from scoring.rubric import Scenario as ScenarioOf


def questions(scored: Scored) -> tuple[Question, ...]:
    """In the standard's order."""
    return tuple(_question(scored, question) for question in scored.rubric.questions)


def _question(scored: Scored, question: QuestionOf) -> Question:
    rubric = scored.rubric
    credit = scored.result.credits.get(question.id)
    letters = credit.letters if credit else ()
    indicators = {indicator.id: indicator.name for indicator in rubric.indicators}
    dimensions = {dimension.id: dimension.name for dimension in rubric.dimensions}
    derivation = scored.result.derivations.get(question.id)
    return Question(
        id=question.id,
        number=scored.words.item_number(question.id),
        dimension=dimensions[rubric.dimension_of[question.id]],
        indicator=indicators[question.indicator],
        item=question.item,
        text=question.text,
        kind=scored.text(f"rubric.{question.type}"),
        several=question.kind.ticks,
        options=tuple(
            Option(option.id, option.text, _value(scored, question.id, option.id), option.id in letters)
            for option in question.options
        ),
        rule=_rule(question.figures),
        weights=question.weights,
        answer=scored.said(letters or None),
        value=pencil(credit.value) if credit else "",
        points=pencil(credit.points) if credit else "",
        calculation=calculation(derivation.calculation) if derivation else "",
        figures=tuple(_figure(scored, figure) for figure in rubric.figures if _home(rubric, figure) == question.id),
    )


def _value(scored: Scored, question: str, letter: str) -> float:
    """What choosing an option gives or adds, from 0 to 100."""
    points = scored.sheet.exact(scored.sheet.rows[question].points[letter])
    weight = scored.sheet.weights[question]
    return float(points / weight) if weight else 0.0


def _rule(rule: Share | ChangeOf | None) -> ShareRule | ChangeRule | None:
    match rule:
        case Share(part=part, whole=whole, bands=bands):
            return ShareRule(part, whole, bands)
        case ChangeOf():
            return ChangeRule(rule.last, rule.previous, rule.measure == "relative", rule.rise, rule.flat, rule.fall)
        case None:
            return None


def _home(rubric: Rubric, figure: FigureOf) -> str | None:
    """Of the questions that ask for a figure the one where the standard says so, else the first."""
    asked_at = rubric.asked_at[figure.id]
    told = (item for item in asked_at if rubric.question[item].source == figure.source)
    return next(told, asked_at[0] if asked_at else None)


def _figure(scored: Scored, figure: FigureOf) -> Figure:
    value = scored.paper.answers.figures.get(figure.id)
    use = scored.paper.record.energy.get(figure.id)
    numbers = () if value is None else value if isinstance(value, tuple) else (value,)
    return Figure(
        id=figure.id,
        name=figure.name,
        unit=figure.unit,
        series=figure.kind == "series",
        whole=figure.kind == "count",
        divides=figure.id in scored.rubric.wholes,
        most=100 if figure.kind == "percent" else LARGEST_FIGURE,
        year_of=(figure.year_of.series, figure.year_of.back) if figure.year_of else None,
        numbers=tuple(map(float, numbers)),
        exact=tuple(map(plain, numbers)),
        amount="" if value is None else scored.words.amount(value),
        shown="" if value is None else scored.words.value(figure.id, value),
        calculation=_energy(scored, use) if use and value is not None else "",
    )


def _energy(scored: Scored, use: EnergyUse) -> str:
    """How an amount of energy was added up, fuel by fuel."""
    sides = (_by_fuel(scored.rubric, use.side(side)) for side in EnergySide)
    total = energy_total(scored.rubric, *sides)
    return scored.text("energy.total", calculation=calculation(total.calculation))


def _by_fuel(rubric: Rubric, amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """In the order of the edition, whatever was told first."""
    return {fuel: amounts[fuel] for fuel in rubric.fuel if fuel in amounts}


def scenarios(scored: Scored) -> tuple[Scenario, ...]:
    """In the standard's order."""
    return tuple(_scenario(scored, scenario) for scenario in scored.rubric.scenarios)


def _scenario(scored: Scored, scenario: ScenarioOf) -> Scenario:
    level = scored.result.levels.get(scenario.id)
    before = scored.alike.levels.get(scenario.id) if scored.alike else None
    return Scenario(
        id=scenario.id,
        number=scored.words.item_number(scenario.id),
        name=scenario.name,
        group=scenario.group,
        restrictive=scenario.restrictive,
        kind=scored.labels["restrictive" if scenario.restrictive else "guiding"],
        level=level,
        shown=scored.said(level),
        requirement=scenario.levels[level - 1] if level else "",
        requirements=scenario.levels,
        before=before,
        shown_before=scored.said(before) if scored.alike else "",
    )
