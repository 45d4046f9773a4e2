"""Whatever is said, wherever somebody is: never an accident, always the same decision, and all of it can be shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.buttons import CODES, SESSION_CHARACTERS, Choice, encode
from bot.dialogue.commands import COMMANDS
from bot.dialogue.context import Context
from bot.dialogue.messages import (
    Commanded,
    Followed,
    InPublic,
    Membership,
    Message,
    Pressed,
    Puzzling,
    Returned,
    Typed,
)
from bot.dialogue.pages import CardPage, TextPage, View, page_of
from bot.dialogue.replies import File, read, written
from bot.dialogue.respond import respond
from bot.words.wording import Medium
from flows.session import Session
from locales import LANGUAGES
from storage.store import Decision, Link, State
from storage.window import Window
from tests.bot.support import sessions, shown
from tests.dialogue.support import CONTEXT, NOW, PAGE, STRANGER, TAPPING, TYPING, at
from tests.flows.driver import RUBRIC
from tests.scoring.strategies import examples

TEXT = st.text(max_size=60)
WORDS = st.sampled_from(
    ["B", "BC", "+B", "q5", "16=3", "必做 16", "200 90", "30万度", "是", "否", "稍后", "返回", "总览"]
)
CARDS = st.sampled_from([None, "7", "3"])
NAMES = sorted(sessions())
CONTEXTS = {one.medium: replace(CONTEXT, manner=one) for one in (TAPPING, TYPING, PAGE)}
CHOICES = [*Choice, "resume", "recheck", "language:", "firm:", "firm:new", "language:en", ""]


def buttons(session: Session) -> st.SearchStrategy[str]:
    """Those of the present card, of another one, with other arguments, of texts, or nothing that was ever written."""
    _, screen, _ = shown(session, "zh-Hans")
    wishes = [choice.wish for choice in screen.choices] + [action.wish for action in screen.actions]
    present = [encode(wish, session.ref, RUBRIC) for wish in wishes]
    head = "|".join((session.id[:SESSION_CHARACTERS], str(session.revision), session.card))
    changed = st.builds(lambda code, rest: f"{head}|{code}{rest}", st.sampled_from([*CODES, "D"]), TEXT)
    chosen = st.builds(lambda choice, rest: f"!{choice}{rest}", st.sampled_from(CHOICES), st.just("") | TEXT)
    return st.one_of(st.sampled_from(present or [head]), changed, chosen, TEXT)


def messages(session: Session) -> st.SearchStrategy[Message]:
    """Anything that can arrive."""
    return st.one_of(
        st.builds(Typed, TEXT | WORDS),
        st.builds(Commanded, st.sampled_from(sorted(COMMANDS)) | TEXT, TEXT | WORDS | st.just("")),
        st.builds(Pressed, buttons(session), CARDS),
        st.builds(Puzzling),
        st.builds(Returned, st.sampled_from([None, *LANGUAGES])),
        st.builds(Followed, TEXT),
        st.builds(Membership, st.booleans()),
        st.builds(InPublic),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Message, State]:
    session = sessions()[draw(st.sampled_from(NAMES))]
    link = draw(st.sampled_from([None, Link("hash", "d-two", NOW + timedelta(hours=1)), Link("hash", "d-one", NOW)]))
    windows = st.sampled_from([None, Window(), Window(card="7", blocked=True), Window(card="3", reminders=False)])
    state = draw(
        st.sampled_from(
            [STRANGER, at(session), at(session, shared=True), at(session, dossier="d-two", dossiers=("d-one", "d-two"))]
        )
    )
    state = replace(state, link=link, window=state.window and draw(windows))
    return draw(messages(session)), state


@given(situations(), st.sampled_from(Medium))
@examples(400)
def test_any_message_is_answered_without_an_accident_and_always_alike(
    situation: tuple[Message, State], medium: Medium
) -> None:
    (message, state), context = situation, CONTEXTS[medium]
    decision = respond(message, state, context)
    assert respond(message, state, context) == decision
    can_be_shown(decision, state, context)
    holds_together(decision, state)


def can_be_shown(decision: Decision, state: State, context: Context) -> None:
    """Every reply comes back from the outbox as it was, and has words."""
    stored = replace(state, session=decision.session or state.session, window=decision.window or state.window)
    view = View(stored, NOW, context.rules, context.manner.medium, RUBRIC)
    for outgoing in decision.outbox:
        reply = read(outgoing.reply)
        assert written(reply) == outgoing.reply
        if not isinstance(reply, File):
            page_of(reply, view)


def holds_together(decision: Decision, state: State) -> None:
    """Nothing is logged or finished without its session; what is deleted leaves nothing behind."""
    if decision.log or decision.finished:
        assert decision.session
    if decision.forgotten:
        assert (decision.session, decision.dossier, decision.window, decision.log) == (None, None, None, ())
    if decision.session and state.session is None:
        assert decision.dossier, "a session belongs to a dossier"
    assert sum(one.key == "card" for one in decision.outbox) <= 1


@pytest.mark.parametrize("medium", Medium)
def test_braces_that_somebody_types_are_shown_as_they_are(medium: Medium) -> None:
    state, context = at(sessions()["q5"]), CONTEXTS[medium]
    (card,) = (read(one.reply) for one in respond(Typed("{hint} {0}"), state, context).outbox)
    page = page_of(card, View(state, NOW, context.rules, medium, RUBRIC))
    assert isinstance(page, CardPage | TextPage)
    said = page.notices if isinstance(page, CardPage) else page.sections[0].lines
    assert "{hint} {0}" in said[0]
