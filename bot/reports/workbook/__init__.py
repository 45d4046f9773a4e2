"""The workbook: the official form, to copy from or to fill, and everything that follows from it by formulas.

`book` writes it, sheet by sheet; `reading` reads answers back; `evidence` writes the list of what has to be shown.
"""

from bot.reports.workbook.book import workbook

__all__ = ["workbook"]
