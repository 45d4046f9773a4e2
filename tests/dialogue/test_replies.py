"""Every kind of reply: it waits in the outbox as it was said, for years if need be, and has words in every language."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import pytest

from bot.delivery.reports import Reports
from bot.dialogue.buttons import Choice
from bot.dialogue.pages import CardPage, FilePage, Page, PreparedPage, RetiredPage, TextPage, View, page_of
from bot.dialogue.replies import (
    Announcement,
    AnyReply,
    Broadcasting,
    Card,
    Compared,
    Explained,
    File,
    Firms,
    Look,
    Named,
    Prepared,
    Privacy,
    Recheck,
    Reminder,
    Reply,
    Retire,
    Statistics,
    Text,
    read,
    written,
)
from bot.screens.wishes import FILES, Detail
from bot.words.wording import Medium
from flows.session import Firm
from locales import LANGUAGES
from storage.broadcasts import Audience, Broadcast
from storage.memory import MemoryStore
from storage.outbox import Queued, Urgency
from storage.stats import Stats
from storage.store import Decision
from storage.window import Window
from tests.bot.test_history import finished as past_assessment
from tests.dialogue.support import NOW, RULES, at
from tests.flows.driver import RUBRIC, finished
from tests.flows.scenes import scene
from tests.locales.test_catalogues import in_chinese_characters

STATS = Stats(NOW, dossiers=70, unfinished=40, phases={"welcome": 10}, funnel={"q1": 40}, windows={"telegram": 70})
BROADCAST = Broadcast("a1b2", "toy:1", "toy", "x", NOW)
SESSION = scene("single").but(firm=Firm(name="Example Ltd"), parked=("q5",))

EXAMPLES: Mapping[type[Reply], tuple[tuple[Reply, str], ...]] = {
    Card: (
        (Card(), '{"kind":"card"}'),
        (
            Card((Named("firms.full", {"most": "9"}), "OK"), warned=True, paused=True, language="en"),
            '{"kind":"card","language":"en","notices":[{"name":"firms.full","values":{"most":"9"}},"OK"],"paused":true,"warned":true}',
        ),
    ),
    Text: (
        (Text((Named("delete.ask"),)), '{"kind":"text","lines":[{"name":"delete.ask"}]}'),
        (
            Text((Named("reminder.offer"),), tuple(f"!{choice}" for choice in Choice)),
            '{"kind":"text","lines":[{"name":"reminder.offer","values":{}}],"buttons":["!delete","!leave","!keep","!tomorrow",'
            '"!next_week","!never","!remind","!recheck_later","!compare_last","!help","!later"]}',
        ),
    ),
    Look: tuple(
        (Look(wanted), f'{{"kind":"look","wanted":"{wanted.value}"}}') for wanted in Detail if wanted not in FILES
    ),
    Compared: ((Compared(), '{"kind":"compared"}'), (Compared((1, 2)), '{"kind":"compared","numbers":[1,2]}')),
    Explained: tuple(
        (Explained(item), f'{{"kind":"explained","item":"{item}"}}') for item in ("q1", "quality", "review")
    ),
    Firms: ((Firms(), '{"kind":"firms"}'), (Firms("x"), '{"kind":"firms","wanted":"x"}')),
    Privacy: ((Privacy(), '{"kind":"privacy"}'),),
    File: (
        *tuple((File(kind), f'{{"kind":"file","format":"{kind}"}}') for kind in ("png", "pdf", "xlsx", "zip", "json")),
        (File("pdf", "a1b2"), '{"kind":"file","format":"pdf","past":"a1b2"}'),
    ),
    Reminder: (
        (
            Reminder(SESSION.id, SESSION.revision),
            f'{{"kind":"reminder","session":"{SESSION.id}","revision":{SESSION.revision}}}',
        ),
    ),
    Recheck: ((Recheck(), '{"kind":"recheck"}'),),
    Announcement: ((Announcement("明晚八点维护"), '{"kind":"announcement","text":"明晚八点维护"}'),),
    Broadcasting: (
        (Broadcasting(), '{"kind":"broadcasting"}'),
        (Broadcasting("a1b2"), '{"kind":"broadcasting","id":"a1b2"}'),
        (Broadcasting("a1b2", dropped=True), '{"kind":"broadcasting","id":"a1b2","dropped":true}'),
    ),
    Statistics: ((Statistics(), '{"kind":"statistics"}'),),
    Retire: ((Retire("7"), '{"kind":"retire","card":"7"}'),),
    Prepared: ((Prepared({"text": "<b>x</b>"}), '{"kind":"prepared","message":{"text":"<b>x</b>"}}'),),
}
"""Of every kind, and as it may wait for somebody while the program is renewed: what is written here never changes."""
ALL = [example for examples in EXAMPLES.values() for example in examples]
EVERY = pytest.mark.parametrize("reply", [reply for reply, _ in ALL], ids=str)


def test_every_kind_of_reply_has_an_example() -> None:
    assert set(EXAMPLES) == set(get_args(get_args(AnyReply)[0]))


@pytest.mark.parametrize(("reply", "stored"), ALL, ids=str)
def test_what_waits_is_read_as_it_was_said(reply: Reply, stored: str) -> None:
    assert read(stored) == reply
    assert read(written(reply)) == reply
    assert read(written(read(stored))) == reply


@pytest.mark.parametrize(
    "stored", ["", "{}", "7", "null", '{"kind":"card","notices":7}', '{"kind":"nothing"}', "[" * 9999]
)
def test_what_is_none_is_told(stored: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(stored)


# words


class Pool:
    """Makes a report of no words."""

    async def render(self, *_: object) -> bytes:
        return b"report"

    async def close(self) -> None:
        pass


async def page(reply: Reply, language: str, medium: Medium) -> Page | None:
    """A reply to somebody with a history and a second firm, as it is when it is sent; files by who makes them."""
    session = SESSION.but(language=language)
    state = at(session, dossiers=("d-one", "d-two"), shared=True, window=Window(language=language))
    past = (past_assessment(finished().session.record), past_assessment(SESSION.record))
    if not isinstance(reply, File):
        shelf = (("d-one", session), ("d-two", session.but(firm=Firm(name="Other Ltd"))))
        view = View(state, NOW, RULES, medium, RUBRIC, history=past, shelf=shelf)
        return page_of(reply, replace(view, stats=STATS, broadcast=BROADCAST, recipients={Audience.ALL: 7}))
    store = MemoryStore()
    await store.apply("toy:1", lambda _: Decision(dossier="d-one", session=session, window=state.window))
    reports = Reports(store, RULES)
    reports._pool = Pool()  # type: ignore[assignment]
    queued = Queued(1, "toy:1", "d-one", None, written(reply), NOW, urgency=Urgency.FILE)
    async with reports.made(queued, reply, medium, NOW, _unheard) as made:
        return made


async def _unheard(_: Page) -> None:
    raise AssertionError("nobody else waits")


def words(page: Page) -> list[str]:
    """What is to be read on a page."""
    match page:
        case CardPage(screen=screen, notices=notices):
            return [screen.title, *notices]
        case TextPage(sections=sections, buttons=rows):
            lines = [line for section in sections for line in (section.title, *section.lines)]
            return lines + [button.label for row in rows for button in row]
        case FilePage(caption=caption):
            return [caption]
        case RetiredPage() | PreparedPage():
            return []


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("medium", Medium)
async def test_every_reply_has_a_page_in_every_language(reply: Reply, language: str, medium: Medium) -> None:
    shown = await page(reply, language, medium)
    assert shown is not None
    told = " ".join(words(shown))
    if not isinstance(shown, RetiredPage | PreparedPage) and not isinstance(reply, Announcement):  # in words of its own
        chinese = len(re.findall("[一-鿿]", told)) / len(told)
        assert (chinese > 0.2) == in_chinese_characters(language), told


@EVERY
async def test_nothing_is_painted_but_what_it_says(reply: Reply) -> None:
    """Pages are pure: the same again."""
    one, again = [await page(reply, "zh-Hans", Medium.TAPPING) for _ in range(2)]
    if not isinstance(one, CardPage | FilePage):
        assert one == again


# what is not said any more


@pytest.mark.parametrize("name", ["result", "name", "welcome"])
def test_who_is_done_or_has_not_begun_is_reminded_of_nothing(name: str) -> None:
    session = scene(name)
    assert (
        page_of(Reminder(session.id, session.revision), View(at(session), NOW, RULES, Medium.TAPPING, RUBRIC)) is None
    )


@pytest.mark.parametrize("reply", [Reminder(SESSION.id, SESSION.revision), Recheck()], ids=str)
def test_who_wants_no_reminders_is_reminded_of_nothing(reply: Reply) -> None:
    """Those of firms that were not in front when they said so still wait."""
    for reminders in (True, False):
        view = View(at(SESSION, window=Window(reminders=reminders)), NOW, RULES, Medium.TAPPING, RUBRIC)
        assert (page_of(reply, view) is not None) is reminders
