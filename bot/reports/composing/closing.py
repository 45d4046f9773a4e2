"""What a paper rests on and ends with: the rulings, the commitment, what it is and how it can be checked."""

from collections.abc import Iterator

from bot.reports.composing.scored import Scored
from bot.reports.content import Field, Part
from scoring.rubric import Change, Share


def rulings(scored: Scored) -> Iterator[str]:
    """How it is scored, as far as the edition has such things."""
    rubric, text = scored.rubric, scored.text
    yield from (text("report.ruling.value"), text("report.ruling.score"), *_of_figures(scored))
    if rubric.scenarios:
        yield text("report.ruling.ladder")
    yield text("report.ruling.grade" if rubric.scenarios else "report.ruling.grade.score")
    yield text("report.ruling.unknown")
    if revalued := dict.fromkeys(item for entry in rubric.profiles for item in entry.option_values):
        profile = rubric.profile(scored.sheet.profile).name
        yield text("report.ruling.profile", items=scored.words.items([*revalued]), profile=profile)


def _of_figures(scored: Scored) -> Iterator[str]:
    rules, said = scored.rubric.rules_of_figures.items(), scored.words.items
    changes = [(item, rule) for item, rule in rules if isinstance(rule, Change)]
    if shares := [item for item, rule in rules if isinstance(rule, Share)]:
        yield scored.text("report.ruling.bands", items=said(shares))
    if changes:
        yield scored.text("report.ruling.change", items=said([item for item, _ in changes]))
    if points := [item for item, rule in changes if rule.measure == "points"]:
        yield scored.text("report.ruling.points", items=said(points))


def commitment(scored: Scored) -> Part:
    """To the truth of the answers, and when it was made."""
    text, on = scored.text, scored.paper.committed
    who = scored.firm or text("commitment.firm")
    committed = text("report.committed", date=scored.date(on)) if on else text("report.uncommitted")
    return Part(text("commitment.title"), (text("commitment.text", firm=who), committed))


def notes(scored: Scored) -> Iterator[str]:
    """What has to be known of the text."""
    yield scored.text("report.origin")
    if not scored.rubric.official:
        yield scored.text("rubric.unofficial")


def colophon(scored: Scored) -> Iterator[Field]:
    """What the paper is, and what made it."""
    labels, text, sealed = scored.labels, scored.text, scored.sealed
    profile = scored.rubric.profile(scored.sheet.profile).name
    signature = "ed25519" if sealed.signature else "none"
    yield Field(labels["sealed_number"], sealed.number)
    yield Field(labels["sealed_code"], sealed.code)
    yield Field(labels["program"], text("report.program", version=scored.paper.program))
    yield Field(labels["rules"], text("report.rules", edition=scored.rubric.title, profile=profile))
    yield Field(labels["signature"], text(f"report.signature.{signature}"))


def checking(scored: Scored) -> Part:
    """How it can be checked, with a page and without one."""
    text, address = scored.text, scored.paper.address
    how = text("report.check.page", page=f"{address}/verify") if address else text("report.check.file")
    signed = text("report.check.signed" if scored.sealed.signature else "report.check.unsigned")
    return Part(text("report.label.checking"), (text("report.check.code"), how, signed))
