"""What is drawn on a card or a longer look: of a result, a plan, what is supposed, the history."""

from collections.abc import Sequence

from bot.dialogue.pages import CardPage, TextPage
from bot.web.drawing import Drawn, Rung, Stand, Trend, drawn, trend
from bot.words.outcome import wanted_grade
from bot.words.results import result_of
from bot.words.sections import Section
from bot.words.steps import whole_plan
from bot.words.wording import Wording, wording
from flows.aiming import planned_grade
from flows.cards import IdentityCard, PlanCard, ProvisionalCard, ResultCard, WhatIfCard, unanswered
from flows.session import Assessment
from scoring.editions import known


def drawn_on(page: CardPage) -> Drawn | None:
    """What is drawn on a card; nothing on most of them."""
    session, words = page.session, page.words
    match page.card:
        case ResultCard() | ProvisionalCard():
            before = result_of(session.baseline.record, words) if session.baseline else None
            return drawn(result_of(session.record, words), words, Stand(wanted_grade(session, words), before))
        case WhatIfCard(before=before, after=after):
            return drawn(after, words, Stand(wanted_grade(session, words), before, tried=True))
        case PlanCard(gap=gap) if gap:
            return drawn(result_of(session.record, words), words, Stand(gap.grade))
        case _:
            return None


def body_of(page: CardPage) -> str:
    """The template of a card on which something is drawn, or filled in."""
    match page.card:
        case WhatIfCard():
            return "what_if.html"
        case PlanCard():
            return "aim.html"
        case IdentityCard():
            return "identity.html"
        case _:
            return "result.html"


def next_rung(page: CardPage, shown: Drawn) -> Rung | None:
    """The grade that comes next, or that is aimed for, with what it asks for; None at the highest."""
    if isinstance(page.card, WhatIfCard):
        return shown.ladder.next
    grade = planned_grade(page.session)
    return None if grade is None else shown.ladder.rungs[grade]


def steps_on(page: CardPage) -> list[Section]:
    """Every step of the plan that is on a card, in plain words."""
    if not isinstance(page.card, PlanCard) or page.card.gap is None or page.card.gap.plan is None:
        return []  # the card says why
    title, *others = whole_plan(page.card.gap, page.words, unanswered(page.words.rubric, page.session))
    return [Section("", title.lines), *others]  # the title stands on the card


def drawn_below(page: TextPage, words: Wording) -> tuple[Trend | None, Drawn | None]:
    """What a longer look has below: the line of several assessments, or all of one."""
    return trend(page.past, words), _past(page.past, words)


def _past(past: Sequence[Assessment], words: Wording) -> Drawn | None:
    """By its own edition, if that is still here."""
    if len(past) != 1 or past[0].rubric not in known():
        return None
    own = wording(words.language, past[0].rubric, words.medium)
    return drawn(result_of(past[0].record, own), own, Stand(past=True))
