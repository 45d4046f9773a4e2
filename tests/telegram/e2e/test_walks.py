"""Whole assessments, from hello to the result and the next one: by taps, by typing, in every language, both ways in."""

from fractions import Fraction

import pytest

from bot.words.wording import wording
from flows.outcome import changes
from flows.session import FirmKind, Phase
from scoring.certainty import find_certainty
from scoring.sheet import load_sheet
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, SIGHTED, Shuping, webhook
from tests.telegram.e2e.walking import (
    CODES,
    Plan,
    answer_by_taps,
    card,
    cards,
    is_detail,
    quick_by_taps,
    say,
    tap,
    text_of,
    walk_by_taps,
    walk_by_typing,
)
from tests.telegram.people import Person

FIGURES = {"q2": "200 90", "q3": "200, 45", "q13": "95% 98%"}
DERIVED = {"q2": "D", "q3": "C"}


def matches(bot: Shuping, person: Person, plan: Plan, *, but: tuple[str, ...] = ()) -> None:
    """What is stored is what was meant, letter by letter."""
    session = bot.session(person)
    choices = {item: "".join(letters) for item, letters in session.record.choices.items() if item not in but}
    assert choices == {item: letters for item, letters in plan.letters.items() if item not in but}
    assert session.record.levels == plan.levels
    assert (session.firm.name, session.firm.kind) == (plan.firm or None, FirmKind.MICRO)
    assert (session.phase, session.parked, session.agenda) == (Phase.RESULT, (), ())


def shows_score(bot: Shuping, person: Person, text: str) -> None:
    """The score on the card is the one that the published sheet gives."""
    record = bot.session(person).record
    sheet = load_sheet(bot.session(person).rubric)
    points = sheet.exact(sheet.tally(record.choices, record.levels).points)
    (stored,) = bot.rows(f"SELECT data ->> 'score' FROM assessments WHERE {SIGHTED}", f"{CHAT}{person.id}")[-1]  # noqa: S608
    assert Fraction(stored) == points
    assert f"{float(points):.2f}".rstrip("0").rstrip(".") in text or f"{float(points):.2f}" in text


def ways(quick: str) -> pytest.MarkDecorator:
    """Both ways in and all languages, of which one combination is run always."""
    every = [
        pytest.param(by, language, id=f"{by} {language}", marks=() if quick == f"{by} {language}" else pytest.mark.slow)
        for by in ("polling", "webhook")
        for language in CODES
    ]
    return pytest.mark.parametrize(("by", "language"), every)


async def check(api: TelegramApi, bot: Shuping, person: Person) -> None:
    """Nothing was refused by Telegram, and nothing was worth a warning."""
    assert bot.troubles == []
    refused = {description for description in api.log.errors if "not modified" not in description}
    assert refused <= {""}, api.log.errors
    assert len(cards(person)) == 1, person.chat.draw()


@ways("polling zh-Hans")
async def test_a_first_assessment_by_taps(api: TelegramApi, install: Install, language: str, by: str) -> None:
    bot = await install(**(webhook() if by == "webhook" else {})).start()
    ann, plan = api.person("Ann", CODES[language]), Plan()
    result = await walk_by_taps(ann, plan)
    matches(bot, ann, plan)
    assert bot.session(ann).language == language
    assert "<b>&示例厂" in result.text
    shows_score(bot, ann, result.text)
    await api.quiet()
    await check(api, bot, ann)
    assert await bot.stop() == 0


@ways("webhook en")
async def test_a_first_assessment_by_typing(api: TelegramApi, install: Install, language: str, by: str) -> None:
    bot = await install(**(webhook() if by == "webhook" else {})).start()
    ann, plan = api.person("Ann", CODES[language]), Plan()
    result = await walk_by_typing(ann, plan, FIGURES)
    matches(bot, ann, plan, but=tuple(FIGURES))
    record = bot.session(ann).record
    assert {item: record.choices[item] for item in DERIVED} == {item: (letter,) for item, letter in DERIVED.items()}
    assert {name: str(value) for name, value in record.figures.items()}["machines"] == "200"
    shows_score(bot, ann, result.text)
    await api.quiet()
    await check(api, bot, ann)


@pytest.mark.slow
@ways("polling zh-Hans")
async def test_a_quick_one_by_taps(api: TelegramApi, install: Install, language: str, by: str) -> None:
    """From /quick to the settled grade, with eight items open; on with the rest, and back to the result early."""
    bot = await install(**(webhook() if by == "webhook" else {})).start()
    ann, plan = api.person("Ann", CODES[language]), Plan()
    text = text_of(ann)
    items = await quick_by_taps(ann, plan, lambda: bot.session(ann).item)
    stopped = bot.session(ann)
    assert stopped.phase is Phase.PROVISIONAL
    assert items[0] == "q4"
    assert len(set(items)) == len(items) == 31 - len(stopped.agenda) == 23
    record, sheet = stopped.record, load_sheet("miit-2024")
    assert find_certainty(sheet, record.choices, record.levels).settled == 2
    assert sheet.tally({item: tuple(letters) for item, letters in plan.letters.items()}, plan.levels).grade == 2
    level = wording(language, "miit-2024").level_name(2)
    assert text("event.settled", grade=level) in card(ann).text
    assert text.count("provisional.settled", 8, grade=level) in card(ann).text
    await tap(ann, text("button.resume"), lambda message: message.button(text("button.park")))
    assert bot.session(ann).item == stopped.agenda[0]
    await answer_by_taps(ann, plan, stopped.agenda[0])
    assert bot.session(ann).item == stopped.agenda[1]
    await tap(ann, text("button.provisional"), lambda message: message.button(text("button.plan")))
    assert text.count("provisional.settled", 7, grade=level) in card(ann).text
    await api.quiet()
    await check(api, bot, ann)


@pytest.mark.slow
async def test_what_a_result_offers(api: TelegramApi, install: Install) -> None:
    """Plan and proof on request; a re-check after an event, from before to after."""
    bot = await install().start()
    ann, plan = api.person("Ann", "en"), Plan(firm="")
    text = text_of(ann)
    await walk_by_taps(ann, plan)
    before = bot.session(ann)
    assert not card(ann).button(text("button.gap")), "what is missing stands on the card"
    for button, part in (("button.plan", "The least work that reaches Level 3"), ("button.proof", "×")):
        shown = await tap(ann, text(button), is_detail)
        assert part in shown.text
        await tap(ann, text("button.back"), lambda message: message.button(text("button.plan")))
    await tap(ann, text("button.recheck"), lambda message: message.button(text("change.new_erp")))
    await tap(ann, text("change.new_erp"), lambda message: message.button(text("button.same")))
    for item in changes(before.rubric)["new_erp"]:
        assert bot.session(ann).item == item
        if item in plan.levels:
            levels = [label for row in card(ann).labels for label in row]
            await tap(ann, next(label for label in levels if label[0] == "4"))
        else:
            await say(ann, "C" if len(plan.letters[item]) > 1 else before.record.choices[item][0])
    result = await tap(ann, text("button.commit"), lambda message: message.button(text("button.plan")))
    after = bot.session(ann)
    assert after.baseline is not None
    assert (after.baseline.id, after.baseline.record) == (before.id, before.record)
    shows_score(bot, ann, result.text)
    history = await say(ann, "/history", text("history.title"))
    scores = bot.rows("SELECT data ->> 'score' FROM assessments ORDER BY number")
    assert len(scores) == 2
    assert all(f"{float(Fraction(score)):.2f}".rstrip("0").rstrip(".") in history.text for (score,) in scores)
    await api.quiet()
    await check(api, bot, ann)
