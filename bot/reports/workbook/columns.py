"""The columns of the form: what stands in each, how wide it is, and which are hidden."""

from enum import IntEnum

from xlsxwriter.utility import xl_col_to_name


class At(IntEnum):
    """The columns."""

    KEY = 0
    DIMENSION = 1
    INDICATOR = 2
    ITEM = 3
    NUMBER = 4
    QUESTION = 5
    KIND = 6
    LETTER = 7
    OPTION = 8
    FILL = 9
    VALUE = 10
    CHECK = 11
    WORTH = 12
    CODE = 13
    DERIVED = 14
    BEFORE = 15
    EXACT = 16

    @property
    def letter(self) -> str:
        """As formulas name it."""
        return str(xl_col_to_name(self.value))


WIDTHS = (3, 9, 9, 9, 5, 24, 7, 5, 46, 10, 9, 32, 8, 8, 8, 8, 8)
IN_LETTERS = (3, 12, 13, 13, 5, 25, 9, 5, 48, 10, 9, 27, 8, 8, 8, 8, 8)
"""The widths where words are longer than characters."""
HIDDEN = (At.KEY, At.WORTH, At.CODE, At.DERIVED, At.BEFORE, At.EXACT)
HEADS = ("dimension", "indicator", "item", "number", "question", "kind_of_choice", "", "", "fill", "", "check")
"""Of the columns from the dimension on: labels; "" where a heading goes over two columns."""
