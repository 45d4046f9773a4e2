"""The table of phases: every way in it leads where it says, and there is no other."""

import gc

import pytest

from flows.inputs import Answer, Help, Numbers, Pause, Resume, Skip
from flows.phases import MACHINE, TABLE, Cursor, Way, committed, grade_settled, moved, proposing, settled, unsettled
from flows.session import Phase, Session
from tests.flows.driver import RUBRIC, Walker, play
from tests.flows.scenes import SCENES, scene

TRIGGERS = sorted({way.trigger for way in TABLE})
WAYS = {(way.trigger, source): way for way in TABLE for source in way.sources}
OPEN, SURE, FULL, SAID = scene("single"), scene("settled"), scene("full"), scene("proposals")


def test_every_trigger_has_one_way_from_a_phase() -> None:
    assert len(WAYS) == sum(len(way.sources) for way in TABLE)
    assert 10 <= len(TABLE) <= 20


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("session", [OPEN, SURE, FULL, SAID], ids=["open", "sure", "full", "said"])
def test_a_trigger_leads_where_the_table_says(trigger: str, session: Session) -> None:
    for source in Phase:
        here = session.but(phase=source)
        way = WAYS.get((trigger, source))
        allowed = way is not None and (way.guard is None or way.guard(RUBRIC, here))
        assert moved(trigger, RUBRIC, here) == (way.target if way and allowed else None), source
        assert here.phase is source


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_refusal_leaves_the_cursor_alone(trigger: str) -> None:
    for source in Phase:
        session = OPEN.but(phase=source)
        cursor = Cursor(source)
        accepted = MACHINE.events[trigger].trigger(cursor, RUBRIC, session)
        if not accepted:
            assert cursor == Cursor(source)
            assert vars(cursor) == {"state": source}


def test_guards() -> None:
    assert not settled(RUBRIC, OPEN)
    assert unsettled(RUBRIC, OPEN)
    assert settled(RUBRIC, FULL)
    assert not unsettled(RUBRIC, FULL)
    guarded = {(way.trigger, way.guard) for way in TABLE if way.guard}
    assert guarded == {
        ("preview", unsettled),
        ("preview", grade_settled),
        ("propose", proposing),
        ("submit", settled),
        ("attest", settled),
        ("commit", settled),
        ("recheck", committed),
        ("rechoose", committed),
        ("leave_aim", committed),
        ("leave_identity", committed),
    }
    review = OPEN.but(phase=Phase.REVIEW)
    assert moved("submit", RUBRIC, review) is None
    assert moved("preview", RUBRIC, review) is Phase.PROVISIONAL
    assert moved("commit", RUBRIC, OPEN.but(phase=Phase.COMMITMENT)) is None
    assert moved("submit", RUBRIC, FULL) is Phase.COMMITMENT
    assert moved("preview", RUBRIC, FULL) is None
    assert moved("preview", RUBRIC, OPEN) is None
    assert moved("preview", RUBRIC, SURE) is Phase.PROVISIONAL


@pytest.mark.parametrize("missing", ["q1", "q15", "product_design", "decision_support"])
def test_one_open_item_is_enough_to_refuse(missing: str) -> None:
    record = FULL.record.model_copy(
        update={
            "choices": {item: given for item, given in FULL.record.choices.items() if item != missing},
            "levels": {item: given for item, given in FULL.record.levels.items() if item != missing},
        }
    )
    assert not settled(RUBRIC, FULL.but(record=record))


def reached(ways: tuple[Way, ...], start: Phase) -> set[Phase]:
    found, more = {start}, True
    while more:
        beyond = {way.target for way in ways if found.intersection(way.sources)}
        more, found = not beyond <= found, found | beyond
    return found


def test_every_phase_is_reached_by_the_table_and_by_a_walk() -> None:
    assert reached(TABLE, Phase.WELCOME) == set(Phase)
    assert {scene(name).phase for name in SCENES} == set(Phase)


def test_no_phase_is_a_dead_end() -> None:
    for phase in Phase:
        assert reached(TABLE, phase) >= {Phase.RESULT, Phase.REVIEW}


def test_no_way_but_those_of_the_table() -> None:
    assert set(MACHINE.events) == set(TRIGGERS)
    assert not [name for name in MACHINE.events if name.startswith("to_")]
    assert {state.value for state in MACHINE.states.values()} == set(Phase)
    ways = {
        (trigger, transition.source, transition.dest)
        for trigger, event in MACHINE.events.items()
        for transitions in event.transitions.values()
        for transition in transitions
    }
    assert ways == {(way.trigger, source.name, way.target.name) for way in TABLE for source in way.sources}


def test_the_machine_holds_no_session() -> None:
    for number in range(100):
        session = Walker().session.but(id=f"session {number}", phase=Phase.FIRM, page="name")
        for given in (
            Skip(),
            Skip(),
            Help(),
            Answer(("B",)),
            Numbers((200, 90)),
            Pause(),
            Resume(),
        ):
            session = play(session, given).session
        assert session.item == "q2"
    assert MACHINE.models == []
    assert MACHINE.model is None or MACHINE.model == []
    gc.collect()
    assert not [thing for thing in gc.get_objects() if isinstance(thing, Cursor)]


def test_an_unknown_trigger_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        moved("to_result", RUBRIC, OPEN)
