"""The head of a report: whose it is, what it is, and whether it is final."""

from collections.abc import Iterator

from bot.reports.composing.points import shares
from bot.reports.composing.scored import Scored
from bot.reports.content import Field, FirmRow
from flows.identity import LONGEST_FACT, LONGEST_NAME, fault
from flows.session import FirmFact, FirmKind
from flows.text import tidy

LONGEST_CAPTION = 1_024
FORM_ORDER = ("name", "credit_code", "kind", "industry", "region", "contact")
"""The facts of a firm, as papers list them."""
UNITS = "utf-16-le"
"""So many units of UTF-16 does Telegram take below a picture; a rare character is two of them."""


def title(scored: Scored) -> str:
    """What the paper calls itself."""
    return scored.text("report.title" if scored.final else "report.title.provisional")


def status(scored: Scored) -> str:
    """Why it is provisional; "" for a final one."""
    if scored.final:
        return ""
    missing = len(scored.rubric.items) - len(scored.result.credits) - len(scored.result.levels)
    return scored.text.count("report.open", missing) if missing else scored.text("report.unsubmitted")


def facts(scored: Scored) -> Iterator[Field]:
    """The firm as far as it was told, the day, and by what it was assessed."""
    labels, firm = scored.labels, scored.paper.firm
    for name in FORM_ORDER:
        if name == "name":
            yield Field(labels["firm"], scored.firm or labels["none_given"])
        elif name == "kind" and firm.kind:
            yield Field(labels["kind"], scored.text(f"kind.{firm.kind.value}"))
        elif name != "kind":
            yield from _given(scored, name)
    yield Field(labels["date"], scored.date(scored.paper.on))
    yield Field(labels["method"], scored.text("report.method"))
    yield Field(labels["edition"], scored.rubric.title)
    if len(scored.rubric.profiles) > 1:
        name = scored.rubric.profile(scored.sheet.profile).name
        yield Field(labels["profile"], name[:1].upper() + name[1:])


def _given(scored: Scored, name: str) -> Iterator[Field]:
    """A fact of the firm, if it was told."""
    if value := tidy(getattr(scored.paper.firm, name)):
        yield Field(scored.labels[name], value)


def firm_rows(scored: Scored) -> Iterator[FirmRow]:
    """What the form asks of the firm, in the order of `facts`."""
    labels, firm = scored.labels, scored.paper.firm
    kinds = {kind: scored.text(f"kind.{kind.value}") for kind in FirmKind}
    for name in FORM_ORDER:
        if name == "kind":
            told = kinds[firm.kind] if firm.kind else ""
            yield FirmRow(name, labels[name], told, choices=tuple(kinds.values()), keys=tuple(map(str, kinds)))
        else:
            fact, told = FirmFact(name), tidy(getattr(firm, name))
            label = labels["firm" if fact is FirmFact.NAME else name]
            most = LONGEST_NAME if fact is FirmFact.NAME else LONGEST_FACT
            yield FirmRow(name, label, told, most, str(fault(fact, told) or ""))


def caption(scored: Scored) -> str:
    """What the picture shows, for eyes that cannot see it; a long name gives way to what Telegram takes."""
    whole = "\n".join(_caption(scored, scored.firm))
    over = len(whole.encode(UNITS)) - 2 * LONGEST_CAPTION
    if over <= 0:
        return whole
    kept = scored.firm.encode(UNITS)[: -over - 2].decode(UNITS, "ignore")  # half a character is none
    return "\n".join(_caption(scored, f"{kept}…"))


def _caption(scored: Scored, firm: str) -> Iterator[str]:
    yield _headline(scored, firm)
    if not scored.final:
        yield status(scored)
    yield shares(scored)
    if scored.rubric.scenarios:
        said, levels = scored.words.item_label, scored.result.levels
        told = (f"{said(name)} {scored.said(levels.get(name))}" for name in scored.rubric.scenario)
        yield scored.text("report.caption.scenarios", levels=scored.text("list.separator").join(told))


def _headline(scored: Scored, firm: str) -> str:
    """Whose self-assessment it is, if that is known, and what came out."""
    grade = scored.words.grade(scored.result.grade)
    if not firm:
        return scored.text("report.caption.nameless", grade=grade, score=scored.score)
    return scored.text("report.caption", firm=firm, grade=grade, score=scored.score)


def alternatives(scored: Scored) -> dict[str, str]:
    """What is drawn, for who does not see it, by the name of the drawing."""
    lines = (
        scored.text("report.alternative.line", grade=scored.words.short_grade(row.grade), score=row.score)
        for row in scored.rubric.grades
    )
    told = scored.text("list.separator").join(lines)
    return {
        "score": scored.text("report.alternative.score", score=scored.score, lines=told),
        "shares": shares(scored),
        "code": scored.text("report.alternative.code", link=scored.sealed.link),
    }
