"""The facts of the firm, on top of the form: a row for each, all optional, and what formulas say of them.

What they refuse is what reading refuses (`flows.identity`), and the other way round.
"""

from collections.abc import Iterator, Sequence

from bot.reports.content import FirmRow
from bot.reports.workbook import marks
from bot.reports.workbook.columns import At
from bot.reports.workbook.formula import choose, filled, first, one_of, quoted, spliced, typed
from bot.reports.workbook.parts import Words
from bot.reports.workbook.sheet import Page
from flows.credit_code import CODE_LENGTH, CODE_SIGNS

FAULTS = ("text", "long", "kind", "code_number", "code_length", "code_sign", "code_check")
"""What can be wrong with a fact; the code of a fault is its place from 2 on, and 0 says that nothing is."""
CODE = {name: code for code, name in enumerate(FAULTS, start=2)}
REFUSED = {
    "name_long": "long",
    "fact_long": "long",
    "code_length": "code_length",
    "code_sign": "code_sign",
    "code_check": "code_check",
}
"""Which of these a refusal is (`flows.events.Refusal`, which is not imported: it would bring pydantic along)."""
CREDIT_CODE = "credit_code"
BETWEEN = " \u3000\u00a0-－‐‑–—−_.·,，、:："
"""What people put between the groups of a code, as far as formulas know it."""
ORDER = "".join(sorted(CODE_SIGNS))
"""The signs of a credit code in the order of what they are worth (GB 32100-2015, table 3)."""
WEIGHTS = tuple(3**place % len(ORDER) for place in range(CODE_LENGTH - 1))
"""Of all signs but the last (GB 32100-2015, appendix A)."""


def _written(signs: str) -> str:
    """The same signs in small letters and in full width, each as far behind the first as all of them together."""
    narrow = signs + signs.lower()
    return narrow + "".join(chr(ord(sign) + marks.FULL_WIDTH) for sign in narrow)


SIGNS = quoted(_written(ORDER))
ANY_SIGN = quoted(_written("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


class FactRows:
    """Writes the rows of the firm's facts."""

    def __init__(self, page: Page, words: Words) -> None:
        self._page, self._words = page, words
        self._first = self._last = 0

    def write(self) -> None:
        """All of them, as a block of the form."""
        page, rows = self._page, self._words.report.firm_rows
        self._first = page.row
        for row in rows:
            self._row(row)
        self._last = page.row - 1
        page.put(At.DIMENSION, self._words.word("firm_facts"), "text", row=self._first, across=3, down=len(rows))
        page.block(self._first)
        page.sheet.ignore_errors({"number_stored_as_text": self._range(At.OPTION).replace("$", "")})
        self._looks()

    @property
    def codes(self) -> str:
        """The cells that say what is wrong, on this sheet."""
        return self._range(At.CODE)

    @property
    def changed(self) -> str:
        """How many facts are others than they were."""
        return f"SUMPRODUCT(--({self._range(At.OPTION)}<>{self._range(At.BEFORE)}))"

    def _range(self, column: At) -> str:
        return f"${column.letter}${self._first + 1}:${column.letter}${self._last + 1}"

    def _row(self, row: FirmRow) -> None:
        page, words = self._page, self._words
        at = f"{page.row + 1}"
        cell, code = f"${At.OPTION.letter}{at}", f"${At.CODE.letter}{at}"
        page.put(At.KEY, f"{marks.FIRM}.{row.id}", "hidden")
        page.put(At.NUMBER, row.name, "text", across=2)
        page.put(At.KIND, words.word("optional"), "middle", across=2)
        page.put(At.OPTION, row.value or None, "typed", across=2)
        page.put(At.BEFORE, None if words.blank else row.value or None, "hidden")
        if row.id == CREDIT_CODE:
            page.formula(At.DERIVED, _in_one_piece(cell), "hidden", row.value)
            page.formula(At.WORTH, _without_label(f"${At.DERIVED.letter}{at}"), "hidden", row.value)
        now = self._now(row)
        page.formula(At.CODE, self._code(row, cell, f"${At.WORTH.letter}{at}"), "hidden", now)
        self._told(row, cell, code, now)
        if row.choices:
            rule = {"validate": "list", "source": [*row.choices], "error_message": words.word("only_kind")}
            page.sheet.data_validation(page.row, At.OPTION, page.row, At.OPTION, rule)
        page.row += 1

    def _now(self, row: FirmRow) -> int:
        """The code of what is wrong as it stands."""
        return CODE[REFUSED[row.refusal]] if row.refusal else 0

    def _told(self, row: FirmRow, cell: str, code: str, now: int) -> None:
        page, words = self._page, self._words
        there = first([(f'{typed(cell)}=""', '""')], quoted(words.word("filled")))
        sentences = {name: words.word(f"wrong_fact_{name}") for name in FAULTS}
        wrong = (spliced(sentence, most=quoted(str(row.most))) for sentence in sentences.values())
        told = choose(code, f'IF(ISERROR({cell}),"",{there})', '""', *wrong)
        shown = (
            filled([*sentences.values()][now - 2], most=row.most) if now else words.word("filled") if row.value else ""
        )
        longest = max((filled(sentences[name], most=row.most) for name in self._possible(row)), key=len)
        page.formula(At.VALUE, told, "check", shown, across=2, longest=longest)

    def _possible(self, row: FirmRow) -> Sequence[str]:
        if row.choices:
            return ("kind",)
        return FAULTS[3:] if row.id == CREDIT_CODE else FAULTS[:2]

    def _code(self, row: FirmRow, cell: str, worth: str) -> str:
        if row.choices:
            cases = [*_blank_or("kind", cell), (one_of(cell, (*row.choices, *row.keys)), "0")]
            return first(cases, str(CODE["kind"]))
        if row.id == CREDIT_CODE:
            return first([*_of_code(cell, worth)], "0")
        return first([*_blank_or("text", cell), (f"LEN({typed(cell)})>{row.most}", str(CODE["long"]))], "0")

    def _looks(self) -> None:
        page, begins = self._page, self._first + 1
        code, fill, before = (f"${column.letter}{begins}" for column in (At.CODE, At.OPTION, At.BEFORE))
        for column in (At.OPTION, At.VALUE):
            page.rule((self._first, column), (self._last, column), f"N({code})>1", "fault")
        if not self._words.blank:
            page.rule((self._first, At.OPTION), (self._last, At.OPTION), f"{fill}<>{before}", "changed")


def _blank_or(wrong: str, cell: str) -> Iterator[tuple[str, str]]:
    """What is neither a text nor a number, and what is nothing."""
    yield f"IF(ISERROR({cell}),TRUE,ISLOGICAL({cell}))", str(CODE[wrong])
    yield f'{typed(cell)}=""', "0"


def _of_code(cell: str, worth: str) -> Iterator[tuple[str, str]]:
    """A credit code. A number has lost what is behind its fifteenth digit."""
    yield f"IF(ISERROR({cell}),TRUE,ISLOGICAL({cell}))", str(CODE["text"])
    yield f"ISNUMBER({cell})", str(CODE["code_number"])
    yield f'{worth}=""', "0"
    yield f"LEN({worth})<>{CODE_LENGTH}", str(CODE["code_length"])
    places = ",".join(map(str, range(1, CODE_LENGTH + 1)))
    yield f"ISERROR(SUMPRODUCT(FIND(MID({worth},{{{places}}},1),{SIGNS})))", str(CODE["code_sign"])
    before, weights = places.rpartition(",")[0], ",".join(map(str, WEIGHTS))
    base = len(ORDER)
    values = f"MOD(FIND(MID({worth},{{{before}}},1),{SIGNS})-1,{base})"
    own = f"MOD(FIND(RIGHT({worth},1),{SIGNS})-1,{base})"
    yield f"MOD(SUMPRODUCT({values}*{{{weights}}})+{own},{base})<>0", str(CODE["code_check"])


def _in_one_piece(cell: str) -> str:
    """What was typed, without what stands between its groups; a line's end is one such thing, too."""
    formula = f'SUBSTITUTE(SUBSTITUTE({cell},CHAR(10),""),CHAR(9),"")'
    for sign in BETWEEN:
        formula = f'SUBSTITUTE({formula},{quoted(sign)},"")'
    return f'IF(ISERROR({cell}),"",{formula})'


def _without_label(code: str) -> str:
    """The last eighteen signs, if a word that has none of them stands before."""
    before = f"MID({code},LEN({code})-{CODE_LENGTH},1)"
    labelled = f"IF(ISERROR(FIND({before},{ANY_SIGN})),RIGHT({code},{CODE_LENGTH}),{code})"
    return f"IF(LEN({code})>{CODE_LENGTH},{labelled},{code})"
