"""The scenarios: a level to fill in, and all requirements beside it, coloured as far as they are met, and the next."""

from xlsxwriter.utility import xl_col_to_name

from bot.reports.content import Scenario
from bot.reports.workbook.formula import choose, first, one_of, quoted, sheet_named, typed
from bot.reports.workbook.marks import FORM, SCENARIO, VALUE
from bot.reports.workbook.parts import Refs, Words
from bot.reports.workbook.sheet import Book, Page

KEY, GROUP, NUMBER, NAME, KIND, FILL, LEVEL, CHECK, REQUIREMENTS = range(9)
WIDTHS = (3, 9, 5, 11, 8, 8, 7, 13)
IN_LETTERS = (3, 14, 5, 14, 11, 8, 9, 16)
"""The widths where words are longer than characters."""
WIDTH, HIDDEN_WIDTH = 31, 8
MARKS = 1
"""Hidden rows."""


class ScenarioSheet:
    """Writes the sheet of the scenarios."""

    def __init__(self, book: Book, words: Words, refs: Refs) -> None:
        self._words, self._report, self._refs = words, words.report, refs
        self._name = words.word("sheet_scenarios")
        self._top = len(self._report.level_names) - 1
        self._worth, self._code, self._before = (REQUIREMENTS + self._top + place for place in range(3))
        widths = (*(IN_LETTERS if words.in_letters else WIDTHS), *(WIDTH,) * self._top, *(HIDDEN_WIDTH,) * 3)
        self.page: Page = book.page(self._name, widths, (KEY, self._worth, self._code, self._before))

    def write(self) -> None:
        """All of it."""
        page, words = self.page, self._words
        page.hide(0)
        page.put(KEY, FORM, "hidden")
        page.put(FILL, VALUE, "hidden")
        page.row = MARKS
        across = REQUIREMENTS + self._top - GROUP
        page.put(GROUP, words.word("sheet_scenarios"), "title", across=across)
        page.high(page.row, 26)
        page.row += 1
        page.put(GROUP, words.word("how_levels").format(top=self._top), "free", across=across)
        page.row += 1
        heads = (
            words.word("group"),
            words.word("number"),
            words.word("scenario"),
            "",
            words.word("level"),
            "",
            words.word("check"),
        )
        page.line(*((name, "head") for name in (*heads, *self._report.level_names[1:])), column=GROUP)
        for column, name in ((NAME, "scenario"), (FILL, "level")):
            page.put(column, words.word(name), "head", row=page.row - 1, across=2)
        page.titles(page.row - 1, page.row - 1)
        page.sheet.freeze_panes(page.row, FILL)
        self._first = page.row
        for item in self._report.scenarios:
            self._scenario(item)
            page.block(page.row - 1)
        self._last = page.row - 1
        self._limits()
        self._looks()
        self._refs.levels, self._refs.kinds = self.cells(self._worth), self.cells(KIND)
        page.end(words.footer)

    def cells(self, column: int, first: int | None = None) -> str:
        """A column of all scenarios, or of one, as other sheets name it."""
        letter = xl_col_to_name(column)
        ends = (self._first, self._last) if first is None else (first, first)
        names = [f"${letter}${row + 1}" for row in dict.fromkeys(ends)]
        return sheet_named(self._name) + ":".join(names)

    @property
    def codes(self) -> str:
        """The cells that say whether a level is filled in, and whether it is wrong."""
        return self.cells(self._code)

    @property
    def changed(self) -> str:
        """How many levels are others than they were."""
        return f"SUMPRODUCT(--({self.cells(FILL)}<>{self.cells(self._before)}))"

    def _scenario(self, item: Scenario) -> None:
        page, words, row = self.page, self._words, self.page.row + 1
        page.put(KEY, f"{SCENARIO}.{item.id}", "hidden")
        page.put(GROUP, item.group, "text")
        page.put(NUMBER, item.number, "middle")
        page.put(NAME, item.starred, "text")
        page.put(KIND, item.kind, "middle")
        page.put(FILL, item.level, "input")
        requirements = [*item.requirements, *[""] * (self._top - len(item.requirements))]
        for place, text in enumerate(requirements, start=REQUIREMENTS):
            page.put(place, text, "text")
        fill, code = f"${xl_col_to_name(FILL)}{row}", f"${xl_col_to_name(self._code)}{row}"
        top = len(item.requirements)
        known = item.level is not None
        page.formula(self._code, _code_of(fill, top), "hidden", int(known))
        page.formula(self._worth, f'IF({code}=1,VALUE({typed(fill)}),"")', "hidden", item.level if known else "")
        self._told(item, f"${xl_col_to_name(self._worth)}{row}", code)
        page.put(self._before, None if words.blank else item.level, "hidden")
        self._refs.scenarios[item.id] = (self.cells(self._worth, page.row), self.requirements_of(page.row, top))
        page.row += 1

    def _told(self, item: Scenario, worth: str, code: str) -> None:
        page, words = self.page, self._words
        names = self._report.level_names[: len(item.requirements) + 1]
        shown = names[item.level] if item.level is not None else ""
        page.formula(LEVEL, f'IF({code}=1,{choose(worth, *map(quoted, names))},"")', "middle", shown)
        wrong = words.word("wrong_level").format(top=len(item.requirements))
        told = choose(code, *map(quoted, (words.word("unfilled"), words.word("filled"), wrong)))
        now = words.word("unfilled" if item.level is None else "filled")
        page.formula(CHECK, told, "check", now, longest=wrong)

    def requirements_of(self, row: int, top: int) -> str:
        """The requirements of a scenario, as other sheets name them; rows from 0."""
        ends = (f"${xl_col_to_name(column)}${row + 1}" for column in (REQUIREMENTS, REQUIREMENTS + top - 1))
        return sheet_named(self._name) + ":".join(dict.fromkeys(ends))

    def _limits(self) -> None:
        message = self._words.word("only_level").format(top=self._top)
        source = [str(level) for level in range(self._top + 1)]
        rule = {"validate": "list", "source": source, "error_message": message}
        self.page.sheet.data_validation(self._first, FILL, self._last, FILL, rule)

    def _looks(self) -> None:
        page, row = self.page, self._first + 1
        code, worth = (f"${xl_col_to_name(column)}{row}" for column in (self._code, self._worth))
        fill, before = (f"${xl_col_to_name(column)}{row}" for column in (FILL, self._before))
        page.rule((self._first, FILL), (self._last, FILL), f"{code}>1", "fault")
        if not self._words.blank:
            page.rule((self._first, FILL), (self._last, FILL), f"{fill}<>{before}", "changed")
        page.rule((self._first, CHECK), (self._last, CHECK), f"{code}>1", "fault")
        page.rule((self._first, CHECK), (self._last, CHECK), f"{code}=0", "open")
        for level in range(1, self._top + 1):
            column = REQUIREMENTS + level - 1
            page.rule((self._first, column), (self._last, column), f"N({worth})>={level}", "reached")
            following = f"AND(ISNUMBER({worth}),N({worth})={level - 1})"
            page.rule((self._first, column), (self._last, column), following, "next")


def _code_of(fill: str, top: int) -> str:
    """0 for a level that is not filled in, 1 for one that is there, 2 for anything else; a number may be a text."""
    levels = one_of(fill, map(str, range(top + 1)))
    wrong = f"IF(ISERROR({fill}),TRUE,ISLOGICAL({fill}))"
    return first([(wrong, "2"), (f'{typed(fill)}=""', "0"), (levels, "1")], "2")
