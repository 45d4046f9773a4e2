"""The words that stand around the data of a paper: headings, names of columns, what the workbook says by itself."""

from bot.words.wording import Wording

LABELS = (
    *("firm", "kind", "date", "edition", "profile", "none_given", "conclusion", "grade", "score", "points", "full"),
    *("condition_score", "condition_scenarios", "met", "structure", "dimension", "indicator", "share"),
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
    *("now", "change", "rulings", "seal", "person", "signed", "ladder", "form"),
    *("number", "question", "kind_of_choice", "option", "chosen", "option_value", "weights", "unit", "record"),
    *("level_number", "group", "sheet_form", "sheet_score", "sheet_scenarios", "sheet_plan", "how", "unchanged"),
    *("method", "credit_code", "region", "industry", "contact", "program", "rules"),
    *("picture", "picture_note"),
    *("signature", "required", "reached", "verdict"),
    *("form_title", "blank", "questions", "record_title", "record_how", "sealed_number", "sealed_code"),
    *(f"evidence_{name}" for name in ("title", "number", "item", "claim", "evidence", "file", "remark", "verifier")),
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
    *(
        "wrong_date",
        "wrong_gap",
        "wrong_exceeds",
        "wrong_years",
        "wrong_year",
        "wrong_level",
        "year_1",
        "year_2",
        "year_3",
    ),
    *("summary", "summary_result", "summary_faults", "summary_changed", "fix", "only_tick"),
    *("only_number", "only_level", "reached", "reached_restrictive", "yes", "no", "points_short", "scenarios_short"),
    *("restrictive_short", "next_grade", "top_grade", "next_level", "next_requirement", "top_level", "follows"),
    *("stands", "stands_changed", "footer", "number_of", "code", "about"),
    *("firm_facts", "optional", "only_kind"),
    *(f"wrong_fact_{name}" for name in ("text", "long", "kind")),
    *(f"wrong_fact_code_{name}" for name in ("number", "length", "sign", "check")),
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


def labels_of(words: Wording) -> dict[str, str]:
    """Every heading by its name; in braces stands what is known only once the pages are made."""
    text = words.text
    return {
        **{name: text(f"report.label.{name}") for name in LABELS},
        "no_grade": words.rubric.no_grade,
        "page": text("report.page", page="{page}", pages="{pages}"),
        "year": text("report.year", year="{year}"),
        "missing_glyph": text("report.missing_glyph", codes="{codes}"),
    }


def book_of(words: Wording) -> dict[str, str]:
    """The words of the workbook alone, by their names."""
    text = words.text
    return {
        **{name: text(f"report.book.{name}", **BLANKS) for name in BOOK},
        "record_restrictive": text("report.record.restrictive", level="{level}"),
        "record_guiding": text("report.record.guiding", level="{level}"),
    }
