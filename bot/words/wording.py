"""Words for things: items, figures, faults, refusals and events, in one language."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache

from bot.words.faults import fault_text
from bot.words.glossary import Entry, look_up
from bot.words.paging import pages
from flows.events import (
    AnswerValue,
    Converted,
    Event,
    FirmNamed,
    GradeSettled,
    Parked,
    QuickBegun,
    Recorded,
    Refusal,
    Refused,
    Resumed,
    Stale,
    TargetKept,
    Withdrawn,
)
from flows.session import Session
from locales import DOMAINS, GLOSSARY, Catalogue, catalogue, help_domain, plain_domain
from scoring.editions import load_rubric
from scoring.errors import Fault, MissingEditionError
from scoring.exact import plain
from scoring.figures import FigureValue
from scoring.rubric import Question, Scenario

HELP = ("meaning", "counts", "example")
USUAL = ("electricity", "natural_gas", "diesel")
"""What most factories burn, first in the table of conversion, where an edition has it."""


FEW = 4
"""Of so many options the words are said; of more, the letters."""


class Medium(StrEnum):
    """How a person answers: hints say what to type, or what to tap; on a page, where there is room for all."""

    TYPING = "typing"
    TAPPING = "tapping"
    PAGE = "page"

    @property
    def has_buttons(self) -> bool:
        """What can be done is there to be tapped."""
        return self is not Medium.TYPING

    @property
    def is_small(self) -> bool:
        """What is shown is to be seen at once, on a phone: it is shortened, and parted into pages."""
        return self is Medium.TAPPING


class Wording:
    """The texts of a language, an edition (in that language, if it has it), and short sentences made from both."""

    def __init__(self, language: str, edition: str, medium: Medium) -> None:
        self.language = language
        self.medium = medium
        self.text = catalogue(language)
        self.rubric = load_rubric(edition, language)
        self._plain = self._own(plain_domain(edition))

    def _own(self, domain: str) -> Catalogue | None:
        """What we say of an edition that comes with the program."""
        return catalogue(self.language, domain) if domain in DOMAINS else None

    def hint(self, name: str, **values: object) -> str:
        """What to do on a card; on a page, where it has no words of its own, what is said where one taps."""
        key = f"hint.{self.medium.value}.{name}"
        if self.medium is Medium.PAGE and self.text.get(key) is None:
            key = f"hint.{Medium.TAPPING.value}.{name}"
        return self.text(key, **values)

    # names

    def item_number(self, item: str) -> int:
        """The position in the walk, from 1; what people type to jump."""
        return self.rubric.items.index(item) + 1

    def item_label(self, item: str) -> str:
        """An item's name; restrictive scenarios carry the standard's star ("产品设计*")."""
        if question := self.rubric.question.get(item):
            return question.item
        scenario = self.rubric.scenario[item]
        return f"{scenario.name}*" if scenario.restrictive else scenario.name

    def item_name(self, item: str) -> str:
        """An item's number and name ("3. 设备联网")."""
        return f"{self.item_number(item)}. {self.item_label(item)}"

    def items(self, items: Sequence[str]) -> str:
        """Several items in a row."""
        return self.text("list.separator").join(self.item_name(item) for item in items)

    def page_name(self, page: str) -> str:
        """A page of the review: a dimension, or the operations."""
        names = {dimension.id: dimension.name for dimension in self.rubric.dimensions}
        return names.get(page, self.rubric.operations)

    def answer(self, answer: AnswerValue | None) -> str:
        """An answer in a few characters: "B, C", "一级"."""
        if answer is None:
            return self.text("answer.unknown")
        if isinstance(answer, int):
            return self.level_name(answer)
        return self.text("list.separator").join(answer)

    def in_short(self, item: str, answer: AnswerValue) -> str:
        """ "一级", or options in the short words of their buttons; of many, the letters."""
        if isinstance(answer, int) or len(answer) > FEW:
            return self.answer(answer)
        return self.text("list.separator").join(self.short(item, letter) for letter in answer)

    def level_name(self, level: int) -> str:
        """ "一级"; level 0 has words of its own."""
        names = [entry.name for entry in self.rubric.levels]
        return names[level - 1] if level else self.text("level.none", level=names[0])

    def grade(self, grade: int) -> str:
        """ "二级（规范级）"; where grades are not those of the levels, the name alone."""
        if grade == 0 or not self.rubric.levels_name_grades:
            return self.rubric.grade_name(grade)
        return self.text("grade.name", level=self.rubric.levels[grade - 1].name, name=self.rubric.grade_name(grade))

    def short_grade(self, grade: int) -> str:
        """ "二级", or the name alone."""
        by_level = grade and self.rubric.levels_name_grades
        return self.rubric.levels[grade - 1].name if by_level else self.rubric.grade_name(grade)

    def figure(self, name: str) -> str:
        """ "生产设备数量（台）"."""
        figure = self.rubric.figure[name]
        return self.text("figure.name", name=figure.name, unit=figure.unit)

    def value(self, name: str, value: FigureValue) -> str:
        """ "200台", "120、80、100万元"; where a unit begins with a number: "120, 80, 100 × 10,000 yuan"."""
        return self.measured(self.amount(value), self.rubric.figure[name].unit)

    def measured(self, number: str, unit: str) -> str:
        """A number with its unit."""
        return self.text("figure.value.times" if unit[:1].isdigit() else "figure.value", number=number, unit=unit)

    def amount(self, value: FigureValue) -> str:
        """The same without the unit: "200", "120、80、100"."""
        values = value if isinstance(value, tuple) else (value,)
        return self.text("list.separator").join(map(plain, values))

    # the standard in plain words

    @property
    def has_plain(self) -> bool:
        """Whether plain words are ours, and not those of whoever wrote the edition."""
        return self._plain is not None

    def plain(self, item: str, key: str) -> str:
        """What an option ("B") or a level ("2"; "0" is none) means, in plain words; else the official text."""
        if told := self._plainly(item, key):
            return told
        return self.level_name(0) if key == "0" else self._entry(item).official[key]

    def short(self, item: str, key: str) -> str:
        """An option or a level on a button: at most 8 full-width characters (en 22 letters); else the key alone."""
        return self._plainly(item, f"{key}.short") or key

    def ask(self, item: str) -> str:
        """An item as one would ask it; else the official question, or the scenario's name."""
        entry = self._entry(item)
        return self._plainly(item, "ask") or (entry.text if isinstance(entry, Question) else entry.name)

    def _plainly(self, item: str, part: str) -> str | None:
        """What the edition itself says, or what we say, if it is one of ours."""
        if told := self._entry(item).plain.get(part):
            return told
        return self._plain.get(f"{item}.{part}") if self._plain else None

    def _entry(self, item: str) -> Question | Scenario:
        return self.rubric.question.get(item) or self.rubric.scenario[item]

    def question(self, name: str) -> str | None:
        """The question of a lexicon (see `bot.understanding`) by its name, if there is one."""
        return self.text.get(name) if name else None

    # sentences

    def fault(self, fault: Fault, *, named: bool = False) -> str:
        """What is wrong and what to do; `named` puts the figure's name in place of the field's."""
        return fault_text(fault, self.text, self._figure_named if named else None)

    def _figure_named(self, place: str) -> str:
        name = place.split(".")[1] if place.count(".") else place
        return self.rubric.figure[name].name if name in self.rubric.figure else place

    def refusal(self, refused: Refused) -> str:
        """Why nothing was changed, and what to do instead."""
        if refused.reason is Refusal.FIGURES:
            return "\n".join(self.fault(fault, named=True) for fault in refused.faults)
        last = {"last": len(self.rubric.items)} if refused.reason is Refusal.UNKNOWN_ITEM else {}
        return self.text(f"refusal.{refused.reason.value}", **last)

    def event(self, event: Event, session: Session) -> str | None:
        """What happened, in a line; None for what the next card shows anyway."""
        match event:
            case Recorded():
                return self._recorded(event)
            case Parked(item=item):
                return self.text("event.parked", item=self.item_name(item))
            case Withdrawn(item=item):
                return self.text("event.withdrawn", item=self.item_name(item))
            case GradeSettled(grade=grade):
                return self._settled(grade, session)
            case QuickBegun():
                return self.text("event.quick")
            case Refused():
                return self.refusal(event)
            case Stale():
                return self.text("event.stale")
            case TargetKept(items=items):
                return self.text("event.target_kept", items=self.items(items))
            case FirmNamed(name=name):
                return self.text("event.firm_named", name=name)
            case Converted(fuels=fuels):
                return "\n".join(self.text(f"event.converted.{fuel}") for fuel in fuels)
            case Resumed():
                return self.welcome_back(session)
            case _:
                return None

    def _recorded(self, event: Recorded) -> str | None:
        """On a page, what was answered stands above the card."""
        if self.medium is Medium.PAGE:
            return None
        say = self.in_short(event.item, event.after) if self.medium is Medium.TAPPING else self.answer(event.after)
        return self.text("event.recorded", item=self.item_name(event.item), answer=say)

    def _settled(self, grade: int, session: Session) -> str:
        """That the grade is certain; where questions go on, also how to see the result now."""
        text = self.text
        said = text("event.settled", grade=self.short_grade(grade)) if grade else text("event.settled.none")
        return said + self.hint("settled") if session.asking else said

    def welcome_back(self, session: Session) -> str | None:
        """Where the person left off."""
        if not session.begun or session.item is None:
            return None
        answered = len(session.record.choices) + len(session.record.levels)
        return self.text(
            "event.resumed", answered=answered, total=len(self.rubric.items), item=self.item_name(session.item)
        )

    # help

    def explanation(self, item: str, key: str | None = None) -> list[tuple[str, str]]:
        """Help in pages of heading and text, each no more than a phone shows at once (`bot.words.paging`).

        First on the option ("B") or the level ("2") in question, if there is something to say of it; then on the item,
        with the table of conversion where it asks for energy, and on each of its options or levels; the standard's own
        terms last.
        """
        terms = [self.rubric.glossary[position] for position in self.rubric.terms_of[item]]
        question = self.rubric.question.get(item)
        keys = question.letters if question else [*map(str, range(1, len(self.rubric.scenario[item].levels) + 1))]
        first = (key, *keys) if key else keys
        named = next((one for one in first if self._help(item, f"{one}.software")), None)
        told = [
            *(self._choice_explained(item, key, software=True) if key else ()),
            *self._item_explained(item),
            *self._conversion(item),
            *(
                section
                for one in keys
                if one != key
                for section in self._choice_explained(item, one, software=one == named)
            ),
            *((self.text("help.term", term=entry.term), entry.text) for entry in terms),
        ]
        return [page for title, text in told for page in pages(title, text)]

    def look_up(self, asked: str) -> list[tuple[str, str]]:
        """What a word means ("PLC"): heading and text of what bears that name, else of the best few that are found."""
        return [(entry.heading, entry.text) for entry in look_up(asked, self._glossary)]

    def _item_explained(self, item: str) -> Iterator[tuple[str, str]]:
        for part in HELP:
            if text := self._help(item, part):
                yield self.text(f"help.{part}"), text

    def _choice_explained(self, item: str, key: str, *, software: bool) -> Iterator[tuple[str, str]]:
        """What counts as an option or a level; `software` that owners may know, as examples, which is said once."""
        if not (text := self._help(item, key)):
            return
        choice = key if item in self.rubric.question else self.level_name(int(key))
        names = self._help(item, f"{key}.software") if software else None
        also = "\n" + self.text("help.software", names=names) if names else ""
        short = self.short(item, key)
        yield choice if short == key else self.text("help.choice", choice=choice, short=short), text + also

    def _conversion(self, item: str) -> Iterator[tuple[str, str]]:
        """The table of fuels, for a question that asks for energy."""
        question = self.rubric.question.get(item)
        if not (question and question.figures and any(map(self.rubric.calculates, question.figures.asks))):
            return
        fuels = sorted(self.rubric.energy, key=lambda fuel: USUAL.index(fuel.id) if fuel.id in USUAL else len(USUAL))
        rows = (
            self.text("help.fuel", fuel=fuel.name, unit=fuel.unit, coefficient=plain(fuel.coefficient))
            for fuel in fuels
        )
        yield self.text("help.conversion"), "\n".join((*rows, self.text("help.conversion.more")))

    def _help(self, item: str, part: str) -> str | None:
        """What the edition itself says, or what we say about it, if it is one of ours."""
        if told := self._entry(item).help:
            return told.choices.get(part) or told.model_dump().get(part)
        explain = self._own(help_domain(self.rubric.id))
        return explain.get(f"{item}.{part}") if explain else None

    @cached_property
    def _glossary(self) -> list[Entry]:
        """Our words, the standard's own terms, and what is told of each item."""
        return [*self._terms(), *self._items_told()]

    def _terms(self) -> Iterator[Entry]:
        ours = catalogue(self.language, GLOSSARY)
        for name in (key.removesuffix(".term") for key in ours.keys if key.endswith(".term")):
            term, aliases = ours(f"{name}.term"), ours(f"{name}.aliases").split(", ")
            yield Entry(self.text("help.ours", term=term), (term, *aliases), ours(f"{name}.text"))
        for entry in self.rubric.glossary:
            yield Entry(self.text("help.term", term=entry.term), (entry.term,), entry.text)

    def _items_told(self) -> Iterator[Entry]:
        for item in self.rubric.items:
            name = self.item_label(item).removesuffix("*")
            for heading, text in self._item_explained(item):
                yield Entry(self.text("help.choice", choice=name, short=heading), (name,), text)


def calculation(text: str) -> str:
    """A calculation with the signs that people write."""
    return text.replace(" / ", " ÷ ").replace(" - ", " − ").replace("= -", "= −")


@lru_cache
def wording(language: str, edition: str, medium: Medium = Medium.TYPING) -> Wording:
    """The wording of a supported language for an edition. Raises MissingEditionError if it is not here."""
    return Wording(language, edition, medium)


def words_of(session: Session, medium: Medium = Medium.TYPING) -> Wording:
    """The wording of a session, in its language, for its edition."""
    return wording(session.language, session.rubric, medium)


def words_at_hand(session: Session, edition: str, medium: Medium = Medium.TYPING) -> Wording:
    """The wording of a session; while its edition is not here, that of another one, for what is said of none."""
    try:
        return words_of(session, medium)
    except MissingEditionError:
        return wording(session.language, edition, medium)
