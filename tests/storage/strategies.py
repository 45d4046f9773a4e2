"""Sessions, log entries and assessments such as a conversation may leave behind, and worse."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from flows.events import AnswerValue
from flows.session import (
    Assessment,
    Baseline,
    Climbing,
    Confirming,
    Doubt,
    Doubting,
    Draft,
    EnergySide,
    EnergyUse,
    Entering,
    Firm,
    FirmKind,
    Fuelling,
    Goal,
    PaperKind,
    Phase,
    Picking,
    Proposing,
    Reading,
    Record,
    Session,
    Ticking,
)
from scoring.figures import FigureValue
from storage.store import LogEntry
from tests.examples import tries


def examples(count: int) -> settings:
    """How many examples; no deadline, since the disk may be busy. They share a store: each takes a chat of its own."""
    return settings(
        max_examples=tries(count), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


NASTY = (
    "",
    "东莞市精密五金厂🏭",
    'O\'Brien & "Söhne"; DROP TABLE sessions; --',
    "before\0after",
    "\\u0000 \\ %s ? :name",
    "👩‍🔧\u202eback\u200bwards\ufeff",
    "\U0010ffff\ue000",
    "line\r\nbreak\u2028\t",
    "null",
)
texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)

questions = st.sampled_from([f"q{number}" for number in range(1, 16)])
scenarios = st.sampled_from([f"s{number}" for number in range(1, 17)])
items = questions | scenarios
item_lists = st.lists(items, unique=True, max_size=4).map(tuple)
letters = st.lists(st.sampled_from("ABCDEFGH"), unique=True, min_size=1, max_size=4).map(sorted).map(tuple)
levels = st.integers(0, 4)
fuels = st.sampled_from(["coal", "electricity", "natural_gas", "heat"])
figures = st.sampled_from(["revenue", "output", "energy", "staff"])

zones = st.sampled_from([UTC, *(timezone(timedelta(minutes=m)) for m in (480, -210, 345, 840))])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2199, 12, 31), timezones=zones)  # noqa: DTZ001  # hypothesis adds them

numbers = st.integers(-(10**24), 10**24) | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(Decimal)
exact = numbers | st.sampled_from([Decimal("1.50"), Decimal("0E-7"), Decimal("1E+3"), Decimal("-0"), Decimal("0.1")])
amounts = st.dictionaries(fuels, exact.map(Decimal), max_size=2)
figure_values: st.SearchStrategy[FigureValue] = exact | st.lists(exact, min_size=1, max_size=3).map(tuple)
figure_maps = st.dictionaries(figures, figure_values, max_size=2)

energy_uses = st.builds(EnergyUse, consumed=amounts, produced=amounts, recovered=amounts)
energy_maps = st.dictionaries(figures, energy_uses, max_size=2)
kinds = st.none() | st.sampled_from(FirmKind)
facts = st.none() | texts
firms = st.builds(Firm, name=facts, kind=kinds, credit_code=facts, contact=facts, region=facts, industry=facts)
records = st.builds(
    Record,
    choices=st.dictionaries(questions, letters, max_size=5),
    levels=st.dictionaries(scenarios, levels, max_size=5),
    figures=figure_maps,
    energy=energy_maps,
)

entering = st.builds(Entering, values=figure_maps, energy=energy_maps)
DRAFTS: dict[type, st.SearchStrategy[Any]] = {
    Ticking: st.builds(Ticking, letters=letters | st.just(())),
    Entering: entering,
    Fuelling: st.builds(
        Fuelling,
        entering=entering,
        figure=figures,
        side=st.sampled_from(EnergySide),
        fuel=st.none() | fuels,
        use=energy_uses,
    ),
    Confirming: st.builds(Confirming, entering=entering, option=st.sampled_from("ABCDE"), calculation=texts),
    Climbing: st.builds(Climbing, met=levels),
    Picking: st.builds(Picking),
}
DRAFTS[Doubting] = st.builds(
    Doubting,
    doubt=st.sampled_from(Doubt),
    figure=figures,
    readings=st.lists(
        st.builds(Reading, value=exact, fuel=st.none() | fuels, amount=st.none() | exact.map(Decimal)), max_size=2
    ).map(tuple),
    before=entering,
    after=entering,
    fuelling=st.none() | DRAFTS[Fuelling],
)
DRAFTS[Proposing] = st.builds(
    Proposing,
    answer=st.none() | letters | levels,
    least=letters | levels,
    said=texts,
    figures=figure_maps,
    most=st.none() | levels,
    ask=texts,
    under=st.none() | st.one_of(*DRAFTS.values()),
)
DRAFT_KINDS = frozenset(get_args(get_args(Draft)[0]))

tried = st.dictionaries(items, letters | levels, max_size=3)
goals = st.builds(Goal, grade=st.none() | levels, pinned=item_lists, excluded=item_lists, supposed=tried, target=tried)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids().map(str),
    "rubric": st.just("2024"),
    "language": st.sampled_from(["zh", "en"]),
    "phase": st.sampled_from(Phase),
    "item": st.none() | items,
    "page": st.sampled_from(["", "name", "kind", "2"]),
    "revision": st.integers(0, 2**40),
    "opened": st.integers(0, 2**40),
    "paused": st.booleans(),
    "quick": st.booleans(),
    "identified": st.booleans(),
    "paper": st.none() | st.sampled_from(PaperKind),
    "firm": firms,
    "record": records,
    "drafts": st.dictionaries(items, st.one_of(*DRAFTS.values()), max_size=4),
    "amounts": energy_maps,
    "agenda": item_lists,
    "parked": item_lists,
    "trail": item_lists,
    "picked": item_lists,
    "baseline": st.none() | st.builds(Baseline, id=st.uuids().map(str), record=records, finished_at=moments),
    "goal": goals,
    "started_at": moments,
    "updated_at": moments,
    "finished_at": st.none() | moments,
}
sessions: st.SearchStrategy[Session] = st.fixed_dictionaries(FIELDS).map(lambda fields: Session(**fields))

answers: st.SearchStrategy[AnswerValue] = letters | levels
entries = st.builds(
    LogEntry,
    session=st.uuids().map(str),
    kind=st.sampled_from(["recorded", "parked", "withdrawn", "finished"]),
    item=items,
    before=st.none() | answers,
    after=st.none() | answers,
    at=moments,
    by=texts,
)
assessments = st.builds(
    Assessment,
    id=st.uuids().map(str),
    rubric=st.just("2024"),
    firm=firms,
    record=records,
    score=st.fractions(0, 100).map(str),
    grade=levels,
    previous=st.none() | st.uuids().map(str),
    started_at=moments,
    finished_at=moments,
)
