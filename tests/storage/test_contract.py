"""What a Store promises, whatever keeps the data: one suite, run against every backend."""

import asyncio
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.events import AnswerValue
from flows.session import Assessment, Session
from storage.errors import StorageError, Trouble
from storage.postgres.store import PostgresStore
from storage.store import Applied, Decision, Forgetting, LogEntry, State, Store
from storage.window import Window
from tests.storage.conftest import BACKENDS
from tests.storage.strategies import DRAFT_KINDS, DRAFTS, FIELDS, NASTY, assessments, entries, examples, sessions
from tests.storage.support import (
    NOW,
    WINDOW,
    assessment,
    begun,
    decides,
    entry,
    everything,
    grown,
    just,
    revisions,
)

MANY = 200


def storable(store: Store, text: str) -> bool:
    """A NUL is the one character for which PostgreSQL has no place."""
    return not (isinstance(store, PostgresStore) and "\0" in text)


fresh_windows = (f"window {number}" for number in count())


def test_every_backend_is_under_this_contract() -> None:
    assert set(Store.__subclasses__()) == set(BACKENDS.values())


def test_every_field_of_a_session_and_every_draft_has_a_strategy() -> None:
    assert set(FIELDS) == set(Session.model_fields)
    assert set(DRAFTS) == DRAFT_KINDS


# one window and one dossier


async def test_of_an_unknown_window_nothing_is_stored(store: Store) -> None:
    assert await store.state(WINDOW) == State()
    assert await everything(store) == (None, [], [])


async def test_the_first_decision_sees_no_session_and_is_kept(store: Store) -> None:
    seen: list[Session | None] = []

    def decide(state: State) -> Decision:
        seen.append(state.session)
        return Decision("d1", begun(), (entry(1),), (assessment("a1"),))

    await store.apply(WINDOW, decide)
    assert seen == [None]
    assert await everything(store) == (begun(), [entry(1)], [assessment("a1")])


async def test_decide_sees_the_last_session(store: Store) -> None:
    seen: list[Session | None] = []

    def decide(state: State) -> Decision:
        seen.append(state.session)
        return grown(state)

    for _ in range(4):
        await store.apply(WINDOW, decide)
    assert [session and session.revision for session in seen] == [None, 1, 2, 3]


async def test_the_decision_comes_back_as_it_was_made_with_the_state_after_it(store: Store) -> None:
    for decision in (
        Decision("d1", begun(), (entry(1),), (assessment("a1"),)),
        Decision(),
        Decision(session=begun().but(revision=1), window=Window(language="en")),
        Decision("d2", begun("d2")),
        Decision("d1"),
        Decision(forgotten=Forgetting.DOSSIER),
        Decision(forgotten=Forgetting.SIGHT),
    ):
        applied = await store.apply(WINDOW, lambda _, decision=decision: decision)  # type: ignore[misc]  # bound at once
        assert applied == Applied(decision, await store.state(WINDOW))
    assert await store.state(WINDOW) == State()


async def test_a_decision_comes_back_with_the_newest_of_the_log_if_they_are_asked_for(store: Store) -> None:
    lines = [entry(number) for number in range(1, 5)]
    for number, line in enumerate(lines, start=1):
        applied = await store.apply(WINDOW, just(begun().but(revision=number), line), recent=3)
        assert applied
        assert [*applied.recent] == lines[max(0, number - 3) : number]
    applied = await store.apply(WINDOW, lambda _: Decision(log=(entry(9),)), recent=3)
    assert applied
    assert [*applied.recent] == lines[-3:], "without a session nothing is logged"
    applied = await store.apply(WINDOW, lambda _: Decision(forgotten=Forgetting.DOSSIER), recent=3)
    assert applied
    assert applied.recent == ()


@examples(50)
@given(session=sessions)
async def test_a_session_comes_back_in_every_field(store: Store, session: Session) -> None:
    window = next(fresh_windows)
    await store.apply(window, just(session))
    loaded = (await store.state(window)).session
    assert loaded is not None
    assert loaded == session
    assert loaded.model_dump_json() == session.model_dump_json()  # Decimals to the last zero


@examples(30)
@given(log=st.lists(entries, max_size=4))
async def test_log_entries_come_back_in_every_field(store: Store, log: list[LogEntry]) -> None:
    window = next(fresh_windows)
    log = [line for line in log if storable(store, line.by)]
    await store.apply(window, just(begun(), *log, dossier=window))
    assert await store.log(window) == log


@examples(30)
@given(drawn=st.lists(assessments, max_size=3))
async def test_assessments_come_back_in_every_field(store: Store, drawn: list[Assessment]) -> None:
    window = next(fresh_windows)
    finished = [one.model_copy(update={"id": f"{number} of {window}"}) for number, one in enumerate(drawn)]
    await store.apply(window, just(begun(), finished=tuple(finished), dossier=window))
    assert await store.history(window) == finished[::-1]


@pytest.mark.parametrize("value", [("A",), ("B", "C", "D"), 0, 4], ids=str)
async def test_answers_in_the_log_keep_their_type(store: Store, value: AnswerValue) -> None:
    line = LogEntry("s1", "parked", "q1", value, None, NOW, "anna")
    await store.apply(WINDOW, just(begun(), line))
    _, (loaded,), _ = await everything(store)
    assert loaded == line
    assert type(loaded.before) is type(value)


@pytest.mark.parametrize("window", NASTY, ids=ascii)
async def test_any_text_names_a_window(store: Store, window: str) -> None:
    if not storable(store, window):
        with pytest.raises(StorageError) as refused:
            await store.apply(window, just(begun()))
        assert refused.value.trouble is Trouble.BAD_TEXT
        return
    await store.apply(window, just(begun(), entry(1, by=window)))
    assert await everything(store, window) == (begun(), [entry(1, by=window)], [])
    assert (await store.state(f"{window}.")).session is None


async def test_another_session_takes_the_place_of_the_old_one_whose_traces_stay(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),)))
    successor = begun().but(id="another", revision=7)
    await store.apply(WINDOW, just(successor, entry(7)))
    assert await everything(store) == (successor, [entry(1), entry(7)], [assessment("a1")])


async def test_the_log_only_grows_and_keeps_its_order(store: Store) -> None:
    so_far: list[LogEntry] = []
    for lines in ([entry(3), entry(1)], [], [entry(2)], [entry(2), entry(1)]):
        await store.apply(WINDOW, just(begun(), *lines))
        so_far += lines
        assert await everything(store) == (begun(), so_far, [])


async def test_the_newest_assessment_comes_first(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), finished=(assessment("a2"), assessment("a1")), dossier="d1"))
    await store.apply(WINDOW, just(begun(), finished=(assessment("a3"),)))
    assert [one.id for one in await store.history("d1")] == ["a3", "a1", "a2"]


async def test_what_was_read_is_the_readers_own(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),), dossier="d1"))
    (await store.log("d1")).clear()
    (await store.history("d1")).clear()
    assert await everything(store) == (begun(), [entry(1)], [assessment("a1")])


# everything or nothing


async def test_without_a_session_no_log_and_no_result_is_written(store: Store) -> None:
    nothing = decides(log=(entry(1),), finished=(assessment("a1"),))
    await store.apply(WINDOW, nothing)
    assert await everything(store) == (None, [], [])
    await store.apply(WINDOW, grown)
    before = await everything(store)
    await store.apply(WINDOW, nothing)
    assert await everything(store) == before


async def test_a_session_of_no_dossier_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="dossier"):
        await store.apply(WINDOW, decides(session=begun(), window=Window()))
    assert await store.state(WINDOW) == State()
    await store.apply(WINDOW, grown)
    before = await everything(store)
    with pytest.raises(ValueError, match="dossier"):
        await store.apply(WINDOW, decides(session=begun(), forgotten=Forgetting.DOSSIER))
    assert await everything(store) == before


async def test_a_session_that_was_not_read_is_not_written_over(store: Store) -> None:
    """Whoever brings another dossier to the front has not seen what is in it."""
    await store.apply(WINDOW, just(begun("d1"), dossier="d1"))
    await store.apply(WINDOW, just(begun("d2"), dossier="d2"))
    before = await store.state(WINDOW)
    with pytest.raises(StorageError) as caught:
        await store.apply(WINDOW, just(begun("blind"), dossier="d1"))
    assert caught.value.trouble is Trouble.CONFLICT
    assert await store.state(WINDOW) == before
    assert (await store.state(WINDOW, "d1")).session == begun("d1")


class AccidentError(Exception):
    """Something in `decide`."""


def invalid() -> Exception:
    """What pydantic raises: no sign of a damaged database, if it comes out of `decide`."""
    with pytest.raises(ValidationError) as caught:
        Session.model_validate({})
    return caught.value


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (AccidentError("oh"), AccidentError),
        (invalid(), ValidationError),
        (KeyError("q1"), KeyError),
        (StopIteration(), RuntimeError),  # as of any coroutine; a future would never be done
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_decide_raises_comes_through_and_leaves_all_as_it_was(
    store: Store, raised: Exception, seen: type[Exception]
) -> None:
    def decide(_: State) -> Decision:
        raise raised

    for _ in range(2):
        before = await everything(store)
        with pytest.raises(seen):
            await asyncio.wait_for(store.apply(WINDOW, decide), timeout=5)
        assert await everything(store) == before
        await store.apply(WINDOW, grown)
    assert await revisions(store) == (2, [1, 2])


@pytest.mark.parametrize("finished", [("a1",), ("a2", "a1"), ("a2", "a2")], ids="+".join)
async def test_an_assessment_is_finished_once(store: Store, finished: tuple[str, ...]) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),)))
    before = await everything(store)
    again = just(begun().but(revision=2), entry(2), finished=tuple(map(assessment, finished)))
    for window in (WINDOW, "another"):
        with pytest.raises(StorageError) as caught:
            await store.apply(window, again)
        assert caught.value.trouble is Trouble.CONFLICT
    assert await everything(store) == before
    assert await everything(store, "another") == (None, [], [])
    await store.apply(WINDOW, just(begun(), finished=(assessment("a2"),)))
    _, _, history = await everything(store)
    assert [one.id for one in history] == ["a2", "a1"]


# many at once


async def test_windows_do_not_see_each_other(store: Store) -> None:
    await store.apply("one", just(begun("one"), entry(1), finished=(assessment("a1"),)))
    await store.apply("two", just(begun("two"), entry(2), entry(3), finished=(assessment("a2"),)))
    await store.apply("ONE", just(begun("ONE")))
    assert await everything(store, "one") == (begun("one"), [entry(1)], [assessment("a1")])
    assert await everything(store, "two") == (begun("two"), [entry(2), entry(3)], [assessment("a2")])
    assert await everything(store, "ONE") == (begun("ONE"), [], [])


async def test_increments_of_one_chat_at_once_lose_none(store: Store) -> None:
    applied = await asyncio.gather(*(store.apply(WINDOW, grown) for _ in range(MANY)))
    assert await revisions(store) == (MANY, list(range(1, MANY + 1)))
    assert sorted(one.decision.session.revision for one in applied if one and one.decision.session) == list(
        range(1, MANY + 1)
    )


async def test_increments_of_many_windows_at_once_lose_none(store: Store) -> None:
    windows = [f"window {number % 10}" for number in range(MANY)]
    await asyncio.gather(*(store.apply(window, grown) for window in windows))
    each = MANY // 10
    for window in set(windows):
        assert await revisions(store, window) == (each, list(range(1, each + 1)))


async def test_an_accident_among_many_touches_nobody_else(store: Store) -> None:
    def accident(_: State) -> Decision:
        raise AccidentError

    work = [store.apply(WINDOW, accident if number % 3 == 0 else grown) for number in range(30)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert sum(isinstance(outcome, AccidentError) for outcome in outcomes) == 10
    assert await revisions(store) == (20, list(range(1, 21)))


async def test_a_cancelled_apply_is_written_wholly_or_not_at_all(store: Store) -> None:
    for wait in range(6):
        task = asyncio.ensure_future(store.apply(WINDOW, grown))
        for _ in range(wait):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await store.apply("another", grown)  # whatever was under way is over now
    revision, told = await revisions(store)
    assert told == list(range(1, revision + 1))
    await store.apply(WINDOW, grown)
    assert await revisions(store) == (revision + 1, [*told, revision + 1])


async def test_of_a_dossier_only_so_much_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("storage.memory", "storage.sqlite.state", "storage.postgres.apply"):
        monkeypatch.setattr(f"{module}.LONGEST_LOG", 120)
        monkeypatch.setattr(f"{module}.LONGEST_HISTORY", 3)
    await store.apply("other", just(begun("other"), entry(1), finished=(assessment("theirs"),), dossier="d2"))
    for number in range(1, 301):
        finished = (assessment(f"a{number}"),) if number % 50 == 0 else ()
        session = begun().but(revision=number)
        await store.apply(WINDOW, just(session, entry(number), finished=finished, dossier="d1"))
    assert [line.after for line in await store.log("d1")] == list(range(181, 301))
    assert [one.id for one in await store.history("d1")] == ["a300", "a250", "a200"]
    assert len(await store.log("d2")) == len(await store.history("d2")) == 1
