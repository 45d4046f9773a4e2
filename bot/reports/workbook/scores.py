"""Score and grade, worked out from the form by formulas; while something is wrong there, words stand here instead.

Points are sums of floats, rounded to nine decimals before they meet a line of a grade.
"""

from xlsxwriter.utility import xl_rowcol_to_cell

from bot.reports.content import GradeRow, Question, Score
from bot.reports.workbook.formula import choose, first, quoted, sheet_named
from bot.reports.workbook.parts import Refs, Words, derived_of
from bot.reports.workbook.sheet import Book, Page

EXACT = 9
"""Decimals at which a score is compared: far finer than any step of it, far coarser than the error of a float."""
WIDTHS = (16, 24, 16, 11, 11, 11, 11, 11, 12, 10, 8, 8)
IN_LETTERS = (22, 32, 18, 11, 11, 11, 11, 12, 12, 11, 8, 8)
"""The widths where words are longer than characters."""
AROUND = 4
"""Rows of the table of grades that are no grade: title, heads, the grade that is reached, and an empty one."""
SIDES = ((0, 1), (1, 3)), ((4, 2), (6, 4))
"""Of two facts in a row, the columns of names and values, and over how many they go: so the table of grades has room
on the same page."""
BY_SCORE, BY_SCENARIOS = 10, 11
"""Hidden columns: the number of a grade where its condition holds."""


class ScoreSheet:
    """Writes the sheet of score and grade."""

    def __init__(self, book: Book, words: Words, refs: Refs) -> None:
        self._words, self._report, self._refs = words, words.report, refs
        self._name = words.word("sheet_score")
        self.page: Page = book.page(self._name, IN_LETTERS if words.in_letters else WIDTHS, (BY_SCORE, BY_SCENARIOS))
        self.next: dict[str, str] = {}
        """What the way on refers to: cells by name."""

    def write(self) -> None:
        """All of it; what stands on top is written last."""
        page, report, words = self.page, self._report, self._words
        page.put(0, words.word("record"), "part")
        page.row += 1
        record = page.row
        page.row += len(report.record) + 1
        self._facts()
        page.block(0)
        grades = page.row
        page.row += len(report.grades) + AROUND
        begins = page.row
        page.put(0, words.word("proof"), "part")
        page.row += 1
        points = self._points()
        self._sums(points)
        page.block(begins)
        page.row = grades
        self._grades()
        self._record(record)
        page.end(words.footer)

    def _facts(self) -> None:
        """Who and what it is about; an empty form is about nobody."""
        page, report, words = self.page, self._report, self._words
        page.put(0, words.word("about"), "part")
        page.row += 1
        facts = [(fact.name, fact.value) for fact in report.facts]
        if words.blank:
            facts = [
                (fact.name, fact.value)
                for fact in report.facts
                if fact.name in (words.word("edition"), words.word("profile"))
            ]
        else:
            facts += [(words.word("number_of"), report.seal.number), (words.word("code"), report.seal.code)]
        begins = page.row
        for place, (name, value) in enumerate(dict(facts).items()):
            page.row = begins + place // 2
            (at, wide), (to, across) = SIDES[place % 2]
            page.put(at, name, "text", across=wide)
            page.put(to, value, "text", across=across)
        page.row += 2

    # points

    def _points(self) -> dict[str, list[str]]:
        """Value × weights = points of every question; the cells of the points by dimension."""
        page, words = self.page, self._words
        before = ("dimension", "item", "chosen_letters", "derived", "option_value")
        weights = [f"{words.word(name)}\n{words.word('weights')}" for name in ("dimension", "indicator", "item")]
        heads = [*map(words.word, before), *weights, words.word("points")]
        page.line(*((name, "head") for name in heads))
        cells: dict[str, list[str]] = {}
        for question in self._report.questions:
            cells.setdefault(question.dimension, []).append(self._question(question))
        return cells

    def _question(self, question: Question) -> str:
        page, row = self.page, self.page.row
        spot = self._refs.questions[question.id]
        page.put(0, question.dimension, "text")
        page.put(1, f"{question.number}. {question.item}", "text")
        chosen = [option for option in question.options if option.chosen]
        page.formula(2, self._letters(question), "middle", "".join(option.letter for option in chosen))
        page.formula(3, f'IF({spot.derived}="","",{spot.derived})', "middle", derived_of(question))
        value = float(sum(option.value for option in chosen))
        page.formula(4, self._value(question), "points", value)
        for place, weight in enumerate(question.weights):
            page.put(5 + place, weight / 100, "percent")
        worth = value * question.weights[0] * question.weights[1] * question.weights[2] / 100**3
        factors = "*".join(xl_rowcol_to_cell(row, column) for column in range(4, 8))
        formula = f"IF(ISNUMBER({xl_rowcol_to_cell(row, 4)}),{factors},{quoted(self._words.word('fix'))})"
        page.formula(8, formula, "points", worth)
        page.row += 1
        return str(xl_rowcol_to_cell(row, 8))

    def _letters(self, question: Question) -> str:
        """The letters that are ticked, else the one that figures give."""
        spot = self._refs.questions[question.id]
        ticked = "&".join(
            f'IF(INDEX({spot.marks},{place})=1,{quoted(option.letter)},"")'
            for place, option in enumerate(question.options, start=1)
        )
        if question.rule is None:
            return ticked
        return f'IF(SUM({spot.marks})=0,{spot.derived}&"",{ticked})'

    def _value(self, question: Question) -> str:
        spot = self._refs.questions[question.id]
        ticked = f"SUMPRODUCT({spot.marks},{spot.values})"
        cases = [(f"{spot.code}>1", quoted(self._words.word("fix")))]
        if question.rule:
            by_figures = f"INDEX({spot.values},MATCH({spot.derived},{spot.letters},0))"
            cases.append((f"AND({spot.code}=1,SUM({spot.marks})=0)", by_figures))
        return first(cases, ticked)

    def _sums(self, points: dict[str, list[str]]) -> None:
        page, words = self.page, self._words
        page.row += 1
        cells = [self._sum(score, points[score.name]) for score in self._report.dimensions]
        page.put(0, words.word("total"), "bold")
        total = self._guard(f"SUM({','.join(cells)})")
        page.formula(1, total, "strong", self._report.total.points)
        self._score = xl_rowcol_to_cell(page.row, 1, row_abs=True, col_abs=True)
        self._dimensions: list[str] = cells
        self._refs.score = sheet_named(self._name) + self._score
        page.row += 2

    def _sum(self, score: Score, points: list[str]) -> str:
        page = self.page
        page.put(0, score.name, "text")
        page.formula(1, self._guard("+".join(points)), "strong", score.points)
        page.row += 1
        return str(xl_rowcol_to_cell(page.row - 1, 1))

    def _guard(self, formula: str) -> str:
        return self._words.guarded(self._refs.faults, formula)

    # grades

    def _grades(self) -> None:
        """The conditions of every grade, what is reached of them, and the grade."""
        page, words, rows = self.page, self._words, self._report.grades
        begins = page.row
        page.put(0, words.word("conclusion"), "part")
        page.row += 1
        heads = ["level_number", "grade", "score", "condition_score"]
        if self._report.scenarios:
            heads += ["level", "scenarios", "reached", "restrictive", "reached_restrictive", "condition_scenarios"]
        page.line(*((words.word(name), "head") for name in heads))
        self._grade_rows = (page.row + 1, page.row + len(rows))
        for row in rows:
            self._grade(row)
        self._place = page.row
        page.put(0, words.word("grade"), "bold")
        self._best()
        page.row += 1
        page.block(begins)

    def _grade(self, row: GradeRow) -> None:
        page, words, at = self.page, self._words, self.page.row + 1
        page.line((row.grade, "middle"), (row.name, "text"), (row.score, "middle"))
        page.row -= 1
        met = f"IF(ISNUMBER({self._score}),IF(ROUND({self._score},{EXACT})>=C{at},A{at},0),0)"
        page.formula(BY_SCORE, met, "hidden", row.grade if row.score_met else 0)
        page.formula(3, self._yes(f"K{at}"), "middle", words.word("yes" if row.score_met else "no"))
        if self._report.scenarios:
            self._by_scenarios(row, at)
        page.row += 1

    def _by_scenarios(self, row: GradeRow, at: int) -> None:
        page, words, refs = self.page, self._words, self._refs
        page.put(4, row.level, "middle")
        page.put(5, row.scenarios, "middle")
        reached = f'COUNTIF({refs.levels},">="&E{at})'
        restrictive = f'COUNTIFS({refs.kinds},{quoted(words.word("restrictive"))},{refs.levels},">="&E{at})'
        page.formula(6, reached, "middle", row.reached)
        page.put(7, row.restrictive, "middle")
        page.formula(8, restrictive, "middle", row.reached_restrictive)
        met = f"IF(AND(G{at}>=F{at},I{at}>=H{at}),A{at},0)"
        page.formula(BY_SCENARIOS, met, "hidden", row.grade if row.scenarios_met else 0)
        page.formula(9, self._yes(f"L{at}"), "middle", words.word("yes" if row.scenarios_met else "no"))

    def _yes(self, cell: str) -> str:
        return self._guard(f"IF({cell}>0,{quoted(self._words.word('yes'))},{quoted(self._words.word('no'))})")

    def _best(self) -> None:
        """The grade: its number in a hidden cell, and its name."""
        page, rows = self.page, self._report.grades
        begins, ends = self._grade_rows
        grade = f"MAX(K{begins}:K{ends})"
        best = max((row.grade for row in rows if row.score_met), default=0)
        if self._report.scenarios:
            grade = f"MIN({grade},MAX(L{begins}:L{ends}))"
            best = min(best, max((row.grade for row in rows if row.scenarios_met), default=0))
        page.formula(BY_SCORE, grade, "hidden", best)
        self._number = f"$K${page.row + 1}"
        name = choose(self._number, *map(quoted, self._words.grades()))
        page.formula(1, self._guard(name), "bold", self._report.grade_name, across=2)
        self._refs.grade = f"{sheet_named(self._name)}$B${page.row + 1}"
        here = sheet_named(self._name)
        following = f"MIN({here}{self._number}+1,{len(rows)})"
        self.next = {"number": here + self._number, "row": following}
        for name, column in (
            ("score", "C"),
            ("scenarios", "F"),
            ("reached", "G"),
            ("restrictive", "H"),
            ("restricted", "I"),
        ):
            self.next[name] = f"INDEX({here}${column}${begins}:${column}${ends},{following})"

    # the figures that platforms record

    def _record(self, row: int) -> None:
        """On top of the sheet: the grade, the points by dimension, and the counts of scenarios."""
        page, report = self.page, self._report
        page.row = row
        values: list[str | float] = [report.grade_name, *(score.points for score in report.dimensions)]
        values += [int(field.value) for field in report.record[len(values) :]]
        formulas = [self._refs.grade.rpartition("!")[2], *self._dimensions, *self._counts()]
        for place, (field, formula, value) in enumerate(zip(report.record, formulas, values, strict=True)):
            name = self._name_of(place)
            if name:
                page.formula(0, name, "text", field.name, across=2)
            else:
                page.put(0, field.name, "text", across=2)
            form = "strong" if isinstance(value, str | float) else "bold"
            page.formula(2, formula, form, value)
            page.row += 1

    def _name_of(self, place: int) -> str:
        """The counts are of the level that the grade asks for, which their names say."""
        counts = place - 1 - len(self._report.dimensions)
        if counts < 0:
            return ""
        told = self._words.word(("record_restrictive", "record_guiding")[counts])
        names = [quoted(told.format(level=level)) for level in self._report.level_names[1:]]
        return choose(f"{self._level()}-1", *names)

    def _level(self) -> str:
        """The level that the grade asks of scenarios; without a grade, that of the lowest one. At least the first."""
        begins, ends = self._grade_rows
        return f"MAX(1,INDEX($E${begins}:$E${ends},MAX({self._number},1)))"

    def _counts(self) -> list[str]:
        """How many scenarios are at that level: restrictive ones, then guiding ones."""
        if not self._report.scenarios:
            return []
        levels, kinds = self._refs.levels, self._refs.kinds
        return [
            self._guard(f'COUNTIFS({kinds},{quoted(self._words.word(kind))},{levels},">="&{self._level()})')
            for kind in ("restrictive", "guiding")
        ]
