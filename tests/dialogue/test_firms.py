"""Several firms in one window, one firm in several windows, and what deleting means then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.buttons import DOSSIER_CHARACTERS, consent
from bot.dialogue.buttons import Choice as Button
from bot.dialogue.context import Door, Manner, fresh_ids
from bot.dialogue.firms import LINK_LASTS, MOST_FIRMS, code_hash, hash_of, link_hash
from bot.dialogue.messages import Commanded, Followed, Message, Pressed, Typed
from bot.dialogue.replies import Card, Firms, Named, read
from bot.dialogue.situation import ECHO_AFTER
from flows.identity import LONGEST_NAME
from flows.session import Firm, Phase
from locales import catalogue
from storage.outbox import Urgency
from storage.store import Decision, Forgetting, Link, State
from storage.window import Window
from tests.dialogue.support import CARD, FRESH, NOW, PAGE, RULES, STRANGER, TAPPING, TYPING, at, hear
from tests.flows.scenes import scene

SESSION = scene("single").but(id="5e" * 16, firm=Firm(name="甲厂"))
ALONE = at(SESSION)
FIRMS = ("d-one000000", "d-two000000", "d-three0000")
SEVERAL = at(SESSION, dossier=FIRMS[1], dossiers=FIRMS)
SHARED = replace(ALONE, shared=True)
MANY = tuple(f"d-{number:08d}" for number in range(MOST_FIRMS))
FULL = at(SESSION, dossier=MANY[0], dossiers=MANY)


# which firm


@pytest.mark.parametrize("asked", ["", "甲", "9", "0", "-1", "newer", "9" * 5000])
def test_firms_are_listed_and_looked_for_by_name(asked: str) -> None:
    """What is no number of one of them is looked for."""
    heard = hear(Commanded("firms", asked), SEVERAL)
    assert heard.said == [Firms(asked[:LONGEST_NAME])]
    assert heard.decision.dossier == FIRMS[1]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_firm_comes_to_the_front_by_its_number_and_by_its_button(number: int) -> None:
    """Its own session is not touched; which card it is at will be seen when that is sent."""
    dossier = FIRMS[number - 1]
    for message in (
        Commanded("firms", str(number)),
        Commanded("firms", "１２３"[number - 1]),
        Pressed(f"!firm:{dossier[:DOSSIER_CHARACTERS]}", "3"),
    ):
        heard = hear(message, SEVERAL)
        assert heard.decision.dossier == dossier
        assert heard.decision.session == (SESSION if dossier == FIRMS[1] else None)
        assert heard.said == [Card()]
        assert heard.card.anew


@pytest.mark.parametrize("data", ["!firm:nobody", "!firm:", "!firm:d-three1"])
def test_a_button_of_a_firm_that_is_gone_is_stale(data: str) -> None:
    heard = hear(Pressed(data, "3"), SEVERAL)
    assert heard.names == ["event.stale"]
    assert heard.decision.dossier == FIRMS[1]


@pytest.mark.parametrize(
    "message", [Commanded("firms", "new"), Commanded("firms", "再评一家"), Pressed("!firm:new", "3")]
)
def test_a_further_firm_begins_at_its_name(message: Commanded | Pressed) -> None:
    heard = hear(message, ALONE)
    assert (heard.decision.dossier, heard.session.id) == (FRESH.dossier, FRESH.session)
    assert (heard.session.phase, heard.session.firm, heard.session.language) == (Phase.FIRM, Firm(), SESSION.language)
    assert heard.decision.window
    assert heard.decision.window.card == CARD
    assert heard.later == []


def test_only_so_many_firms_are_begun_from_one_window() -> None:
    for message in (Commanded("firms", "new"), Pressed("!firm:new", "3")):
        heard = hear(message, FULL)
        assert heard.names == ["firms.full"]
        assert heard.values == {"most": str(MOST_FIRMS)}
        assert heard.decision.dossier == MANY[0]
    assert hear(Commanded("firms", str(MOST_FIRMS)), FULL).decision.dossier == MANY[-1]


@pytest.mark.parametrize(
    ("choice", "named", "later"),
    [
        ("resume", [], []),
        ("recheck", [], []),
        ("compare_last", [], []),
        ("tomorrow", ["reminders.put_off"], [(f"reminder.{FIRMS[2]}", 1)]),
        ("next_week", ["reminders.put_off"], [(f"reminder.{FIRMS[2]}", 7)]),
        ("recheck_later", ["reminder.recheck.promised"], [(f"recheck.{FIRMS[2]}", 90)]),
    ],
)
def test_a_choice_of_another_firm_brings_that_one_to_the_front(
    choice: str, named: list[str], later: list[tuple[str, int]]
) -> None:
    """And is about that one, whichever was in front when it was tapped."""
    heard = hear(Pressed(f"!{choice}:{FIRMS[2][:DOSSIER_CHARACTERS]}", "3"), SEVERAL)
    assert heard.decision.dossier == FIRMS[2]
    assert heard.decision.session is None
    assert heard.names == named
    assert [(one.key, (one.due - NOW).days) for one in heard.later] == later
    assert heard.card.anew


@pytest.mark.parametrize(
    ("choice", "named"), [("resume", []), ("tomorrow", ["reminders.put_off"]), ("never", ["reminders.off"])]
)
def test_a_reminder_of_the_firm_in_front_does_what_it_says(choice: str, named: list[str]) -> None:
    heard = hear(Pressed(f"!{choice}:{FIRMS[1][:DOSSIER_CHARACTERS]}", "3"), SEVERAL)
    assert heard.names == named
    assert heard.decision.dossier == FIRMS[1]


def test_reminders_of_all_firms_are_switched_off_together() -> None:
    heard = hear(Pressed(f"!never:{FIRMS[2][:DOSSIER_CHARACTERS]}", "3"), SEVERAL)
    assert heard.decision.dossier == FIRMS[1]
    assert heard.decision.window
    assert not heard.decision.window.reminders


def test_what_is_looked_for_is_said_back_in_short() -> None:
    (queued,) = hear(Commanded("firms", "厂" * 4000), SEVERAL).decision.outbox
    assert len(queued.reply) < 400


# one firm in several windows


TELEGRAM = Door("telegram", "https://t.me/bot", lambda token: f"https://t.me/bot?start={token}")
ON_PAGE = Door("page", "https://example.org", lambda token: f"https://example.org/a/{token}")


@pytest.mark.parametrize("manner", [TAPPING, TYPING, PAGE], ids=["tapping", "typing", "page"])
def test_a_link_is_offered_by_every_way_in_and_only_hashes_are_kept(manner: Manner) -> None:
    heard = hear(Commanded("link"), ALONE, manner=manner, rules=replace(RULES, doors=(TELEGRAM, ON_PAGE)))
    what, telegram, page, short, *typed = heard.lines
    assert what == Named("link.what", {"minutes": "30"})
    assert telegram == Named("link.address.telegram", {"address": f"https://t.me/bot?start={FRESH.token}"})
    assert page == Named("link.address.page", {"address": f"https://example.org/a/{FRESH.token}"})
    assert short == Named("link.page_code", {"home": "https://example.org", "code": "KQX WNT"})
    assert typed == ([] if manner is PAGE else [Named("link.code", {"code": FRESH.token})])
    assert heard.decision.links == (
        Link(link_hash(FRESH.token), "d-one", NOW + LINK_LASTS),
        Link(code_hash(FRESH.code), "d-one", NOW + LINK_LASTS),
    )
    assert not any(told in repr(heard.decision.links) for told in (FRESH.token, FRESH.code))


@pytest.mark.parametrize(
    ("doors", "named"), [((), []), ((TELEGRAM,), ["link.address.telegram"])], ids=["none", "Telegram alone"]
)
def test_without_a_page_nothing_is_offered_that_is_short_enough_to_be_guessed(
    doors: tuple[Door, ...], named: list[str]
) -> None:
    heard = hear(Commanded("link"), ALONE, rules=replace(RULES, doors=doors))
    assert heard.names == ["link.what", *named, "link.code"]
    assert heard.decision.links == (Link(link_hash(FRESH.token), "d-one", NOW + LINK_LASTS),)


@pytest.mark.parametrize("typed", ["KQXWNT", "kqx wnt", " KQX-WNT\n", "k q x w n t"])
def test_a_code_is_known_however_it_is_spelt_where_tries_are_counted_and_nowhere_else(typed: str) -> None:
    assert hash_of(Followed(typed, short=True)) == code_hash("KQXWNT")
    assert hash_of(Followed(typed)) != code_hash("KQXWNT")
    assert hash_of(Followed(FRESH.token)) == link_hash(FRESH.token)


def test_codes_are_by_chance_and_of_letters_that_nobody_takes_for_others() -> None:
    codes = {fresh_ids().code for _ in range(500)}
    assert len(codes) > 490
    assert {len(code) for code in codes} == {6}
    letters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("ILO")
    assert {letter for code in codes for letter in code} == letters
    assert [{code[place] for code in codes} for place in range(6)] == [letters] * 6


OFFERED = Link(link_hash(FRESH.token), "d-other", NOW + timedelta(seconds=1))


@pytest.mark.parametrize("state", [STRANGER, ALONE, SEVERAL], ids=["a stranger", "one firm", "several firms"])
def test_who_follows_a_link_is_at_its_dossier(state: State) -> None:
    """At the place where that is: its session is not touched, nor that of another firm."""
    heard = hear(Followed(FRESH.token), replace(state, link=OFFERED))
    assert (heard.decision.dossier, heard.decision.session) == ("d-other", None)
    assert heard.names == ["link.opened"]
    assert heard.card.anew
    assert heard.decision.window


@pytest.mark.parametrize("state", [STRANGER, ALONE], ids=["a stranger", "one firm"])
@pytest.mark.parametrize("link", [None, replace(OFFERED, until=NOW)], ids=["used up or never offered", "over"])
def test_a_link_that_is_void_says_so_and_opens_nothing(state: State, link: Link | None) -> None:
    heard = hear(Followed(FRESH.token), replace(state, link=link))
    assert heard.names == ["link.void"]
    assert heard.decision.dossier == state.dossier


def test_who_follows_their_own_link_stays_where_they_are() -> None:
    heard = hear(Followed(FRESH.token), replace(ALONE, link=replace(OFFERED, dossier="d-one")))
    assert (heard.decision.dossier, heard.session) == ("d-one", SESSION)


def test_no_link_leads_to_one_firm_too_many() -> None:
    assert hear(Followed(FRESH.token), replace(FULL, link=OFFERED)).names == ["firms.full"]
    known = replace(OFFERED, dossier=MANY[7])
    assert hear(Followed(FRESH.token), replace(FULL, link=known)).decision.dossier == MANY[7]


def test_a_link_may_be_typed_in_any_case() -> None:
    assert link_hash(f" {FRESH.token.upper()}\n") == link_hash(FRESH.token)


def test_what_is_told_of_a_link_is_written_nowhere() -> None:
    assert FRESH.token not in repr(Followed(FRESH.token))


# deleting


@pytest.mark.parametrize(
    ("state", "named", "offered"),
    [
        (ALONE, ["delete.ask"], [Button.DELETE, Button.KEEP]),
        (SEVERAL, ["delete.which", "delete.ask"], [Button.DELETE, Button.KEEP]),
        (SHARED, ["delete.ask", "delete.shared"], [Button.DELETE, Button.LEAVE, Button.KEEP]),
    ],
    ids=["one", "several firms", "several windows"],
)
def test_deleting_is_asked_about_once_and_says_what_goes(state: State, named: list[str], offered: list[Button]) -> None:
    heard = hear(Commanded("delete"), state)
    assert heard.kinds == ["text"]
    assert heard.names == named
    assert [data.removeprefix("!").partition(":")[0] for data in heard.buttons] == offered
    assert heard.decision.forgotten is None


@pytest.mark.parametrize(
    ("choice", "what", "named", "state"),
    [
        (Button.DELETE, Forgetting.DOSSIER, "delete.receipt", ALONE),
        (Button.DELETE, Forgetting.DOSSIER, "delete.receipt.firm", SEVERAL),
        (Button.DELETE, Forgetting.DOSSIER, "delete.receipt", SHARED),
        (Button.LEAVE, Forgetting.SIGHT, "delete.left", SHARED),
    ],
    ids=["one", "several firms", "several windows", "a window of several"],
)
def test_a_yes_deletes_and_leaves_a_receipt(choice: Button, what: Forgetting, named: str, state: State) -> None:
    """And the card of the next firm, where there is one. Nothing else is written."""
    heard = hear(Pressed(consent(choice, SESSION, shared=state.shared), "3"), state)
    assert heard.decision == Decision(outbox=heard.decision.outbox, forgotten=what)
    assert heard.names == [named]
    assert heard.values == {"at": f"{NOW:%Y-%m-%d %H:%M} UTC"}
    assert heard.said[0].language == SESSION.language
    assert heard.kinds == (["text", "card"] if state is SEVERAL else ["text"])


ECHOING = replace(RULES, echoes=frozenset({"telegram"}))


@pytest.mark.parametrize(("choice", "names"), [(Button.DELETE, ["delete.elsewhere"]), (Button.LEAVE, [])])
def test_others_are_told_of_what_is_deleted_and_of_nothing_that_stays(choice: Button, names: list[str]) -> None:
    heard = hear(Pressed(consent(choice, SESSION, shared=True), "3"), SHARED, rules=ECHOING)
    echo = heard.decision.echo
    assert [line.name for line in (read(echo.outgoing.reply).lines if echo else ())] == names


def test_what_changes_is_shown_in_other_windows_a_little_later() -> None:
    heard = hear(Typed("B"), SHARED, rules=ECHOING)
    echo = heard.decision.echo
    assert echo
    assert (echo.now, echo.outgoing.due, echo.channels) == (NOW, NOW + ECHO_AFTER, frozenset({"telegram"}))
    assert read(echo.outgoing.reply) == Card()
    assert (echo.outgoing.key, echo.outgoing.anew, echo.outgoing.urgency) == ("card", False, Urgency.ECHO)


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (Typed("B"), ALONE),
        (Commanded("privacy"), SHARED),
        (Typed("嗯嗯"), SHARED),
        (Commanded("firms", "new"), SHARED),
        (Commanded("link"), SHARED),
    ],
    ids=["nobody else looks at it", "a look", "nothing understood", "another firm", "a link"],
)
def test_what_changes_nothing_for_others_is_not_shown_to_them(message: Message, state: State) -> None:
    assert hear(message, state, rules=ECHOING).decision.echo is None


def test_who_was_to_be_left_with_it_and_is_not_there_any_more_is_asked_about_again() -> None:
    """Else the last window to look away would delete what was to go on elsewhere."""
    heard = hear(Pressed(consent(Button.LEAVE, SESSION), "3"), ALONE)
    assert (heard.decision.forgotten, heard.names) == (None, ["delete.ask"])


def test_who_agreed_before_others_had_sight_of_it_is_asked_again() -> None:
    """They would lose it too, and nothing was said of them."""
    asked = hear(Commanded("delete"), ALONE).buttons[0]
    again = hear(Pressed(asked, "3"), SHARED)
    assert (again.decision.forgotten, again.names) == (None, ["delete.ask", "delete.shared"])
    assert hear(Pressed(again.buttons[0], "3"), SHARED).decision.forgotten is Forgetting.DOSSIER


def test_what_is_typed_is_for_the_card_that_this_window_has_seen() -> None:
    """Somebody else went on from there: "B" is no answer to the item that has come since."""
    seen = hear(Commanded("resume"), SHARED)
    assert seen.decision.window
    moved = SESSION.but(revision=SESSION.revision + 1, opened=SESSION.revision + 1, item="q3")
    late = hear(Typed("B"), at(moved, window=seen.decision.window, shared=True))
    assert (late.session, late.lines) == (moved, [catalogue("zh-Hans")("event.stale")])
    assert late.decision.window
    assert late.decision.window.seen == moved.ref
    assert hear(Typed("B"), at(moved, window=late.decision.window, shared=True)).session != moved


def test_one_who_types_faster_than_cards_come_is_understood() -> None:
    first = hear(Typed("B"), ALONE)
    assert first.decision.window
    assert hear(Typed("B"), at(first.session, window=first.decision.window)).session != first.session


@pytest.mark.parametrize("message", [Commanded("firms", "1"), Followed("K7Q2")])
def test_which_card_another_firm_is_at_is_not_known_before_it_is_sent(message: Message) -> None:
    link = Link(link_hash("K7Q2"), FIRMS[0], NOW + LINK_LASTS)
    window = Window(card=CARD, seen=SESSION.ref)
    heard = hear(message, replace(SEVERAL, link=link, window=window))
    assert heard.decision.dossier == FIRMS[0]
    assert heard.decision.window
    assert heard.decision.window.seen is None


def test_a_second_tap_gets_a_second_receipt() -> None:
    heard = hear(Pressed(consent(Button.DELETE, SESSION), "3"), STRANGER)
    assert heard.names == ["delete.receipt"]
    assert heard.decision.forgotten is None


@pytest.mark.parametrize("choice", [Button.DELETE, Button.LEAVE])
def test_a_yes_is_for_what_was_asked_about_and_not_for_what_was_begun_since(choice: Button) -> None:
    """Also where another firm has come to the front."""
    old = SESSION.but(id="an earlier one")
    for data in (consent(choice, old), f"!{choice}", f"!{choice}:", f"!{choice}:{SESSION.id[:3]}"):
        heard = hear(Pressed(data, "3"), SEVERAL)
        assert heard.decision.forgotten is None
        assert heard.names == ["event.stale"]
        assert heard.session == SESSION


def test_a_no_keeps_everything() -> None:
    heard = hear(Pressed("!keep", "3"), SEVERAL)
    assert heard.decision == replace(
        Decision(dossier=FIRMS[1], session=SESSION, window=Window(card=CARD, language="zh-Hans", seen=SESSION.ref)),
        outbox=heard.decision.outbox,
    )
    assert heard.names == ["delete.kept"]


def test_a_command_typed_for_a_yes_deletes_nothing() -> None:
    for text in ("是", "是，全部删除", "yes"):
        assert hear(Typed(text), ALONE).decision.forgotten is None
