"""The workbook: the official form, to copy from or to fill, and everything that follows from it by formulas.

`book` writes it, sheet by sheet; `reading` reads answers back, after `archive` has weighed what came.
"""

from bot.reports.workbook.book import workbook

__all__ = ["workbook"]
