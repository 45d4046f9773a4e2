"""Whole walks through the assessment on Telegram, by taps or by typing, in any language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flows.session import FirmKind
from locales import DEFAULT_LANGUAGE, LANGUAGES, Catalogue, catalogue, supported
from scoring.editions import load_rubric
from tests.telegram.people import Person
from tests.telegram.views import Message

RUBRIC = load_rubric("miit-2024")
CODES = {language: language.lower() for language in LANGUAGES}
"""What Telegram's profiles call our languages."""
Shown = Callable[[Message], object]
WITHIN = 30.0


@dataclass
class Plan:
    """What somebody means to answer; `kind` is the letter of the firm's kind."""

    firm: str = "<b>&示例厂"
    kind: str = "D"
    letters: Mapping[str, str] = field(
        default_factory=lambda: {question.id: _usual(number) for number, question in enumerate(RUBRIC.questions)}
    )
    levels: Mapping[str, int] = field(
        default_factory=lambda: {item: number % 5 for number, item in enumerate(RUBRIC.scenario)}
    )


def _usual(number: int) -> str:
    """The answers differ from item to item, and several letters are answered where that is possible."""
    question = RUBRIC.questions[number]
    return "BC" if question.type == "multiple" else question.letters[1 + number % (len(question.letters) - 1)]


def text_of(person: Person) -> Catalogue:
    """The texts in a person's language."""
    return catalogue(supported(person.user.get("language_code", "")) or DEFAULT_LANGUAGE)


def marked(letter: str) -> Shown:
    """A card on which that option is ticked."""
    return lambda message: message.button(f"{letter} ✓")


def buttons(message: Message) -> bool:
    return bool(message.rows)


def cards(person: Person) -> list[Message]:
    """The messages that look like a live card; there should be one."""
    return [message for message in person.chat.seen if any("|" in one["callback_data"] for one in message.buttons)]


def card(person: Person) -> Message:
    """The live card."""
    return cards(person)[-1]


def is_detail(message: Message) -> bool:
    """It stands in the place of a card, and leads back to it."""
    return any(one["callback_data"].endswith("|Dcard") for one in message.buttons)


async def tap(person: Person, label: str, then: Shown | str = buttons) -> Message:
    """Press a button of the live card and wait for the next one."""
    person.tap(label, card(person))
    return await person.until(then, within=WITHIN)


async def say(person: Person, text: str, then: Shown | str = buttons) -> Message:
    return await person.ask(text, then, within=WITHIN)


async def begin(person: Person, text: Catalogue) -> Message:
    """From the greeting."""
    return await tap(person, text("button.begin"))


def kind_label(text: Catalogue, letter: str) -> str:
    """The button of a firm's kind."""
    return text(f"kind.{list(FirmKind)[ord(letter) - ord('A')].value}")


async def begin_by_taps(person: Person, plan: Plan) -> None:
    """To the first item."""
    text = text_of(person)
    await say(person, "/start")
    await begin(person, text)
    await say(person, plan.firm) if plan.firm else await tap(person, text("button.skip"))
    await tap(person, kind_label(text, plan.kind))


async def answer_by_taps(person: Person, plan: Plan, item: str) -> None:
    """One item, from its card on the screen to the next card."""
    text = text_of(person)
    question = RUBRIC.question.get(item)
    if question is None:
        await tap(person, str(plan.levels[item]))
    elif question.type == "single":
        await tap(person, plan.letters[item])
    else:
        for letter in plan.letters[item]:
            await tap(person, letter, marked(letter))
        await tap(person, text("button.done"))


async def quick_by_taps(person: Person, plan: Plan, asked: Callable[[], str | None]) -> list[str]:
    """From the first word, a command, until nothing is asked any more: the items in their order; `asked` tells them."""
    text = text_of(person)
    await say(person, "/quick")
    await begin(person, text)
    await tap(person, text("button.skip"))
    await tap(person, kind_label(text, plan.kind))
    items: list[str] = []
    while not card(person).button(text("button.plan")):
        item = asked()
        assert item is not None
        items.append(item)
        await answer_by_taps(person, plan, item)
    return items


async def walk_by_taps(person: Person, plan: Plan) -> Message:
    """A first assessment to the result's card."""
    text = text_of(person)
    await begin_by_taps(person, plan)
    for item in RUBRIC.items:
        await answer_by_taps(person, plan, item)
    await person.until(lambda message: message.button(text("button.commit")), within=WITHIN)
    return await tap(person, text("button.commit"), lambda message: message.button(text("button.plan")))


def word(text: Catalogue, name: str) -> str:
    """What may be typed for a button."""
    return text.words(f"words.{name}")[0]


async def walk_by_typing(person: Person, plan: Plan, figures: Mapping[str, str]) -> Message:
    """A first assessment without one tap; `figures` are typed instead of letters, and confirmed."""
    text = text_of(person)
    await say(person, "/start")
    await say(person, word(text, f"language.{text.language}"))
    await say(person, plan.firm)
    await say(person, plan.kind.lower())
    for item in RUBRIC.items:
        if item in plan.levels:
            await say(person, str(plan.levels[item]))
        elif item in figures:
            await say(person, figures[item], lambda message: message.button(text("button.yes")))
            await say(person, word(text, "yes"))
        else:
            await say(person, " ".join(plan.letters[item]).lower())
    await person.until(lambda message: message.button(text("button.commit")), within=WITHIN)
    return await say(person, word(text, "commit"), lambda message: message.button(text("button.plan")))
