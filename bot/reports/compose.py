"""From answers to a report: scored once, put into words once, in one language."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date

from bot.reports.content import (
    Before,
    Change,
    ChangeRule,
    Field,
    Figure,
    GradeRow,
    Indicator,
    Option,
    Part,
    Question,
    Report,
    Scenario,
    Score,
    ShareRule,
)
from bot.reports.embedding import embedded
from bot.reports.outlook import bounds, by_other_profiles, gap, plan
from bot.reports.paper import Paper
from bot.reports.seal import Seal, seal
from bot.words.results import pencil, sheet_of
from bot.words.wording import calculation, wording
from flows.events import AnswerValue
from flows.session import EnergySide, EnergyUse
from flows.text import tidy
from scoring.answers import LARGEST_FIGURE, Answers
from scoring.compare import compare, snapshot
from scoring.energy import energy_total
from scoring.exact import fixed, percentage, plain
from scoring.result import Result, assess, shown_score
from scoring.result_json import result_json
from scoring.rubric import Change as ChangeOf
from scoring.rubric import Figure as FigureOf
from scoring.rubric import Grade, Share
from scoring.rubric import Question as QuestionOf
from scoring.rubric import Scenario as ScenarioOf
from scoring.sheet import Sheet, load_sheet

LABELS = (
    *("firm", "kind", "date", "edition", "profile", "none_given", "conclusion", "grade", "score", "points", "full"),
    *("condition", "condition_score", "condition_scenarios", "met", "structure", "dimension", "indicator", "share"),
    *(
        "proof",
        "item",
        "entry",
        "answer",
        "calculation",
        "total",
        "not_answered",
        "figures",
        "figure",
        "value",
        "scenarios",
    ),
    *("scenario", "level", "requirement", "restrictive", "guiding", "restrictive_sign", "gap", "plan", "before"),
    *("now", "change", "rulings", "seal", "person", "signed", "radar", "ladder", "form"),
    *("number", "question", "kind_of_choice", "option", "chosen", "option_value", "weights", "unit", "record"),
    *("level_number", "group", "sheet_form", "sheet_score", "sheet_scenarios", "sheet_plan", "how", "unchanged"),
    *("method", "credit_code", "region", "industry", "contact", "program", "rules"),
    *("picture", "picture_note"),
    *("signature", "required", "reached", "verdict"),
    *("form_title", "blank", "questions", "record_title", "record_how", "sealed_number", "sealed_code"),
    *(f"evidence_{name}" for name in ("title", "number", "item", "claim", "evidence", "file", "remark")),
)
"""The words around the data: headings of columns and sections (`report.label.…`)."""

BOOK = (
    *("title", "how", "how_levels", "fill", "check", "filled", "unfilled", "by_figures", "chosen_letters", "derived"),
    *(
        "wrong_tick",
        "wrong_several",
        "wrong_none_with_others",
        "wrong_contradicts",
        "wrong_number",
        "wrong_negative",
        "wrong_large",
        "wrong_percent",
        "wrong_whole",
        "wrong_zero",
        "doubt_percent",
    ),
    *("wrong_gap", "wrong_exceeds", "wrong_years", "wrong_year", "wrong_level", "year_1", "year_2", "year_3"),
    *("summary", "summary_result", "summary_faults", "summary_changed", "fix", "only_tick"),
    *("only_number", "only_level", "reached", "reached_restrictive", "yes", "no", "points_short", "scenarios_short"),
    *("restrictive_short", "next_grade", "top_grade", "next_level", "next_requirement", "top_level", "follows"),
    *("stands", "stands_changed", "footer", "number_of", "code", "about"),
)
"""The words of the workbook alone (`report.book.…`)."""
BLANKS = {
    name: f"{{{name}}}"
    for name in (
        *("letter", "other", "top", "filled", "total", "faults", "score", "grade", "changed", "date", "level"),
        *("number", "code", "edition", "most", "value"),
    )
}
"""What is only known in a cell stays a blank, until a formula fills it."""


def compose(paper: Paper, sealed: Seal | None = None) -> Report:
    """The report of a paper, with the seal that it has; without one, with the seal of its own."""
    return _Composer(paper, sealed or seal(paper)).report()


class _Composer:
    """Holds what every part needs."""

    def __init__(self, paper: Paper, sealed: Seal) -> None:
        self.paper, self.sealed, self.answers = paper, sealed, paper.answers
        self.words = words = wording(paper.language, paper.rubric)
        self.sheet = sheet = load_sheet(paper.rubric, paper.profile)
        self.rubric, self.text = words.rubric, words.text
        self.result = assess(sheet, self.answers)
        self.before = _assessed(paper.before.answers, sheet) if paper.before else None
        self.alike = self.before if self.before and self.before.rubric == paper.rubric else None
        """The result before, if it can be compared item by item."""
        self.final = self.result.complete and paper.submitted
        self.labels = {name: words.text(f"report.label.{name}") for name in LABELS}
        self.labels |= {
            "no_grade": words.rubric.no_grade,
            "page": words.text("report.page", page="{page}", pages="{pages}"),  # known only once the pages are made
            "year": words.text("report.year", year="{year}"),
            "missing_glyph": words.text("report.missing_glyph", codes="{codes}"),  # known to the fonts alone
        }
        self.firm = tidy(paper.firm.name)

    def report(self) -> Report:
        rubric, result, words = self.rubric, self.result, self.words
        return Report(
            seal=self.sealed,
            embedded=embedded(self.paper, self.sealed.signature),
            day=self.paper.on.isoformat(),
            language=words.language,
            edition=rubric.id,
            profile=self.sheet.profile,
            title=self.text("report.title" if self.final else "report.title.provisional"),
            status=self._status(),
            firm=self.firm,
            facts=tuple(self._facts()),
            colophon=tuple(self._colophon()),
            checking=self._checking(),
            date=self._date(self.paper.on),
            source=rubric.title,
            grade=result.grade,
            grade_name=words.grade(result.grade),
            grade_short=words.short_grade(result.grade),
            conditions=self._conditions() if rubric.scenarios else (),
            total=self._total(),
            bounds=(float(result.bounds.score[0]), float(result.bounds.score[1])),
            bounds_note=bounds(result, words),
            profile_note=by_other_profiles(result, words) if self.final else "",
            dimensions=tuple(self._dimensions()),
            indicators=tuple(self._indicators()),
            grades=tuple(map(self._grade, rubric.grades)),
            record=tuple(self._record()),
            counts=self._counts() if rubric.scenarios else None,
            questions=tuple(map(self._question, rubric.questions)),
            scenarios=tuple(map(self._scenario, rubric.scenarios)),
            operations=rubric.operations,
            level_names=tuple(map(words.level_name, range(self.sheet.top + 1))) if rubric.scenarios else (),
            gap=gap(result, words),
            plan=plan(result, words),
            before=self._before(),
            rulings=tuple(self._rulings()),
            commitment=self._commitment(),
            notes=tuple(self._notes()),
            caption=self._caption(),
            alternatives=self._alternatives(),
            labels=self.labels,
            book=self._book(),
        )

    def _book(self) -> dict[str, str]:
        return {
            **{name: self.text(f"report.book.{name}", **BLANKS) for name in BOOK},
            "record_restrictive": self.text("report.record.restrictive", level="{level}"),
            "record_guiding": self.text("report.record.guiding", level="{level}"),
        }

    def _said(self, answer: AnswerValue | None) -> str:
        """An answer in a few characters; on paper, a missing one is told in plainer words than in a chat."""
        return self.labels["not_answered"] if answer is None else self.words.answer(answer)

    # the head

    def _date(self, on: date) -> str:
        return format_date(on, "medium", locale=self.words.language.replace("-", "_"))

    def _status(self) -> str:
        if self.final:
            return ""
        missing = len(self.rubric.items) - len(self.result.credits) - len(self.result.levels)
        return self.text.count("report.open", missing) if missing else self.text("report.unsubmitted")

    def _facts(self) -> Iterator[Field]:
        kind = self.paper.firm.kind
        yield Field(self.labels["firm"], self.firm or self.labels["none_given"])
        yield from self._given("credit_code")
        if kind:
            yield Field(self.labels["kind"], self.text(f"kind.{kind.value}"))
        for name in ("industry", "region", "contact"):
            yield from self._given(name)
        yield Field(self.labels["date"], self._date(self.paper.on))
        yield Field(self.labels["method"], self.text("report.method"))
        yield Field(self.labels["edition"], self.rubric.title)
        if len(self.rubric.profiles) > 1:
            yield Field(self.labels["profile"], self.rubric.profile(self.sheet.profile).name)

    def _given(self, name: str) -> Iterator[Field]:
        """A fact of the firm, if it was told."""
        if value := tidy(getattr(self.paper.firm, name)):
            yield Field(self.labels[name], value)

    def _colophon(self) -> Iterator[Field]:
        profile = self.rubric.profile(self.sheet.profile).name
        signature = "ed25519" if self.sealed.signature else "none"
        yield Field(self.labels["sealed_number"], self.sealed.number)
        yield Field(self.labels["sealed_code"], self.sealed.code)
        yield Field(self.labels["program"], self.text("report.program", version=self.paper.program))
        yield Field(self.labels["rules"], self.text("report.rules", edition=self.rubric.title, profile=profile))
        yield Field(self.labels["signature"], self.text(f"report.signature.{signature}"))

    def _checking(self) -> Part:
        address = self.paper.address
        how = self.text("report.check.page", page=f"{address}/verify") if address else self.text("report.check.file")
        signed = self.text("report.check.signed" if self.sealed.signature else "report.check.unsigned")
        return Part(self.text("report.label.checking"), (self.text("report.check.code"), how, signed))

    def _alternatives(self) -> dict[str, str]:
        """What is drawn, for who does not see it."""
        separator = self.text("list.separator")
        lines = (
            self.text("report.alternative.line", grade=self.words.short_grade(row.grade), score=row.score)
            for row in self.rubric.grades
        )
        score = shown_score(self.sheet, self.result.score)
        return {
            "score": self.text("report.alternative.score", score=score, lines=separator.join(lines)),
            "shares": self._shares(),
            "code": self.text("report.alternative.code", link=self.sealed.link),
        }

    def _conditions(self) -> tuple[Field, Field]:
        words, result = self.words, self.result
        return (
            Field(self.labels["condition_score"], words.grade(result.score_grade)),
            Field(self.labels["condition_scenarios"], words.grade(result.scenario_grade)),
        )

    # points

    def _total(self) -> Score:
        before = self.before
        return Score(
            id="total",
            name=self.labels["total"],
            points=float(self.result.score),
            most=100.0,
            shown=shown_score(self.sheet, self.result.score),
            shown_most="100",
            before=float(before.score) if before else None,
            shown_before=shown_score(sheet_of(before), before.score) if before else "",
        )

    def _dimensions(self) -> Iterator[Score]:
        for dimension in self.rubric.dimensions:
            items = [item for item, row in self.sheet.rows.items() if row.dimension == dimension.id]
            most = self._most(items)
            points = self.result.dimensions[dimension.id]
            before = self.before.dimensions.get(dimension.id) if self.before else None
            yield Score(
                id=dimension.id,
                name=dimension.name,
                points=float(points),
                most=float(most),
                shown=_two(points),
                shown_most=pencil(most),
                before=None if before is None else float(before),
                shown_before="" if before is None else _two(before),
            )

    def _most(self, items: list[str]) -> Fraction:
        return self.sheet.exact(sum(self.sheet.full[item] for item in items))

    def _indicators(self) -> Iterator[Indicator]:
        names = {dimension.id: dimension.name for dimension in self.rubric.dimensions}
        for indicator in self.rubric.indicators:
            items = [question.id for question in self.rubric.questions if question.indicator == indicator.id]
            most = self._most(items)
            points = _points(self.result, items)
            share = points / most if most else Fraction(0)
            before = _points(self.alike, items) if self.alike else None
            yield Indicator(
                name=indicator.name,
                dimension=names[indicator.dimension],
                share=float(share),
                shown=percentage(share.as_integer_ratio()),
                points=_two(points),
                most=pencil(most),
                before=float(before / most) if before is not None and most else None,
                shown_before="" if before is None else _two(before),
                answered=any(item in self.result.credits for item in items),
            )

    def _grade(self, row: Grade) -> GradeRow:
        reached, restrictive = self.result.counts[row.level]
        score_met = self.result.score >= row.score
        scenarios_met = reached >= row.scenarios and restrictive >= row.restrictive
        return GradeRow(
            grade=row.grade,
            name=self.words.grade(row.grade),
            short=self.words.short_grade(row.grade),
            level=row.level,
            level_name=self.words.level_name(row.level) if row.level else "",
            score=row.score,
            scenarios=row.scenarios,
            restrictive=row.restrictive,
            reached=reached,
            reached_restrictive=restrictive,
            score_met=score_met,
            scenarios_met=scenarios_met,
            score_mark=self.text("mark.yes" if score_met else "mark.no"),
            scenarios_mark=self.text("mark.yes" if scenarios_met else "mark.no"),
            needed=self._needed(row) if row.level else "",
            had=self.text("report.grades.had", scenarios=reached, restrictive=restrictive) if row.level else "",
        )

    def _needed(self, row: Grade) -> str:
        level = self.words.level_name(row.level)
        return self.text("report.grades.needed", level=level, scenarios=row.scenarios, restrictive=row.restrictive)

    @property
    def _counted_level(self) -> int:
        """The level that the grade asks of scenarios; without a grade, that of the lowest one. At least the first."""
        return max(self.rubric.grades[max(self.result.grade, 1) - 1].level, 1)

    def _record(self) -> Iterator[Field]:
        """The figures that city platforms record; by the standard of 2024 they are six."""
        yield Field(self.labels["grade"], self.words.grade(self.result.grade))
        for dimension in self._dimensions():
            yield Field(self.text("report.record.dimension", name=dimension.name), dimension.shown)
        if not self.rubric.scenarios:
            return
        level = self._counted_level
        reached, restrictive = self.result.counts[level]
        name = self.words.level_name(level)
        yield Field(self.text("report.record.restrictive", level=name), str(restrictive))
        yield Field(self.text("report.record.guiding", level=name), str(reached - restrictive))

    def _counts(self) -> Field:
        level = self._counted_level
        reached, restrictive = self.result.counts[level]
        return Field(
            self.text("report.counts", level=self.words.level_name(level)),
            self.text(
                "report.counts.value", reached=reached, total=len(self.rubric.scenarios), restrictive=restrictive
            ),
        )

    # questions and scenarios

    def _question(self, question: QuestionOf) -> Question:
        credit = self.result.credits.get(question.id)
        letters = credit.letters if credit else ()
        indicators = {indicator.id: indicator.name for indicator in self.rubric.indicators}
        dimensions = {dimension.id: dimension.name for dimension in self.rubric.dimensions}
        derivation = self.result.derivations.get(question.id)
        return Question(
            id=question.id,
            number=self.words.item_number(question.id),
            dimension=dimensions[self.rubric.dimension_of[question.id]],
            indicator=indicators[question.indicator],
            item=question.item,
            text=question.text,
            kind=self.text(f"rubric.{question.type}"),
            several=question.kind.ticks,
            options=tuple(
                Option(option.id, option.text, self._value(question.id, option.id), option.id in letters)
                for option in question.options
            ),
            rule=_rule(question.figures),
            weights=question.weights,
            answer=self._said(letters or None),
            value=pencil(credit.value) if credit else "",
            points=pencil(credit.points) if credit else "",
            calculation=calculation(derivation.calculation) if derivation else "",
            figures=tuple(self._figure(figure) for figure in self.rubric.figures if self._home(figure) == question.id),
        )

    def _home(self, figure: FigureOf) -> str | None:
        """Of the questions that ask for a figure the one where the standard says so, else the first."""
        asked_at = self.rubric.asked_at[figure.id]
        told = (item for item in asked_at if self.rubric.question[item].source == figure.source)
        return next(told, asked_at[0] if asked_at else None)

    def _value(self, question: str, letter: str) -> float:
        points = self.sheet.exact(self.sheet.rows[question].points[letter])
        weight = self.sheet.weights[question]
        return float(points / weight) if weight else 0.0

    def _figure(self, figure: FigureOf) -> Figure:
        value = self.answers.figures.get(figure.id)
        use = self.paper.record.energy.get(figure.id)
        numbers = () if value is None else value if isinstance(value, tuple) else (value,)
        return Figure(
            id=figure.id,
            name=figure.name,
            unit=figure.unit,
            series=figure.kind == "series",
            whole=figure.kind == "count",
            divides=figure.id in self.rubric.wholes,
            most=100 if figure.kind == "percent" else LARGEST_FIGURE,
            year_of=(figure.year_of.series, figure.year_of.back) if figure.year_of else None,
            numbers=tuple(map(float, numbers)),
            exact=tuple(map(plain, numbers)),
            amount="" if value is None else self.words.amount(value),
            shown="" if value is None else self.words.value(figure.id, value),
            calculation=self._energy(use) if use and value is not None else "",
        )

    def _energy(self, use: EnergyUse) -> str:
        total = energy_total(self.rubric, *(self._by_fuel(use.side(side)) for side in EnergySide))
        return self.text("energy.total", calculation=calculation(total.calculation))

    def _by_fuel(self, amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """In the order of the edition, whatever was told first."""
        return {fuel: amounts[fuel] for fuel in self.rubric.fuel if fuel in amounts}

    def _scenario(self, scenario: ScenarioOf) -> Scenario:
        level = self.result.levels.get(scenario.id)
        before = self.alike.levels.get(scenario.id) if self.alike else None
        return Scenario(
            id=scenario.id,
            number=self.words.item_number(scenario.id),
            name=scenario.name,
            group=scenario.group,
            restrictive=scenario.restrictive,
            kind=self.labels["restrictive" if scenario.restrictive else "guiding"],
            level=level,
            shown=self._said(level),
            requirement=scenario.levels[level - 1] if level else "",
            requirements=scenario.levels,
            before=before,
            shown_before=self._said(before) if self.alike else "",
        )

    # what was before, and what it rests on

    def _before(self) -> Before | None:
        earlier, before = self.paper.before, self.before
        if earlier is None or before is None:
            return None
        own = wording(self.words.language, before.rubric, self.words.medium)
        grade, score = own.grade(before.grade), shown_score(sheet_of(before), before.score)
        on = self._date(earlier.on) if earlier.on else ""
        headline = (
            self.text("report.before.on", date=on, grade=grade, score=score)
            if on
            else self.text("report.before", grade=grade, score=score)
        )
        if self.alike:
            note = ""
        else:
            headline += self.text("history.edition", edition=own.rubric.title)
            note = self.text("report.before.editions", before=own.rubric.title, after=self.rubric.title)
        return Before(on, grade, float(before.score), score, headline, tuple(self._changes()), note)

    def _changes(self) -> Iterator[Change]:
        if self.alike is None:
            return
        before, after = (
            (self.sheet, snapshot(self.sheet, result_json(self.sheet, result))) for result in (self.alike, self.result)
        )
        change = compare(before, after)
        for entry in (*change["questions"], *change["scenarios"]):
            names = [self._said(_answer(entry[side])) for side in ("before", "after")]
            yield Change(self.words.item_name(entry["id"]), *names)

    def _rulings(self) -> Iterator[str]:
        """How it is scored, as far as the edition has such things."""
        rubric, text = self.rubric, self.text
        yield from (text("report.ruling.value"), text("report.ruling.score"), *self._rulings_of_figures())
        if rubric.scenarios:
            yield text("report.ruling.ladder")
        yield text("report.ruling.grade" if rubric.scenarios else "report.ruling.grade.score")
        yield text("report.ruling.unknown")
        if revalued := dict.fromkeys(item for entry in rubric.profiles for item in entry.option_values):
            profile = rubric.profile(self.sheet.profile).name
            yield text("report.ruling.profile", items=self.words.items([*revalued]), profile=profile)

    def _rulings_of_figures(self) -> Iterator[str]:
        rules, said = self.rubric.rules_of_figures.items(), self.words.items
        changes = [(item, rule) for item, rule in rules if isinstance(rule, ChangeOf)]
        if shares := [item for item, rule in rules if isinstance(rule, Share)]:
            yield self.text("report.ruling.bands", items=said(shares))
        if changes:
            yield self.text("report.ruling.change", items=said([item for item, _ in changes]))
        if points := [item for item, rule in changes if rule.measure == "points"]:
            yield self.text("report.ruling.points", items=said(points))

    def _commitment(self) -> Part:
        who = self.firm or self.text("commitment.firm")
        on = self.paper.committed
        committed = self.text("report.committed", date=self._date(on)) if on else self.text("report.uncommitted")
        return Part(self.text("commitment.title"), (self.text("commitment.text", firm=who), committed))

    def _notes(self) -> Iterator[str]:
        yield self.text("report.origin")
        if not self.rubric.official:
            yield self.text("rubric.unofficial")

    def _headline(self) -> str:
        """Whose self-assessment it is, if that is known, and what came out."""
        grade, score = self.words.grade(self.result.grade), shown_score(self.sheet, self.result.score)
        if not self.firm:
            return self.text("report.caption.nameless", grade=grade, score=score)
        return self.text("report.caption", firm=self.firm[:100], grade=grade, score=score)

    def _caption(self) -> str:
        """What the picture shows, for eyes that cannot see it; short enough for a caption of Telegram (1,024)."""
        separator = self.text("list.separator")
        levels = (
            f"{self.words.item_label(name)} {self._said(self.result.levels.get(name))}" for name in self.rubric.scenario
        )
        lines = [
            self._headline(),
            *([] if self.final else [self._status()]),
            self._shares(),
            *([self.text("report.caption.scenarios", levels=separator.join(levels))] if self.rubric.scenarios else []),
        ]
        return "\n".join(lines)

    def _shares(self) -> str:
        shares = (f"{indicator.name} {indicator.shown}" for indicator in self._indicators())
        return self.text("report.caption.indicators", shares=self.text("list.separator").join(shares))


def _assessed(earlier: Answers, sheet: Sheet) -> Result:
    """By the same profile, or by the own rule of another edition."""
    return assess(sheet if earlier.rubric == sheet.rubric.id else load_sheet(earlier.rubric), earlier)


def _two(value: Fraction) -> str:
    return fixed(value.numerator, value.denominator, 2)


def _points(result: Result, items: list[str]) -> Fraction:
    return sum((result.credits[item].points for item in items if item in result.credits), Fraction(0))


def _rule(rule: Share | ChangeOf | None) -> ShareRule | ChangeRule | None:
    match rule:
        case Share(part=part, whole=whole, bands=bands):
            return ShareRule(part, whole, bands)
        case ChangeOf():
            return ChangeRule(rule.last, rule.previous, rule.measure == "relative", rule.rise, rule.flat, rule.fall)
        case None:
            return None


def _answer(side: list[str] | int | None) -> AnswerValue | None:
    return tuple(side) if isinstance(side, list) else side
