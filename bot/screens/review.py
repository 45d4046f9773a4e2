"""Every answer, to look through and change."""

from bot.screens.parts import (
    BACK,
    HELP,
    OVERVIEW,
    PAUSE,
    PROVISIONAL,
    QUICK,
    RESUME,
    Action,
    Choice,
    Screen,
    letter,
    progress_line,
)
from bot.words.wording import Wording
from flows.cards import (
    ReviewCard,
)
from flows.inputs import (
    Back,
    EditFirm,
    Jump,
    Overview,
    Resume,
    Submit,
)


def review_screen(card: ReviewCard, words: Wording) -> Screen:
    """The summary, or one page of answers."""
    return _review_page(card, words) if card.page else _summary(card, words)


def _summary(card: ReviewCard, words: Wording) -> Screen:
    text = words.text
    parked = (text("review.parked", items=words.items(card.parked)),) if card.parked else ()
    waiting = (text.count("review.open", len(card.open)),) if card.open else ()
    choices = tuple(
        Choice(
            letter(i),
            text(
                "review.page",
                page=words.page_name(page),
                answered=sum(item in card.answers for item in items),
                total=len(items),
            ),
            Overview(page),
            label=words.page_name(page),
        )
        for i, (page, items) in enumerate(card.pages.items())
    )
    last = Action("submit", Submit()) if card.complete else PROVISIONAL
    going_on = () if card.complete else (RESUME, *((QUICK,) if card.quick else ()))
    return Screen(
        text("review.title.complete" if card.complete else "review.title"),
        header=progress_line(card.progress, words),
        body=(*parked, *waiting),
        choices=choices,
        hint=words.hint("review.complete" if card.complete else "review", last=card.progress.total),
        actions=(*going_on, last, Action("firm", EditFirm()), BACK, HELP, PAUSE),
        default=Submit() if card.complete else Resume(),
    )


def _review_page(card: ReviewCard, words: Wording) -> Screen:
    """Every answer of a dimension; what is parked stands first."""
    text = words.text
    items = sorted(card.pages[card.page], key=lambda item: item not in card.parked)
    choices = tuple(_review_line(card, item, words) for item in items)
    return Screen(
        text("review.page.title", page=words.page_name(card.page)),
        choices=choices,
        hint=words.hint("review.page"),
        actions=(RESUME, BACK, HELP, OVERVIEW, PAUSE),
        default=Back(),
    )


def _review_line(card: ReviewCard, item: str, words: Wording) -> Choice:
    parked = item in card.parked
    answer = words.text("answer.parked") if parked else words.answer(card.answers.get(item))
    line = words.text("review.line", item=words.item_label(item), answer=answer)
    return Choice(str(words.item_number(item)), line, Jump(item), item in card.answers)
