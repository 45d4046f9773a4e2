"""The form: every question in the official order with its options to tick, its figures, and what is wrong with them."""

from bot.reports.content import Figure, Question
from bot.reports.workbook import marks
from bot.reports.workbook.columns import HEADS, HIDDEN, IN_LETTERS, WIDTHS, At
from bot.reports.workbook.facts import FactRows
from bot.reports.workbook.figures import Columns, FigureRules, Rows, rows_of, shown_years
from bot.reports.workbook.formula import choose, filled, quoted, sheet_named, spliced
from bot.reports.workbook.parts import Refs, Spot, Words, derived_of
from bot.reports.workbook.sheet import Book, Cell, Page
from bot.reports.workbook.ticks import FAULTS, code_of, ticked

MARKS, SUMMARY = 4, 6
"""How many rows on top are hidden, and the row of the summary."""
DATED = At.CHECK - At.VALUE + 1
"""Columns of the day, beside the title."""
COUNTS = 1
"""The hidden row that counts what is filled in, wrong, and changed."""
SCORE = 'IF(AND(ROUND({0},2)=INT(ROUND({0},2)),ROUND({0},9)<>ROUND({0},2)),TEXT({0},"0.00####"),TEXT({0},"0.00"))'
"""A score with two decimals, or more where rounding would put it on a line."""


class FormSheet:
    """Writes the sheet of the questions."""

    def __init__(self, book: Book, words: Words, refs: Refs) -> None:
        self._words, self._report, self._refs = words, words.report, refs
        self._name = words.word("sheet_form")
        widths = IN_LETTERS if words.in_letters else WIDTHS
        self.page: Page = book.page(self._name, widths, HIDDEN)
        self.facts = FactRows(self.page, words)

    def write(self) -> None:
        """Everything but what depends on other sheets (`close`)."""
        self._marks()
        self._head()
        self.facts.write()
        self._first = self.page.row
        places = self._places(self._first)
        columns = Columns(At.FILL.letter, At.WORTH.letter, At.CODE.letter, f"${At.BEFORE.letter}${COUNTS + 1}")
        rules = FigureRules(self._words, places, self._report.questions, columns)
        for question in self._report.questions:
            begins = self.page.row
            self._question(question, rules)
            self.page.block(begins)
        self._last = self.page.row - 1
        self._looks()

    def cells(self, column: At, first: int, last: int) -> str:
        """A range of the sheet, as other sheets name it; rows from 0."""
        ends = f"${column.letter}${first + 1}", f"${column.letter}${last + 1}"
        return f"{sheet_named(self._name)}{ends[0] if first == last else ':'.join(ends)}"

    def whole(self, column: At) -> str:
        """A column of all questions, as other sheets name it."""
        return self.cells(column, self._first, self._last)

    # the top

    def _marks(self) -> None:
        """Hidden rows: which columns are read, what the form is of, and counts."""
        page = self.page
        for row in range(MARKS):
            page.hide(row)
        page.put(At.KEY, marks.FORM, "hidden")
        for column, mark in ((At.OPTION, marks.TEXT), (At.FILL, marks.VALUE), (At.EXACT, marks.EXACT)):
            page.put(column, mark, "hidden")
        page.put(At.KEY, marks.RUBRIC, "hidden", row=1)
        page.put(At.OPTION, self._report.edition, "hidden", row=1)
        page.put(At.BEFORE, 0, "hidden", row=COUNTS)
        page.put(At.KEY, marks.LANGUAGE, "hidden", row=2)
        page.put(At.OPTION, self._report.language, "hidden", row=2)
        if not self._words.blank:
            page.put(At.KEY, marks.PAPER, "hidden", row=3)
            page.put(At.OPTION, self._report.embedded, "hidden", row=3)
        page.row = MARKS

    def _head(self) -> None:
        page, words = self.page, self._words
        across = At.CHECK - At.DIMENSION + 1
        page.put(At.DIMENSION, words.title, "title", across=across - DATED)
        date = "" if words.blank else self._report.date
        page.put(At.VALUE, f"{words.word('date')} {date}", "middle", across=DATED)
        page.high(page.row, 26)
        page.row += 1
        status = "" if words.blank else self._report.status
        page.put(At.DIMENSION, "\n".join(filter(None, (status, words.word("how")))), "free", across=across)
        page.row = SUMMARY + 1
        names = [words.word(name) if name else "" for name in HEADS]
        page.line(*((name, "head") for name in names), column=At.DIMENSION)
        page.put(At.LETTER, words.word("option"), "head", row=page.row - 1, across=2)
        page.put(At.VALUE, f"{words.word('option_value')} / {words.word('unit')}", "head", row=page.row - 1)
        page.titles(page.row - 1, page.row - 1)
        page.sheet.freeze_panes(page.row, 0)

    # a question

    def _places(self, row: int) -> dict[str, Rows]:
        """Where every figure will stand."""
        found: dict[str, Rows] = {}
        for question in self._report.questions:
            row += len(question.options)
            for figure in question.figures:
                found[figure.id] = Rows(figure, tuple(range(row + 1, row + 1 + rows_of(figure))))
                row += rows_of(figure)
        return found

    def _question(self, question: Question, rules: FigureRules) -> None:
        page, first_row = self.page, self.page.row
        self._options(question)
        last = page.row - 1
        self._check(question, rules, first_row, last)
        for figure in question.figures:
            self._figure(figure, rules)
        down = page.row - first_row
        values: tuple[tuple[Cell, str], ...] = (
            (question.dimension, "text"), (question.indicator, "text"), (question.item, "text"),
            (question.number, "middle"), (question.text, "text"), (question.kind, "middle"),
        )  # fmt: skip
        for column, (value, form) in enumerate(values, start=At.DIMENSION):
            page.put(column, value, form, row=first_row, down=down)
        self._refs.questions[question.id] = Spot(
            *(self.cells(column, first_row, last) for column in (At.WORTH, At.VALUE, At.LETTER)),
            *(self.cells(column, first_row, first_row) for column in (At.CODE, At.DERIVED)),
        )

    def _options(self, question: Question) -> None:
        page, begins = self.page, self.page.row
        for option in question.options:
            chosen = 1 if option.chosen else None
            page.put(At.KEY, f"{marks.QUESTION}.{question.id}.{option.letter}", "hidden")
            page.put(At.LETTER, option.letter, "middle")
            page.put(At.OPTION, option.text, "text")
            page.put(At.FILL, chosen, "input")
            page.put(At.VALUE, option.value, "points")
            page.formula(At.WORTH, ticked(f"${At.FILL.letter}{page.row + 1}", option.letter), "hidden", chosen or 0)
            self._original(chosen)
            page.row += 1
        page.sheet.data_validation(
            begins, At.FILL, page.row - 1, At.FILL,
            {"validate": "list", "source": [*marks.TICKS[:2]], "error_message": self._words.word("only_tick")},
        )  # fmt: skip

    def _original(self, value: Cell) -> None:
        self.page.put(At.BEFORE, None if self._words.blank else value, "hidden")

    def _check(self, question: Question, rules: FigureRules, begins: int, ends: int) -> None:
        """The sentence beside the options, its code, and the letter that figures give."""
        page, words = self.page, self._words
        letters = [option.letter for option in question.options]
        derived, given = f"${At.DERIVED.letter}${begins + 1}", derived_of(question)
        formula = rules.derived(question.rule, letters) if question.rule else '""'
        page.formula(At.DERIVED, formula, "hidden", given, row=begins)
        ticks = f"${At.WORTH.letter}${begins + 1}:${At.WORTH.letter}${ends + 1}"
        code = code_of(question, ticks, f"${At.LETTER.letter}${begins + 1}:${At.LETTER.letter}${ends + 1}", derived)
        page.formula(At.CODE, code, "hidden", int(question.answered), row=begins)
        by_figures = spliced(words.word("by_figures"), letter=derived)
        there = f'IF(AND(SUM({ticks})=0,{derived}<>""),{by_figures},{quoted(words.word("filled"))})'
        sentences = [
            quoted(words.word("unfilled")),
            there,
            *(spliced(words.word(f"wrong_{name}"), letter=derived) for name in FAULTS),
        ]
        page.formula(
            At.CHECK, choose(f"${At.CODE.letter}${begins + 1}", *sentences), "check",
            words.word("filled" if question.answered else "unfilled"), row=begins, down=ends - begins + 1,
            longest=max((words.word(f"wrong_{name}") for name in FAULTS), key=len),
        )  # fmt: skip

    # figures

    def _figure(self, figure: Figure, rules: FigureRules) -> None:
        begins = self.page.row
        for row, number in enumerate(shown_years(figure)):
            self._number(figure, rules, row, number)
        limits = {"validate": "integer" if figure.whole else "decimal", "criteria": "between", "minimum": 0}
        limits |= {"maximum": figure.most, "error_message": self._words.word("only_number").format(most=figure.most)}
        self.page.sheet.data_validation(begins, At.FILL, self.page.row - 1, At.FILL, limits)

    def _number(self, figure: Figure, rules: FigureRules, row: int, number: int | None) -> None:
        page, words = self.page, self._words
        value = None if number is None else figure.numbers[number]
        several = rows_of(figure)
        name = f"{figure.name} {words.word(f'year_{several - row}')}" if figure.series else figure.name
        key = marks.year_key(figure.id, row + 1) if figure.series else f"{marks.FIGURE}.{figure.id}"
        page.put(At.KEY, key, "hidden")
        page.put(At.LETTER, "", "text")
        page.put(At.OPTION, name, "text")
        page.put(At.FILL, value, "input")
        page.put(At.VALUE, figure.unit, "middle")
        page.formula(At.WORTH, rules.worth(figure.id, row), "hidden", "" if value is None else value)
        code = f"${At.CODE.letter}${page.row + 1}"
        page.formula(At.CODE, rules.code(figure.id, row), "hidden", 0)
        page.formula(At.CHECK, rules.told(figure.id, row, code), "check", "", longest=rules.longest(figure.id))
        self._original(value)
        if number is not None and figure.exact[number] != marks.as_kept(figure.numbers[number]):
            page.put(At.EXACT, figure.exact[number], "hidden")
        page.row += 1

    # what depends on what is filled in

    def _looks(self) -> None:
        page, ends = self.page, (self._first, self._last)
        code = f"${At.CODE.letter}{self._first + 1}"
        fill, before = (f"${column.letter}{self._first + 1}" for column in (At.FILL, At.BEFORE))
        worth = f"${At.WORTH.letter}{self._first + 1}"
        page.rule((ends[0], At.CHECK), (ends[1], At.CHECK), f"N({code})>1", "fault")
        letter, told = (f"${column.letter}{self._first + 1}" for column in (At.LETTER, At.CHECK))
        doubtful = f'AND(ISNUMBER({code}),{code}=0,{letter}="",{told}<>"")'
        page.rule((ends[0], At.CHECK), (ends[1], At.CHECK), doubtful, "doubt")
        page.rule((ends[0], At.CHECK), (ends[1], At.CHECK), f"AND(ISNUMBER({code}),{code}=0)", "open")
        wrong = f'OR(N({worth})<0,AND(N({code})>1,${At.LETTER.letter}{self._first + 1}=""))'
        page.rule((ends[0], At.FILL), (ends[1], At.FILL), wrong, "fault")
        if not self._words.blank:
            page.rule((ends[0], At.FILL), (ends[1], At.FILL), f"{fill}<>{before}", "changed")

    def close(self) -> None:
        """The counts over all sheets, and the sentence on top that is made of them."""
        page, words, refs = self.page, self._words, self._refs
        faults, filled_in, changed = (f"${column.letter}${COUNTS + 1}" for column in (At.WORTH, At.CODE, At.DERIVED))
        values = {"filled": words.filled, "total": words.items, "faults": 0}
        done = spliced(words.word("summary"), filled=filled_in, total=str(words.items), faults=faults)
        result = spliced(words.word("summary_result"), score=SCORE.format(refs.score), grade=refs.grade)
        wrong = quoted(words.word("summary_faults"))
        altered = spliced(words.word("summary_changed"), changed=changed, date=quoted(self._report.date))
        formula = f'{done}&IF({faults}>0,{wrong},{result})&IF({changed}>0,{altered},"")'
        shown = self._report.total.shown
        now = filled(words.word("summary"), **values) + filled(
            words.word("summary_result"), score=shown, grade=self._report.grade_name
        )
        across = At.CHECK - At.DIMENSION + 1
        page.formula(
            At.DIMENSION, formula, "note", now, row=SUMMARY, across=across,
            longest=now + words.word("summary_changed"),
        )  # fmt: skip
        page.rule((SUMMARY, At.DIMENSION), (SUMMARY, At.CHECK), f"{faults}>0", "fault")
        page.end(words.footer)

    def counts(self, faults: str, filled_in: str, changed: str) -> None:
        """The hidden cells that count; other sheets look there."""
        for column, formula, value in (
            (At.WORTH, faults, 0),
            (At.CODE, filled_in, self._words.filled),
            (At.DERIVED, changed, 0),
        ):
            self.page.formula(column, formula, "hidden", value, row=COUNTS)
        cells = [self.cells(column, COUNTS, COUNTS) for column in (At.WORTH, At.CODE, At.DERIVED)]
        self._refs.faults, self._refs.filled, self._refs.changed = cells
