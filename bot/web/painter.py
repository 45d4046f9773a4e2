"""Pages of the conversation as HTML: what a template needs, and nothing that it would have to work out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.dialogue.buttons import CHOICE_MARK, decode, encode
from bot.dialogue.pages import Button, CardPage, TextPage, in_question
from bot.dialogue.papers import asks_first
from bot.reports.lacking import told_before
from bot.reports.render import Kind
from bot.screens import Action, Choice
from bot.screens.details import explained, official
from bot.screens.identity import fact_label
from bot.screens.parts import FIXED, Row
from bot.screens.wishes import Detail, Leaf, Wish
from bot.web.drawing import Drawn, Rung
from bot.web.forms import FACT, written
from bot.web.outcome import body_of, drawn_on, next_rung, steps_on
from bot.web.places import mark_of_item, place_of_wish
from bot.words.sections import Section
from bot.words.wording import Wording
from flows.cards import IdentityCard
from flows.events import Refused
from flows.identity import fault
from flows.inputs import Help, Pause
from flows.session import CardRef, FirmFact, Phase
from flows.text import inert_lines, tidy
from scoring.rubric import Rubric
from storage.store import LogEntry

FIRST = ("met", "done", "commit_ticked", "yes", "right", "agree", "submit", "commit", "resume", "begin_anew")
"""The names of actions that are what most people want next."""


class Way(NamedTuple):
    """A button: `place` is an address to go to, `data` what a form says."""

    label: str
    place: str | None = None
    data: str | None = None
    key: str = ""
    marked: bool | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item with all that it can be set to; by its `mark` it is found on the page."""

    mark: str
    label: str
    state: str
    ways: tuple[Way, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Items:
    """Items below a heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """A field of a form: `how` to fill it in, and what is `wrong` with what was typed there."""

    name: str
    label: str
    value: str
    how: str
    wrong: str


@dataclass(frozen=True, slots=True)
class CardView:
    """The live card.

    `ways` are all its actions by name; `unfolded` is what there is to read on its item, as HTML. `body` is a template
    of its own, which results, plan and what-if have; with it is `drawn` what is drawn, and the grade that comes `next`.
    `steps` are those of a plan, `blanks` the fields of a form. `lacking` says what the papers offered here cannot show
    of the firm.
    """

    page: CardPage
    ways: dict[str, Way]
    choices: tuple[Way, ...]
    first: tuple[Way, ...]
    more: tuple[Way, ...]
    fixed: tuple[Way, ...]
    ref: str
    percent: int | None
    unfolded: str
    body: str | None
    drawn: Drawn | None
    next: Rung | None
    steps: tuple[Section, ...]
    groups: tuple[Items, ...]
    blanks: tuple[Blank, ...]
    lacking: str

    @property
    def typed(self) -> bool:
        """There is nothing to choose: one types where the choices would be."""
        return not (self.choices or self.first or self.body)


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered, as it stands above the card."""

    asked: str
    answered: str


def card_view(page: CardPage, filled: Mapping[str, str] | None = None) -> CardView:
    """A card with its buttons; `filled`: what was typed into a form and not taken."""
    screen, words, ref = page.screen, page.words, page.session.ref
    actions = [action for action in screen.actions if not isinstance(action.wish, Pause | Help)]
    item = next((_item(action) for action in actions if _item(action)), "")
    ways = {action.name: _way(action, page, ref) for action in actions if not _item(action)}
    progress = None if page.fixed else page.progress
    choices = tuple(_choice(choice, page, ref) for choice in screen.choices)
    greets = page.session.phase is Phase.WELCOME
    shown = drawn_on(page)
    return CardView(
        page=page,
        ways=ways,
        choices=() if greets else choices,
        first=choices[:1] if greets else tuple(way for name, way in ways.items() if name in FIRST),
        more=(
            *(choices[1:] if greets else ()),
            *(way for name, way in ways.items() if name not in (*FIRST, *FIXED)),
        ),
        fixed=tuple(ways[name] for name in FIXED if name in ways),
        ref=written(ref),
        percent=(progress.total - progress.rest) * 100 // progress.total if progress and progress.total else None,
        unfolded=_unfolded(item, words, in_question(item, page.card)) if item else "",
        body=body_of(page) if shown or isinstance(page.card, IdentityCard) else None,
        drawn=shown,
        next=next_rung(page, shown) if shown else None,
        steps=tuple(steps_on(page)),
        groups=tuple(
            Items(group, tuple(_item_of(row, page, ref) for row in rows))
            for group, rows in groupby(screen.rows, lambda row: row.group)
        ),
        blanks=tuple(_blanks(page, filled)),
        lacking=told_before(page.session.firm, Kind.DOCUMENT, words.text) if page.outcome else "",
    )


def _blanks(page: CardPage, filled: Mapping[str, str] | None) -> Iterator[Blank]:
    """The fields of a form, with what is known, or what was typed and why that is wrong."""
    if not isinstance(page.card, IdentityCard):
        return
    for fact in FirmFact:
        typed = tidy(filled.get(fact.value) if filled else page.card.firm.fact(fact))
        wrong = fault(fact, typed)
        yield Blank(
            FACT + fact.value,
            fact_label(fact, page.words),
            typed,
            page.words.text(f"identity.how.{fact.value}"),
            page.words.refusal(Refused(wrong)) if wrong else "",
        )


@lru_cache(maxsize=512)
def _unfolded(item: str, words: Wording, key: str | None) -> str:
    """Help and official text of an item, which are the same for everybody, and most of what a page says."""
    return render("unfolded.html", text=words.text, help=explained(item, words, key), official=official(item, words))


def _item_of(row: Row, page: CardPage, ref: CardRef) -> Item:
    ways = tuple(
        Way(choice.label, data=_target(choice.wish, page, ref)[1], marked=choice.marked) for choice in row.choices
    )
    return Item(mark_of_item(row.item, page.words.rubric), row.label, row.state, ways, row.several)


def _item(action: Action) -> str:
    """The item of a card, as the way to its official text names it."""
    match action.wish:
        case Leaf(wanted=Detail.OFFICIAL, about=item):
            return item
        case _:
            return ""


def _choice(choice: Choice, page: CardPage, ref: CardRef) -> Way:
    place, data = _target(choice.wish, page, ref)
    if page.session.phase is Phase.WELCOME:
        return Way(choice.label, place, data)
    key = choice.key if page.session.asking or choice.key.isdecimal() else ""  # letters of options are spoken of
    return Way(choice.text, place, data, key, choice.marked)


def _way(action: Action, page: CardPage, ref: CardRef) -> Way:
    place, data = _target(action.wish, page, ref)
    return Way(page.words.text(f"button.{action.name}"), place, data, name=action.name)


def _target(wish: Wish, page: CardPage, ref: CardRef) -> tuple[str | None, str | None]:
    asked = isinstance(wish, Detail | Leaf) and asks_first(page.session, wish)
    place = None if asked else place_of_wish(wish)
    return place, None if place else encode(wish, ref, page.words.rubric)


def ways_of(page: TextPage, rubric: Rubric) -> tuple[tuple[Way, ...], ...]:
    """The rows of buttons below a text."""
    return tuple(tuple(_button(button, rubric) for button in row) for row in page.buttons)


def _button(button: Button, rubric: Rubric) -> Way:
    press = None if button.data.startswith(CHOICE_MARK) else decode(button.data, rubric)
    place = place_of_wish(press.wish) if press else None
    return Way(button.label, place, None if place else button.data)


def turns(log: Sequence[LogEntry], words: Wording) -> list[Turn]:
    """The newest answers."""
    return [
        Turn(words.item_label(entry.item), words.in_short(entry.item, entry.after))
        for entry in log
        if entry.kind == "recorded" and entry.item in words.rubric.position and entry.after is not None
    ]


@cache
def environment() -> Environment:
    """The templates; whatever they show is escaped, and names that are not there are faults."""
    made = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["inert"] = inert_lines
    return made


def render(template: str, **values: Any) -> str:
    """A template with its values."""
    return environment().get_template(template).render(**values)
