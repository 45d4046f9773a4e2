"""`shuping answers`, and `report --number`: every assessment of every firm of a name can be had again."""

import asyncio
import json
from datetime import timedelta

import pytest

from flows.inputs import Confirm, Numbers
from flows.session import Assessment, Session
from storage.opening import open_store
from storage.store import Decision
from tests.bot.child import Shuping, sentence
from tests.bot.inside import Inside, fault
from tests.flows.driver import START, Walker

WINDOW = "terminal:anna"


def of(firm: str, q1: str, q5: str) -> Session:
    """Everything answered, with these letters."""
    return Walker().begin(name=firm).fill({"q1": q1, "q5": q5}).finish().session


def finished(session: Session, days: int, previous: str | None = None) -> Assessment:
    return Assessment(
        id=f"{session.firm.name}-{days}",
        rubric=session.rubric,
        firm=session.firm,
        record=session.record,
        score="0",
        grade=0,
        previous=previous,
        started_at=START,
        finished_at=START + timedelta(days=days),
    )


async def store(url: str) -> None:
    """Anna finished one firm twice (the second a re-check), and another one once; a third she only began."""
    before, after, other = of("甲厂", "A", "A"), of("甲厂", "A", "C"), of("乙厂", "B", "A")
    begun = Walker().begin(name="丙厂").go("q1")
    begun.answer("B", "C")
    begun.say(Numbers((200, 90)))
    begun.say(Confirm())
    past = (finished(before, 1), finished(after, 2, previous="甲厂-1"))
    async with await open_store(url) as opened:
        for decision in (
            Decision("d-one", after, finished=past),
            Decision("d-two", other, finished=(finished(other, 3),)),
            Decision("d-three", begun.session),
        ):
            await opened.apply(WINDOW, lambda _, decision=decision: decision)  # type: ignore[misc]


@pytest.fixture(scope="module")
def shuping(tmp_path_factory: pytest.TempPathFactory) -> Shuping:
    shuping = Shuping(tmp_path_factory.mktemp("stored"))
    asyncio.run(store(shuping.database))
    return shuping


def answers(run: Inside, shuping: Shuping, *more: str) -> dict[str, object]:
    ran = run("answers", "--as", "anna", "--database", shuping.database, *more)
    assert (ran.status, ran.err) == (0, "")
    found: dict[str, object] = ran.json
    return found


def test_what_is_under_way_is_printed_and_scored(run: Inside, shuping: Shuping) -> None:
    printed = answers(run, shuping)
    assert printed == {
        "rubric": "miit-2024",
        "firm": "丙厂",
        "answers": {"q1": ["B", "C"], "q2": "D"},
        "figures": {"machines": 200, "machines_digital": 90},
        "scenarios": {},
    }
    scored = run("score", given=json.dumps(printed)).json
    assert (scored["firm"], scored["questions"]["q2"]["derived"]) == ("丙厂", "90 / 200 = 45%")


@pytest.mark.parametrize(
    ("which", "firm", "q1", "q5"),
    [
        (("--of", "甲厂", "--number", "1"), "甲厂", ["A"], "C"),
        (("--of", "甲厂", "--number", "2"), "甲厂", ["A"], "A"),
        (("--of", "乙厂", "--number", "1"), "乙厂", ["B"], "A"),
        (("--of", "乙厂"), "乙厂", ["B"], "A"),
    ],
)
def test_every_finished_assessment_of_every_firm(
    run: Inside, shuping: Shuping, which: tuple[str, ...], firm: str, q1: list[str], q5: str
) -> None:
    printed = answers(run, shuping, *which)
    assert printed["firm"] == firm
    assert isinstance(printed["answers"], dict)
    assert (printed["answers"]["q1"], printed["answers"]["q5"]) == (q1, q5)
    assert run("score", given=json.dumps(printed)).json["complete"] is True


def test_firms_have_the_numbers_that_the_list_of_firms_shows(run: Inside, shuping: Shuping) -> None:
    listed = shuping.chat("/firms", name="anna")
    for firm in ("甲厂", "乙厂", "丙厂"):
        number = next(str(n) for n in range(1, 4) if answers(run, shuping, "--of", str(n))["firm"] == firm)
        assert any(number in line and firm in line for line in listed.splitlines())


@pytest.mark.parametrize(
    ("which", "part"),
    [
        (("--of", "丁厂"), "丁厂"),
        (("--of", "4"), "4"),
        (("--number", "1"), "还没有交过的结果"),
        (("--of", "甲厂", "--number", "3"), "第 3 份"),
        (("--of", "甲厂", "--number", "0"), "第 0 份"),
        (("--of", "甲厂", "--number", "-1"), "第 -1 份"),
        (("--number", "x"), "--number"),
    ],
)
def test_what_is_not_there_is_said(run: Inside, shuping: Shuping, which: tuple[str, ...], part: str) -> None:
    fault(run("answers", "--as", "anna", "--database", shuping.database, *which), part)


def test_nobody_has_no_answers_and_no_database_is_made(run: Inside, shuping: Shuping) -> None:
    fault(run("answers", "--as", "bert", "--database", shuping.database), "bert", "--as")
    missing = shuping.folder / "missing" / "shuping.sqlite3"
    for command in (("answers", "--as"), ("report", "--png", "a.png", "--session"), ("data", "export", "--as")):
        fault(run(*command, "anna", "--database", f"sqlite:///{missing}"), str(missing), "--database")
    assert not missing.parent.exists()


def test_a_report_of_a_finished_one_is_compared_with_the_one_before_it(shuping: Shuping) -> None:
    which = ("report", "--session", "anna", "--of", "甲厂", "--database", shuping.database, "--lang", "zh-Hans")
    for number in ("1", "2"):
        done = shuping(*which, "--number", number, "--png", f"{number}.png")
        assert (done.status, done.err) == (0, "")
        assert (shuping.folder / f"{number}.png").read_bytes().startswith(b"\x89PNG")
    sentence(shuping(*which, "--number", "3", "--png", "3.png"), "第 3 份")
