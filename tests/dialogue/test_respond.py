"""What is answered to what, as tables: message and state in, decision out."""

from dataclasses import replace
from typing import Any

import pytest

from bot.dialogue.buttons import encode
from bot.dialogue.commands import COMMANDS, LONGEST_TEXT
from bot.dialogue.messages import PUZZLING, Commanded, InPublic, Membership, Message, Pressed, Puzzling, Returned, Typed
from bot.dialogue.replies import Card, Compared, Explained, Firms, Look, Privacy, Text
from bot.screens.wishes import FILES, Detail, Leaf, Wish
from flows.inputs import Answer, ChooseLanguage, Commit, Done, Help, Park, Pause, Tick
from flows.session import Phase
from locales import LANGUAGES, catalogue
from storage.outbox import Urgency
from storage.window import Window
from tests.dialogue.support import CARD, NOW, RULES, TYPING, at, hear, press
from tests.flows.driver import RUBRIC
from tests.flows.scenes import scene

SINGLE = scene("single")
"""At q8, of one letter."""
MULTIPLE = scene("multiple")
"""At q1, of several."""
RESULT = scene("result")


# what comes


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        (Commanded("privacy"), ["privacy"]),
        (Commanded("help"), ["look"]),
        (Commanded("history"), ["look"]),
        (Commanded("history", "1 2"), ["compared"]),
        (Commanded("history", "1"), ["look"]),
        (Commanded("history", "x"), ["card"]),
        (Commanded("firms"), ["firms"]),
        (Commanded("firminfo"), ["card"]),
        (Commanded("link"), ["text"]),
        (Commanded("language"), ["text"]),
        (Commanded("reminders"), ["text"]),
        (Commanded("mydata"), ["file"]),
        (Commanded("delete"), ["text"]),
        *((Commanded(name), ["card"]) for name in ("start", "resume", "overview", "result", "quick", "recheck")),
        (Commanded("start", "q5"), ["card"]),
        (Commanded("start", "privacy"), ["privacy"]),
        (Commanded("nonsense"), ["card"]),
        (Typed("B"), ["card"]),
        (Typed("?"), ["explained"]),
        (Typed("历史"), ["look"]),
        (Typed("比较 1 2"), ["compared"]),
        (Typed("嗯嗯"), ["text"]),
        (Puzzling("voice"), ["text"]),
        (Typed(""), ["card"]),
        (Puzzling(), ["card"]),
        (Returned(), ["card"]),
        (press(Answer(("B",)), SINGLE), ["card"]),
        (press(Help(), SINGLE), ["explained"]),
        (press(Detail.COMMANDS, SINGLE), ["look"]),
        (press(Detail.PDF, SINGLE), ["file"]),
        (Pressed("gibberish", CARD), ["card"]),
        (InPublic(), ["text"]),
        (Membership(blocked=True), []),
        (Membership(blocked=False), []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_kinds_of_replies(message: Message, kinds: list[str]) -> None:
    heard = hear(message, at(SINGLE))
    assert heard.kinds == kinds
    assert [reply for reply in heard.said if isinstance(reply, Card)] == heard.said[len(kinds) - kinds.count("card") :]


def test_every_command_is_in_the_table_above_or_fails_here() -> None:
    tried = {case[0].name for case in _cases() if isinstance(case[0], Commanded)}
    assert set(COMMANDS) <= tried


def _cases() -> list[Any]:
    (mark,) = test_the_kinds_of_replies.pytestmark  # type: ignore[attr-defined]
    return list(mark.args[1])


@pytest.mark.parametrize(
    ("message", "named", "warned"),
    [
        (Commanded("nonsense"), ["unknown_command"], True),
        (Commanded(""), ["unknown_command"], True),
        (Typed("x" * (LONGEST_TEXT + 1)), ["too_long"], True),
        (Puzzling(), ["text_only"], True),
        (Commanded("history", "x"), ["history.compare.two"], True),
        (Commanded("reminders", "Beijing"), ["reminders.unknown_zone"], True),
        (Pressed("gibberish", CARD), ["event.stale"], True),
        (Pressed("!gibberish", CARD), ["event.stale"], True),
        (Pressed("!firm:nobody", CARD), ["event.stale"], True),
        (Pressed("!keep", "3"), ["delete.kept"], False),
        (Pressed("!never", "3"), ["reminders.off"], False),
        (Pressed("!remind", "3"), ["reminders.on"], False),
        (Pressed("!tomorrow", "3"), ["reminders.put_off"], False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_stands_on_the_card(message: Message, named: list[str], warned: bool) -> None:
    """Nothing has happened to the assessment."""
    heard = hear(message, at(SINGLE))
    (card,) = heard.said
    assert (heard.names, card.warned) == (named, warned)
    assert heard.session == SINGLE
    assert heard.decision.log == ()


def test_what_was_not_understood_leaves_the_card_and_the_second_time_offers_a_way_out() -> None:
    once = hear(Typed("嗯嗯"), at(SINGLE))
    assert (once.names, once.decision.window.puzzled if once.decision.window else None) == (
        ["not_understood.question"],
        1,
    )
    twice = hear(Typed("嗯嗯"), at(SINGLE, window=Window(puzzled=1)))
    (text,) = twice.said
    assert isinstance(text, Text)
    assert twice.names == ["not_understood.question", "not_understood.again"]
    help_, later = text.buttons
    assert hear(Pressed(help_), at(SINGLE)).session == SINGLE
    parked = hear(Pressed(later), at(SINGLE)).session
    assert parked
    assert parked.parked == (SINGLE.item,)
    assert hear(Pressed(later), at(parked)).session == parked, "a second tap is of no other item"
    understood = hear(Typed("B"), at(SINGLE, window=Window(puzzled=1)))
    assert understood.decision.window
    assert understood.decision.window.puzzled == 0


@pytest.mark.parametrize("what", PUZZLING)
def test_what_is_no_text_is_told_what_to_do_instead(what: str) -> None:
    assert hear(Puzzling(what), at(SINGLE)).names == [f"puzzling.{what}"]


def test_what_was_not_understood_is_said_back_in_short() -> None:
    heard = hear(Typed("没" * LONGEST_TEXT), at(SINGLE))
    assert heard.values["given"] == "没" * 40
    assert len(hear(Commanded("reminders", "x" * 4000), at(SINGLE)).decision.outbox[0].reply) < 300


# what is stored


@pytest.mark.parametrize(
    ("scene_name", "message", "expected"),
    [
        ("single", Typed("B"), {"item": "q9"}),
        ("single", Typed("稍后"), {"item": "q9", "parked": ("q8",)}),
        ("single", Typed("q5"), {"item": "q5"}),
        ("single", Commanded("overview"), {"phase": Phase.REVIEW}),
        ("single", Commanded("result"), {"phase": Phase.PROVISIONAL}),
        ("single", Commanded("quick"), {"quick": True}),
        ("single", Commanded("start", "q5"), {"item": "q5"}),
        ("multiple", Typed("BC"), {"item": "q2"}),
        ("paused", Commanded("start"), {"paused": False, "item": "q1"}),
        ("review", Commanded("resume"), {"phase": Phase.QUESTIONS, "item": "q1"}),
        ("result", Commanded("recheck"), {"phase": Phase.RECHECK}),
        ("plan", Commanded("result"), {"phase": Phase.RESULT}),
        ("name", Typed("示例厂"), {"page": "kind"}),
        ("ladder", Typed("中文"), {"language": "zh-Hans"}),
        ("ladder", Typed("English"), {"language": "en"}),
    ],
)
def test_what_becomes_of_the_session(scene_name: str, message: Message, expected: dict[str, Any]) -> None:
    session = hear(message, at(scene(scene_name))).session
    assert {name: getattr(session, name) for name in expected} == expected


def test_an_answer_is_logged_with_who_and_when() -> None:
    (entry,) = hear(Typed("B"), at(SINGLE)).decision.log
    assert (entry.kind, entry.item, entry.before, entry.after) == ("recorded", "q8", None, ("B",))
    assert (entry.session, entry.by, entry.at) == (SINGLE.id, "42", NOW)


@pytest.mark.parametrize(
    ("message", "kind", "before"),
    [(Typed("C"), "recorded", ("B",)), (press(Park(), scene("answered")), "parked", ("B",))],
)
def test_what_replaces_an_answer_tells_the_one_before(message: Message, kind: str, before: tuple[str, ...]) -> None:
    (entry,) = hear(message, at(scene("answered"))).decision.log
    assert (entry.kind, entry.before) == (kind, before)


def test_a_result_is_kept_and_a_recheck_is_offered() -> None:
    committed = scene("commitment")
    heard = hear(press(Commit(), committed), at(committed))
    (assessment,) = heard.decision.finished
    assert assessment.id == committed.id
    assert [entry.kind for entry in heard.decision.log] == ["finished"]
    assert heard.names == ["reminder.offer"]
    assert heard.buttons == ["!recheck_later:d-one"]


def test_the_first_word_of_a_known_window_brings_its_dossier_nowhere_else() -> None:
    heard = hear(Typed("B"), at(SINGLE, dossier="d-two", dossiers=("d-one", "d-two")))
    assert heard.decision.dossier == "d-two"
    assert (heard.decision.forgotten, heard.decision.links) == (None, ())


# the live card


def test_a_tap_on_the_live_card_edits_it_and_all_else_brings_it_below() -> None:
    state = at(MULTIPLE)
    assert not hear(press(Tick("B", on=True), MULTIPLE), state).card.anew
    for message in (Commanded("overview"), Puzzling(), Pressed("!keep", "3"), Typed("?")):
        assert hear(message, state).card.anew, message


@pytest.mark.parametrize("wish", [Help(), Detail.COMMANDS, Leaf(Detail.HELP, 1, "q1"), Leaf(Detail.OFFICIAL, 0, "q1")])
def test_what_is_asked_for_by_a_tap_takes_the_place_of_the_card_and_goes_back_to_it(wish: Wish) -> None:
    heard = hear(press(wish, MULTIPLE), at(MULTIPLE))
    assert (len(heard.said), heard.card.anew, heard.session) == (1, False, MULTIPLE)
    back = hear(press(Detail.CARD, MULTIPLE), at(MULTIPLE))
    assert (back.said, back.card.anew) == ([Card()], False)


@pytest.mark.parametrize("text", ["?", "命令", "历史", "原文"])
def test_what_is_asked_for_by_typing_is_one_new_message_where_it_can_be_tapped(text: str) -> None:
    heard = hear(Typed(text), at(MULTIPLE))
    assert (len(heard.said), heard.card.anew) == (1, True)
    *said, card = hear(Typed(text), at(MULTIPLE), manner=TYPING).kinds
    assert (len(said), card) == (1, "card")


def test_a_tap_on_an_old_card_changes_nothing_and_takes_its_buttons_away() -> None:
    old = press(Answer(("B",)), scene("answered"), card="3")
    heard = hear(old, at(SINGLE))
    assert heard.session == SINGLE
    assert heard.kinds == ["card", "retire"]
    assert heard.said[1].card == "3"
    assert heard.card.anew
    assert heard.decision.log == ()


def test_a_tap_too_many_on_the_live_card_is_passed_over_in_silence() -> None:
    answered = hear(press(Answer(("B",)), SINGLE), at(SINGLE)).session
    heard = hear(press(Answer(("B",)), SINGLE), at(answered))
    assert (heard.session, heard.lines) == (answered, [])
    assert not heard.card.anew


def test_ticks_from_one_card_all_count_and_what_comes_after_its_end_counts_for_nothing() -> None:
    session = MULTIPLE
    for letter in "DB":
        session = hear(press(Tick(letter, on=True), MULTIPLE), at(session)).session
    done = hear(press(Done(), session), at(session)).session
    assert done.record.choices == {"q1": ("B", "D")}
    assert hear(press(Tick("C", on=True), MULTIPLE), at(done)).session == done


def test_a_card_that_nobody_knows_of_is_the_live_one() -> None:
    """It was sent, but that could not be noted."""
    heard = hear(press(Answer(("B",)), SINGLE, card="9"), at(SINGLE, window=Window()))
    assert heard.decision.window
    assert heard.decision.window.card == "9"
    assert not heard.card.anew


# coming and going


def test_who_blocked_us_is_silenced_and_who_comes_back_is_known_by_it() -> None:
    gone = hear(Membership(blocked=True), at(SINGLE)).decision
    assert (gone.silenced, gone.window) == (True, Window(card=CARD, blocked=True))
    back = hear(Membership(blocked=False), at(SINGLE, window=gone.window)).decision
    assert (back.silenced, back.window) == (False, Window(card=CARD, returned=NOW))
    heard = hear(Typed("B"), at(SINGLE, window=gone.window))
    assert heard.decision.window == Window(card=CARD, language="zh-Hans", seen=heard.session.ref)


def test_where_others_read_along_there_is_only_the_way_home() -> None:
    heard = hear(InPublic(), at(SINGLE))
    assert heard.values == {"link": "https://example.org/bot"}
    assert heard.decision == replace(heard.decision, dossier=None, session=None, window=None)


def test_who_opens_a_terminal_again_goes_on_where_they_were_in_the_language_asked_for() -> None:
    paused = scene("paused")
    heard = hear(Returned("en"), at(paused), manner=TYPING)
    assert (heard.session.language, heard.session.paused, heard.session.item) == ("en", False, "q1")
    assert heard.later == []


def test_who_leaves_is_told_that_all_is_kept() -> None:
    (card,) = hear(press(Pause(), SINGLE), at(SINGLE)).said
    assert card.paused


# languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_chosen_by_button_and_by_word(language: str) -> None:
    for message in (Pressed(f"!language:{language}", "3"), press(ChooseLanguage(language), SINGLE)):
        heard = hear(message, at(SINGLE))
        assert heard.session.language == language
        assert heard.decision.window
        assert heard.decision.window.language == language


def test_all_languages_are_offered() -> None:
    heard = hear(Commanded("language"), at(SINGLE))
    assert heard.buttons == [f"!language:{language}" for language in LANGUAGES]


def test_an_unknown_language_changes_nothing() -> None:
    heard = hear(Pressed("!language:tlh", "3"), at(SINGLE))
    assert heard.session == SINGLE


# time zones


@pytest.mark.parametrize("zone", ["Asia/Urumqi", "America/New_York"])
def test_a_time_zone_is_kept(zone: str) -> None:
    heard = hear(Commanded("reminders", zone), at(SINGLE))
    assert heard.decision.window
    assert heard.decision.window.zone == zone
    assert heard.values["zone"] == zone


@pytest.mark.parametrize("wrong", ["Beijing", "../../etc/passwd", "<b>", "asia/urumqi "])
def test_what_is_no_time_zone_is_not_kept(wrong: str) -> None:
    heard = hear(Commanded("reminders", wrong), at(SINGLE))
    assert heard.decision.window == Window(card=CARD, language="zh-Hans", seen=SINGLE.ref)


# files and looks


def test_a_file_is_a_wish_of_a_key_of_its_own_beside_the_conversation() -> None:
    """And that of one firm does not take the place of another's."""
    for message, key in ((Typed("报告"), "file.pdf.d-one"), (Commanded("mydata"), "file.json.d-one")):
        (file,) = hear(message, at(RESULT.but(identified=True))).decision.outbox
        assert (file.key, file.urgency) == (key, Urgency.FILE)


LOOKS = {
    Detail.HELP: Explained(""),
    Detail.COMPARED: Compared(),
    Detail.FIRMS: Firms(),
    Detail.PRIVACY: Privacy(),
    Detail.CARD: Card(),
}


@pytest.mark.parametrize("wanted", [wanted for wanted in Detail if wanted not in FILES])
def test_what_is_looked_at_changes_nothing(wanted: Detail) -> None:
    heard = hear(Pressed(encode(wanted, RESULT.ref, RUBRIC), CARD), at(RESULT))
    assert heard.said == [LOOKS.get(wanted, Look(wanted))]
    assert heard.session == RESULT


def test_nothing_is_said_in_words_before_it_is_sent_but_what_has_just_happened() -> None:
    """The outbox holds no page: what is long is a wish."""
    for name in COMMANDS:
        for one in hear(Commanded(name), at(RESULT)).decision.outbox:
            assert len(one.reply) < 400, one.reply


# what papers cannot print


@pytest.mark.parametrize(("name", "lacking"), [("甲乙厂", ""), ("甲龘厂", "龘")])
def test_what_papers_cannot_print_of_a_name_is_told_while_it_is_easily_changed(name: str, lacking: str) -> None:
    rules = replace(RULES, lacking=lambda text: "".join(sign for sign in text if sign == "龘"))
    heard = hear(Typed(name), at(scene("name").but(language="zh-Hans")), rules=rules)
    told = [catalogue("zh-Hans")("event.lacking", signs=lacking)] if lacking else []
    assert heard.lines == [catalogue("zh-Hans")("event.firm_named", name=name), *told]


# whose language


@pytest.mark.parametrize(
    ("window", "message", "language"),
    [
        (Window(card=CARD, language="en"), Typed("?"), "en"),
        (Window(card=CARD, language="en"), Commanded("resume"), "en"),
        (Window(card=CARD, language="en"), Pressed("!language:zh-Hans"), "zh-Hans"),
        (Window(card=CARD, language="en"), Pressed("!language:zh-Hant"), "zh-Hant"),
        (Window(card=CARD), Typed("?"), "zh-Hans"),
        (None, Typed("?"), "zh-Hans"),
    ],
)
def test_a_window_keeps_the_language_that_was_chosen_in_it(
    window: Window | None, message: Message, language: str
) -> None:
    """The session is in the one that somebody answered in last, perhaps in another window."""
    noted = hear(message, at(SINGLE.but(language="zh-Hans"), window=window), language="en").decision.window
    assert noted
    assert noted.language == language
