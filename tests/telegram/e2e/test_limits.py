"""Telegram's limits hold for every card of every walk in both languages, and every button says all that it means."""

from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.buttons import LIMIT, decode, full
from bot.dialogue.commands import LONGEST_TEXT
from bot.dialogue.context import Rules
from bot.dialogue.pages import TextPage, View, card_page, page_of
from bot.dialogue.replies import Card, Firms, Named, Privacy, Recheck, Reminder, Reply, Text
from bot.screens import Action, screen_of
from bot.screens.details import commands_help
from bot.screens.wishes import Detail
from bot.telegram.render import TEXT_LIMIT, card_message, length, pages, sections_text, text_messages
from bot.words.history import compared, history
from bot.words.policy import concern
from bot.words.results import firmness, plan, proof, result_of
from bot.words.sections import Section
from bot.words.wording import Medium, wording
from flows.cards import card_of
from flows.inputs import Pause
from flows.reminders import Schedule
from flows.session import Firm, FirmKind, Goal, Phase, Session
from locales import LANGUAGES, catalogue
from scoring.sheet import load_sheet
from storage.store import State
from storage.window import Window
from tests.bot.support import sessions
from tests.bot.test_history import finished as past_assessment
from tests.bot.test_results import LOWEST
from tests.examples import tries
from tests.flows.driver import RUBRIC, START, Walker, finished
from tests.flows.random_inputs import Chance, Given, chances, given_by
from tests.telegram.entities import parse_html

LONG_NAME = "&" * 100
BUTTONS, ROW = 100, 8


def fits(session: Session, language: str) -> None:
    """The card, as Telegram counts it, with as long a notice as there may be; and each of its buttons."""
    words = wording(language, RUBRIC.id, Medium.TAPPING)
    notice = words.text("not_understood.tapping", given="🙂" * 40)
    message = card_message(card_page(session.but(language=language), words, Card((notice, notice))))
    text, _ = parse_html(message["text"])
    assert 0 < length(text) <= TEXT_LIMIT, (session.card, language)
    rows = message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
    assert sum(map(len, rows)) <= BUTTONS
    assert all(0 < len(row) <= ROW for row in rows)
    for button in (button for row in rows for button in row):
        assert button["text"].strip()
        assert len(button["callback_data"].encode()) <= LIMIT
    tells_all(session, language, [button["callback_data"] for row in rows for button in row])


def tells_all(session: Session, language: str, data: list[str]) -> None:
    """Read back, the buttons are the wishes of the screen, and name the card that they stand on."""
    words = wording(language, RUBRIC.id, Medium.TAPPING)
    screen = screen_of(card_of(words.rubric, session), words)
    wishes = [
        *(choice.wish for choice in screen.choices),
        *(action.wish for action in screen.actions if _has_button(action)),
    ]
    taps = [decode(one, words.rubric) for one in data]
    for tap, wish in zip(taps, wishes, strict=True):
        assert tap is not None
        assert (full(tap.ref, session), tap.wish) == (session.ref, wish)
        another = session.but(id="another")
        assert full(tap.ref, another) != another.ref


def _has_button(action: Action) -> bool:
    """One leaves by closing the phone, and what is missing stands on the card."""
    return action.wish is not Detail.GAP and not isinstance(action.wish, Pause)


def aged(session: Session) -> Session:
    """The same after very long use: a real id, a revision of seven digits."""
    return session.but(id="f" * 32, revision=9_999_999, opened=9_999_990)


@pytest.mark.parametrize("name", sessions())
def test_every_item_phase_and_draft(name: str) -> None:
    """Every scene, every item in every state, every page of the review."""
    for language in LANGUAGES:
        fits(aged(sessions()[name]), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_of_all(language: str) -> None:
    """Every option of every question, all levels, and a name that is nothing but ampersands."""
    for session in _longest():
        fits(aged(session), language)


def _longest() -> Iterator[Session]:
    walker = Walker().begin(name=LONG_NAME)
    for item in walker.session.agenda:
        walker.go(item)
        yield walker.session
    parked = walker.session.but(parked=walker.session.agenda, agenda=(), phase=Phase.REVIEW)
    yield parked
    done = finished().session
    for phase in (Phase.RESULT, Phase.COMMITMENT):
        yield done.but(phase=phase, firm=done.firm.model_copy(update={"name": LONG_NAME}))
    yield done.but(phase=Phase.RECHECK, picked=tuple(wording("en", RUBRIC.id, Medium.TAPPING).rubric.items))
    everything: dict[str, tuple[str, ...] | int] = {**load_sheet(RUBRIC.id).tops, **load_sheet(RUBRIC.id).highest}
    goal = Goal(pinned=tuple(everything)[:11], supposed=everything, target=everything)
    for phase, page in ((Phase.RESULT, ""), (Phase.AIM, "plan"), (Phase.AIM, "what_if")):
        yield done.but(phase=phase, page=page, goal=goal, firm=done.firm.model_copy(update={"name": LONG_NAME}))


@settings(max_examples=tries(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(sessions())), st.lists(chances, min_size=5, max_size=15))
def test_any_card_that_chance_finds(name: str, sequence: list[Chance]) -> None:
    walker = Walker(sessions()[name])
    last: Given | None = None
    for chance in sequence:
        last = ref, given = given_by(chance, walker.session, last)
        walker.give(given, ref)
        for language in LANGUAGES:
            fits(walker.session, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_longer_texts_are_split(language: str) -> None:
    """Plan, proof, policy, help, history and more: in pages within the limit, nothing lost, each with whole markup."""
    words = wording(language, RUBRIC.id, Medium.TAPPING)
    record = finished().session.record
    result = result_of(record, words)
    past = [past_assessment(LOWEST), *[past_assessment(record)] * 299]
    parts = [[plan(result.next, words)], list(proof(result, words)), [commands_help(words)], [firmness(result, words)]]
    parts += [history(past, words), history([], words), [compared(past, (1, 300), words)]]
    parts += [concern(result, kind, words) for kind in (None, *FirmKind)]
    parts += [[Section(title, (text,)) for title, text in words.explanation(item)] for item in record.choices]
    for sections in parts:
        html = sections_text(sections)
        split = pages(html)
        assert "\n".join(split) == html
        for page in split:
            text, _ = parse_html(page)
            assert 0 < length(text) <= TEXT_LIMIT
            assert text.strip()


RULES = Rules(Schedule((), time(9), time(20)), ZoneInfo("UTC"), "示例园区" * 20, "https://example.org/" + "x" * 200)
TEXTS = ("delete.ask", "text_only", "too_long", "command.language", "reminder.offer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_messages(language: str) -> None:
    """Texts, reminders, and a list of two hundred firms with the longest names."""
    session = finished().session.but(language=language, firm=Firm(name=LONG_NAME))
    parked = session.but(parked=RUBRIC.items, agenda=(), phase=Phase.REVIEW, finished_at=None)
    shelf = [(f"{number:032x}", parked) for number in range(200)]
    state = State(Window(), shelf[0][0], parked, tuple(dossier for dossier, _ in shelf), shared=True)
    view = View(state, START, RULES, Medium.TAPPING, RUBRIC, shelf=shelf)
    said: list[Reply] = [Firms(), Privacy(), Recheck(), Reminder(parked.id, parked.revision)]
    said += [Text((Named(name),), ("!delete:12345678", "!language:en", "!keep")) for name in TEXTS]
    for reply in said:
        page = page_of(reply, view)
        assert isinstance(page, TextPage)
        for message in text_messages(page):
            assert 0 < length(parse_html(message["text"])[0]) <= TEXT_LIMIT
            rows = message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
            assert sum(map(len, rows)) <= BUTTONS
            assert all(len(button["callback_data"].encode()) <= LIMIT for row in rows for button in row)
    assert len(catalogue(language)("mydata")) <= 1024


def test_no_text_is_taken_that_could_not_be_quoted() -> None:
    assert LONGEST_TEXT <= TEXT_LIMIT
