"""The way to the next grade: what is short, by formulas; and the reading matter, which says of when it is."""

from collections.abc import Mapping

from bot.reports.workbook.formula import choose, filled, first, quoted, spliced
from bot.reports.workbook.parts import Refs, Words
from bot.reports.workbook.scores import EXACT
from bot.reports.workbook.sheet import Book, Page

WIDTHS = (26, 13, 13, 92, 8)
ACROSS = CHANGED = 4
"""The columns that are read, and the hidden one that counts changes: colours can only look at their own sheet."""


class WaySheet:
    """Writes the last sheet. `following` are the cells of what the next grade asks (`ScoreSheet.next`)."""

    def __init__(self, book: Book, words: Words, refs: Refs, following: Mapping[str, str]) -> None:
        self._words, self._report, self._refs, self._next = words, words.report, refs, following
        self.page: Page = book.page(words.word("sheet_plan"), WIDTHS, (CHANGED,))

    def write(self) -> None:
        """What follows the form, then what stands as of its date."""
        self._part(self._words.word("gap"))
        self._gap()
        if self._report.scenarios:
            self._levels()
        self._stands()
        self._texts()
        if not self._words.blank:
            self._before()
        self.page.end(self._words.footer)

    def _part(self, title: str) -> None:
        self.page.put(0, title, "part", across=ACROSS)
        self.page.high(self.page.row, 24)
        self.page.row += 1

    # what follows the form

    def _gap(self) -> None:
        page, words = self.page, self._words
        page.put(0, words.word("follows"), "free", across=ACROSS)
        page.row += 1
        rows, grade = self._report.grades, self._report.grade
        missing = rows[grade] if grade < len(rows) else None
        page.put(0, words.word("next_grade"), "text")
        name = choose(self._next["number"], *(quoted(row.name) for row in rows), quoted(words.word("top_grade")))
        shown = missing.name if missing else words.word("top_grade")
        page.formula(1, self._guard(name), "bold", shown, across=2)
        page.row += 1
        score, total = self._next["score"], self._refs.score
        short = max(0.0, missing.score - self._report.total.points) if missing else 0.0
        self._short("points_short", f"MAX(0,ROUND({score}-{total},{EXACT}))", short, "strong")
        if not self._report.scenarios:
            return
        level = choose(f"{self._next['row']}-1", *(quoted(row.level_name) for row in rows))
        for label, wanted, there, value in (
            ("scenarios_short", "scenarios", "reached", missing.scenarios - missing.reached if missing else 0),
            (
                "restrictive_short", "restrictive", "restricted",
                missing.restrictive - missing.reached_restrictive if missing else 0,
            ),
        ):  # fmt: skip
            text = words.word(label)
            told = filled(text, level=missing.level_name if missing else rows[-1].level_name)
            page.formula(0, spliced(text, level=level), "text", told)
            self._short("", f"MAX(0,{self._next[wanted]}-{self._next[there]})", max(0, value), "bold")
        page.row += 1

    def _short(self, label: str, formula: str, value: float, form: str) -> None:
        """A line of what is short; at the highest grade, nothing is."""
        page, top = self.page, len(self._report.grades)
        if label:
            page.put(0, self._words.word(label), "text")
        page.formula(1, self._guard(f"IF({self._next['number']}>={top},0,{formula})"), form, value, across=2)
        page.row += 1

    def _guard(self, formula: str) -> str:
        return self._words.guarded(self._refs.faults, formula)

    def _levels(self) -> None:
        """Of every scenario its level and the requirement of the next one."""
        page, words, report = self.page, self._words, self._report
        begins = page.row
        page.line(*((words.word(name), "head") for name in ("scenario", "level", "next_level", "next_requirement")))
        names = report.level_names
        for item in report.scenarios:
            worth, requirements = self._refs.scenarios[item.id]
            top, level = len(item.requirements), item.level
            page.put(0, f"{item.number}. {item.starred}", "text")
            own = choose(worth, *map(quoted, names[: top + 1]))
            page.formula(1, f'IF({worth}="","",{own})', "middle", "" if level is None else names[level])
            at = f"N({worth})"
            following = choose(at, *map(quoted, names[1 : top + 1]), '""')
            page.formula(2, following, "middle", "" if level == top else names[(level or 0) + 1])
            text = first([(f"{at}>={top}", quoted(words.word("top_level")))], f"INDEX({requirements},1,{at}+1)")
            shown = words.word("top_level") if level == top else item.requirements[level or 0]
            page.formula(3, text, "text", shown, longest=max(item.requirements, key=len))
            page.row += 1
            page.block(begins)
            begins = page.row
        page.row += 1

    # reading matter

    def _stands(self) -> None:
        """From here on, words stand as they were written; if the form was changed since, that is said aloud."""
        page, words = self.page, self._words
        if words.blank:
            return
        told = words.word("stands").format(date=self._report.date)
        changed = spliced(words.word("stands_changed"), changed=self._refs.changed)
        page.formula(0, f"IF({self._refs.changed}>0,{changed},{quoted(told)})", "note", told, across=ACROSS)
        page.formula(CHANGED, self._refs.changed, "hidden", 0)
        page.rule((page.row, 0), (page.row, ACROSS - 1), f"$E${page.row + 1}>0", "fault")
        page.row += 2

    def _texts(self) -> None:
        report, words = self._report, self._words
        notes = [note for note in (report.bounds_note, report.profile_note) if note]
        result = [
            (
                words.word("conclusion"),
                (report.grade_name, *(f"{c.name} {c.value}" for c in report.conditions), *notes),
            ),
            (report.gap.title, report.gap.lines),
            (words.word("plan"), report.plan.lines),
        ]
        parts = [
            *([] if words.blank else result),
            (words.word("rulings"), report.rulings),
            (report.commitment.title, (*report.commitment.lines, *report.notes)),
        ]
        for title, lines in parts:
            if lines:
                self._lines(title, lines)

    def _lines(self, title: str, lines: tuple[str, ...]) -> None:
        page, begins = self.page, self.page.row
        self._part(title)
        for place, line in enumerate(lines):
            page.put(0, line, "free", across=ACROSS)
            page.row += 1
            page.block(page.row - 1 if place else begins)
        page.row += 1

    def _before(self) -> None:
        page, words, before = self.page, self._words, self._report.before
        if before is None:
            return
        begins = page.row
        self._part(words.word("change"))
        page.put(0, before.headline, "free", across=ACROSS)
        page.row += 1
        for text in filter(None, (before.note, "" if before.note or before.changes else words.word("unchanged"))):
            page.put(0, text, "free", across=ACROSS)
            page.row += 1
        if before.changes:
            heads = ("entry", "before", "now")
            for column, name in enumerate(heads):
                page.put(column, words.word(name), "head")
            page.row += 1
        page.block(begins)
        for change in before.changes:
            page.line((change.name, "text"), (change.before, "middle"), (change.after, "middle"))
            page.block(page.row - 1)
