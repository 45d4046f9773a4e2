"""What people must be told, wherever they read it: what becomes of their answers, and who answers for them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.context import Keep
from bot.dialogue.pages import CardPage, TextPage, View, page_of
from bot.dialogue.replies import Card, Explained, Firms, Look, Named, Privacy, Reply, Text
from bot.screens.wishes import Detail
from bot.words.wording import Medium, wording
from flows.session import Assessment, Firm, Phase, Session
from locales import catalogue
from tests.dialogue.support import NOW, RULES, STRANGER, at
from tests.flows.driver import RUBRIC
from tests.flows.scenes import scene

TEXT = catalogue("zh-Hans")
PHASES = {True: Phase.QUESTIONS, False: Phase.SCENARIOS}
"""Where an item is asked: whether it is a question."""


def told(reply: Reply, view: View) -> str:
    """All that a page says."""
    match page_of(reply, view):
        case CardPage(screen=screen):
            return "\n".join((screen.title, *screen.body))
        case TextPage(sections=sections):
            return "\n".join(line for section in sections for line in (section.title, *section.lines))
        case other:
            raise AssertionError(other)


VIEW = View(STRANGER, NOW, RULES, Medium.TAPPING, RUBRIC)


@pytest.mark.parametrize("reply", [Card(), Privacy()], ids=str)
def test_before_anybody_begins_they_are_told_where_their_answers_go(reply: Reply) -> None:
    assert "境外" in told(reply, VIEW)


def test_privacy_says_who_runs_it_and_how_long_data_stay() -> None:
    keep = Keep(timedelta(days=90), timedelta(days=730))
    rules = replace(RULES, operator="示例园区", contact="bot@example.org", keep=keep)
    text = told(Privacy(), replace(VIEW, rules=rules))
    for part in ("示例园区、bot@example.org", "90 天", "730 天", "/mydata", "/delete"):
        assert part in text


def test_an_operator_who_says_nothing_is_said_to_have_said_nothing() -> None:
    text = told(Privacy(), replace(VIEW, rules=replace(RULES, keep=Keep(None, None))))
    for name in ("privacy.nobody", "privacy.unfinished", "privacy.finished"):
        assert TEXT(name) in text


# firms


def shelf() -> tuple[tuple[str, Session], ...]:
    """Two firms, the second in front, the first done."""
    return (
        ("d-one", scene("result").but(firm=Firm(name="甲厂"))),
        ("d-two", scene("single").but(firm=Firm())),
    )


def firms(wanted: str) -> TextPage:
    state = at(shelf()[1][1], dossier="d-two", dossiers=("d-one", "d-two"))
    page = page_of(Firms(wanted), replace(VIEW, state=state, shelf=shelf()))
    assert isinstance(page, TextPage)
    return page


def test_firms_are_numbered_and_tell_how_far_they_are_and_which_is_in_front() -> None:
    (section,) = firms("").sections
    first, second, _ = section.lines
    assert first == f"1. 甲厂：{TEXT('firms.finished')}"
    assert second.startswith(f"2. {TEXT('firms.unnamed')}：已答 0/31")
    assert "现在这家" in second


def test_a_firm_has_the_number_that_brings_it_to_the_front_although_one_before_it_cannot_be_read() -> None:
    state = at(shelf()[1][1], dossier="d-two", dossiers=("d-damaged", "d-one", "d-two"))
    text = told(Firms(), replace(VIEW, state=state, shelf=shelf()))
    assert "2. 甲厂" in text
    assert "3. " in text


@pytest.mark.parametrize(
    ("wanted", "buttons"), [("", ["1. 甲厂", "再评一家"]), ("甲", ["1. 甲厂", "再评一家"]), ("乙", ["再评一家"])]
)
def test_those_that_are_not_in_front_have_buttons(wanted: str, buttons: list[str]) -> None:
    assert [button.label for row in firms(wanted).buttons for button in row] == buttons


def test_what_is_said_by_name_is_said_in_the_language_of_the_moment() -> None:
    for language in ("zh-Hans", "en"):
        view = replace(VIEW, state=at(scene("single").but(language=language)))
        assert told(Text((Named("delete.kept"),)), view).strip() == catalogue(language)("delete.kept")


# by medium


def page(reply: Reply, medium: Medium, session: Session, *, live: bool = False) -> TextPage:
    state = at(session)
    found = page_of(reply, replace(VIEW, state=state, medium=medium, live=live))
    assert isinstance(found, TextPage)
    return found


@pytest.mark.parametrize(("medium", "whole"), [(Medium.TAPPING, False), (Medium.PAGE, True)])
def test_a_phone_shows_a_long_help_in_pages_and_a_page_shows_all_of_it(medium: Medium, whole: bool) -> None:
    reply, session = Explained("q4"), scene("single")
    all_of_it = page(reply, medium, session)
    shown = page(reply, medium, session, live=True)
    assert (shown.sections == all_of_it.sections) is whole
    labels = [button.label for row in shown.buttons for button in row]
    assert labels[-1] == TEXT("button.back")
    assert (len(labels) == 1) is whole


@pytest.mark.parametrize(("medium", "buttons"), [(Medium.TYPING, False), (Medium.TAPPING, True), (Medium.PAGE, True)])
def test_where_one_taps_there_are_ways_on_from_a_detail(medium: Medium, buttons: bool) -> None:
    state = at(shelf()[1][1], dossier="d-two", dossiers=("d-one", "d-two"))
    past = Assessment(
        id="ab" * 16,
        rubric=RUBRIC.id,
        firm=Firm(),
        record=scene("result").record,
        score="1",
        grade=1,
        previous=None,
        started_at=NOW,
        finished_at=NOW,
    )
    view = replace(VIEW, state=state, shelf=shelf(), history=[past, past], medium=medium)
    for reply in (Firms(), Look(Detail.HISTORY), Look(Detail.PAST, "1")):
        found = page_of(reply, view)
        assert isinstance(found, TextPage)
        assert bool(found.buttons) is buttons


def test_on_a_page_nothing_is_said_in_short_words_for_want_of_room() -> None:
    """Every item of the standard, as the terminal says it."""
    for item in RUBRIC.items:
        session = scene("single").but(item=item, phase=PHASES[item in RUBRIC.question])
        typed, shown = (
            page_of(Card(), replace(VIEW, state=at(session), medium=medium)) for medium in (Medium.TYPING, Medium.PAGE)
        )
        assert isinstance(typed, CardPage)
        assert isinstance(shown, CardPage)
        assert [one.text for one in shown.screen.choices] == [one.text for one in typed.screen.choices]


def test_a_page_says_what_is_said_where_one_taps_unless_it_has_words_of_its_own() -> None:
    on_page, tapping = (wording("zh-Hans", RUBRIC.id, medium) for medium in (Medium.PAGE, Medium.TAPPING))
    own, common = (
        {key.removeprefix(start) for key in TEXT.keys if key.startswith(start) and "{" not in TEXT(key)}
        for start in ("hint.page.", "hint.tapping.")
    )
    assert own
    assert common - own
    for name in common | own:
        assert on_page.hint(name) == TEXT(f"hint.{'page' if name in own else 'tapping'}.{name}")
        assert name not in common or tapping.hint(name) == TEXT(f"hint.tapping.{name}")
