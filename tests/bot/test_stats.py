"""Numbers in words: everything at the machine; on a phone nothing that tells of anybody. And `shuping stats`."""

import asyncio
import json
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.words.paging import columns
from bot.words.stats import FEW, KEPT_BACK, LEAST, covered, everything, figure, overview, total_of
from bot.words.wording import Medium, wording
from flows.session import Phase
from locales import LANGUAGES
from storage.broadcasts import Audience, Confirm, Draft, Order, Stop, digest_of
from storage.opening import open_store
from storage.outbox import Urgency
from storage.stats import Stats
from storage.store import Decision
from storage.window import Window
from tests.bot.child import Shuping
from tests.storage.support import NOW, assessment, begun, message
from tests.storage.test_stats import session_at

tables = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1)
STATS = Stats(
    NOW,
    dossiers=1234,
    unfinished=800,
    phases={"welcome": 114, "questions": 650, "scenarios": 150, "result": 320, "future": 1},
    funnel={"q1": 300, "q3": 120, "q9": 3, "product_design": 50, "gone": 2},
    answered={0: 10, 1: 3, 10: 5, 11: 5, 55: 1},
    grades={0: 3, 1: 40, 2: 9, 7: 1},
    windows={"telegram": 1100, "web": 3},
    blocked={"telegram": 30, "web": 1},
    silent={"telegram": 4},
    outbox={Urgency.REMINDER: 300, Urgency.ANSWER: 2},
    due={Urgency.REMINDER: 2},
    oldest={Urgency.REMINDER: NOW},
    aside=2,
)


# what is not said


def candidates(said: str) -> range:
    """What a number may be of which this is said."""
    if said == FEW:
        return range(LEAST)
    return range(LEAST, 41) if said == KEPT_BACK else range(int(said), int(said) + 1)


@given(tables)
@example({"a": 4, "b": 4})
@example({"a": 1, "b": 30})
@example({"a": 0, "b": 7})
def test_a_small_number_cannot_be_told_from_the_sum_of_its_table(counts: dict[str, int]) -> None:
    """Whoever knows how tables are covered looks for all that would look the same: more than one number is left."""
    said, total = covered(counts), total_of(counts)
    for key, number in counts.items():
        assert said[key] == FEW if number < LEAST else said[key] in (figure(number), KEPT_BACK)
    small = [key for key, number in counts.items() if 0 < number < LEAST]
    hidden = [key for key in counts if said[key] in (FEW, KEPT_BACK)]
    if not small or len(hidden) > 3:
        return
    rest = [counts[key] for key in counts if key not in hidden]
    same = [
        values
        for values in product(*(candidates(said[key]) for key in hidden))
        if total_of(dict(enumerate([*values, *rest]))) == total
    ]
    for key in small:
        assert len({values[hidden.index(key)] for values in same}) > 1


@given(tables)
def test_a_table_without_small_numbers_says_all_of_them(counts: dict[str, int]) -> None:
    large = {key: number + LEAST for key, number in counts.items()}
    assert covered(large) == {key: figure(number) for key, number in large.items()}
    assert sum(said == KEPT_BACK for said in covered(large, more=True).values()) == 1


def lines(stats: Stats = STATS, language: str = "zh-Hans") -> list[str]:
    words = wording(language, "miit-2024", Medium.TAPPING)
    return [line for section in overview(stats, words) for line in (section.title, *section.lines) if line]


def test_a_phone_shows_where_most_stand_and_hides_who_stands_alone() -> None:
    assert lines() == [
        "数据一览",
        "企业：1,234 家",
        "有了结果：320",
        "正在做：800",
        "打开过，还没开始：114",
        "正在做的，停在哪一项",
        "1. 网络建设：300",
        "3. 设备联网：120",
        "16. 产品设计*：50",
        "别的地方：330",
        "等级（每家最近一次）",
        "第 7 等：<5",
        "四级（协同级）：<5",
        "三级（集成级）：<5",
        "二级（规范级）：—",
        "一级（初始级）：40",
        "无等级：<5",
        "提醒",
        "排着 300 条，到点没发出 <5 条",
        "聊天窗口",
        "telegram：能收到 1,070，屏蔽了我们 30",
        "web：能收到 <5，屏蔽了我们 <5",
        "少于 5 的不显示；“—”是为了不让人倒推。",
    ]


def test_elsewhere_takes_along_who_could_be_found_by_subtraction() -> None:
    """Three are elsewhere: they are told with those at the item where fewest stand."""
    shown = lines(Stats(NOW, 93, 93, {"questions": 93}, {"q1": 80, "q2": 10, "q3": 3}))
    assert "1. 网络建设：80" in shown
    assert "别的地方：13" in shown
    assert not any(line.startswith(("2.", "3.")) for line in shown)


def test_a_total_that_is_kept_back_is_not_the_sum_of_what_follows() -> None:
    """Two have only been greeted: neither those under way nor the grades give away how many."""
    few_under_way = lines(Stats(NOW, 62, 20, {"welcome": 2}, {"q1": 20}, grades={1: 25, 2: 15}))
    assert "正在做：—" in few_under_way
    assert not any(line.startswith("别的地方") for line in few_under_way)
    few_finished = lines(Stats(NOW, 62, 50, {"welcome": 2}, {"q1": 50}, grades={1: 5, 2: 5}))
    assert "有了结果：—" in few_finished
    assert any(line.endswith("：—") and "级" in line for line in few_finished)


def test_only_so_many_items_are_named() -> None:
    funnel = {f"q{number}": 100 + number for number in range(1, 16)}
    shown = lines(Stats(NOW, 2000, 2000, {}, funnel))
    assert sum(line.split(".")[0].isdecimal() for line in shown) == 8
    assert any(line.startswith("15. ") for line in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_phone(language: str) -> None:
    shown = lines(language=language)
    assert max(map(columns, shown)) <= 72
    assert len(shown) <= 26


def test_before_anybody_came_there_is_not_much() -> None:
    assert "企业：<5 家" in lines(Stats(NOW))


def test_at_the_machine_everything_is_said() -> None:
    words = wording("en", "miit-2024", Medium.TYPING)
    said = {section.title: section.lines for section in everything(STATS, words)}
    assert said["As of 2025-03-01 08:30:00 UTC"][0] == "Firms: 1,234"
    assert said["By phase"] == ("greeting: 114", "questions: 650", "scenarios: 150", "result: 320", "future: 1")
    assert said["Where those under way stand"][-2:] == ("16. Product design*: 50", "gone: 2")
    assert said["Items answered by those under way"] == ("none yet: 10", "1 to 10: 8", "11 to 20: 5", "51 to 60: 1")
    assert said["Grades (the latest of each firm)"][-3:] == (
        "Level 2 (Standardised): 9",
        "Level 1 (Initial): 40",
        "No grade: 3",
    )
    assert said["Windows"] == (
        "telegram: 1,100, blocked us 30, want no reminders 4",
        "web: 3, blocked us 1, want no reminders 0",
    )
    assert said["Messages that wait"] == (
        "answers: 2",
        "reminders: 300, due and unsent 2, the first since 2025-03-01 08:30:00 UTC",
    )


# the command


@pytest.fixture
def stored(shuping: Shuping) -> Shuping:
    """A few people, one of them with a result; and two broadcasts."""

    async def fill() -> None:
        async with await open_store(shuping.database) as store:
            await store.apply("telegram:1", lambda _: Decision("d1", session_at("q3", answered=2), window=Window()))
            finished = session_at("q3", Phase.RESULT, 7, finished_at=NOW).but(id="s2")
            await store.apply("telegram:2", lambda _: Decision("d2", finished, finished=(assessment("a"),)))
            await store.apply("telegram:3", lambda _: Decision("d3", begun("x"), window=Window(blocked=True)))
            await store.apply("telegram:1", lambda _: Decision(outbox=(message("x", -1),)))
            orders: tuple[Order, ...] = (
                Draft("b1", "telegram", "你好", NOW),
                Confirm("b1", Audience.ALL, 1234, NOW),
                Stop(datetime(2025, 3, 2, tzinfo=UTC)),
            )
            for order in orders:
                await store.apply("telegram:\u202e9", lambda _, order=order: Decision(order=order))  # type: ignore[misc]

    asyncio.run(fill())
    return shuping


def test_numbers_as_json(stored: Shuping) -> None:
    done = stored("stats", "--format", "json", SHUPING_DATABASE_URL=stored.database)
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    assert datetime.fromisoformat(told.pop("at")).tzinfo is not None
    assert told == {
        "dossiers": 3,
        "unfinished": 1,
        "finished": 1,
        "phases": {"questions": 1, "result": 1, "welcome": 1},
        "funnel": {"q3": 1},
        "answered": {"2": 1},
        "grades": {"2": 1},
        "windows": {"telegram": {"all": 3, "blocked": 1, "silent": 0}},
        "outbox": {"answer": {"waiting": 1, "due": 1, "oldest": "2025-03-01T07:30:00+00:00"}},
        "aside": 0,
    }


def test_numbers_in_every_language(stored: Shuping) -> None:
    for language, word in (("zh-Hans", "企业：3 家"), ("en", "Firms: 3"), ("zh-Hant", "企業：3 家")):
        done = stored("stats", "--lang", language, "--database", stored.database)
        assert (done.status, done.err) == (0, "")
        assert f"  {word}\n" in done.out


def test_who_told_very_many_what_is_on_record(stored: Shuping) -> None:
    done = stored("stats", "--audit", "--lang", "en", "--database", stored.database)
    first, second = done.out.splitlines()[1:]
    assert first == (
        f"  2025-03-01 08:30:00 UTC  confirmed  everybody  1,234  SHA-256 {digest_of('你好')[:12]}…  telegram:\\u202e9"
    )
    assert "stopped  everybody  0" in second
    as_json = stored("stats", "--audit", "--format", "json", "--database", stored.database).out
    assert "\u202e" not in as_json
    records = json.loads(as_json)
    assert records[0] == {
        "at": "2025-03-01T08:30:00+00:00",
        "by": "telegram:\u202e9",
        "done": "confirmed",
        "broadcast": "b1",
        "sha256": digest_of("你好"),
        "audience": "all",
        "count": 1234,
    }
    assert "你好" not in done.out


def test_where_nothing_is_stored_nothing_is_made(shuping: Shuping) -> None:
    done = shuping("stats", "--database", shuping.database)
    assert (done.status, done.out) == (2, "")
    assert not (shuping.folder / "shuping.sqlite3").exists()


@pytest.mark.parametrize("given", ["x", "4,-5", "0", "1.5", "٣", "9" * 19, "@anna"])
def test_who_runs_this_is_named_by_numbers(shuping: Shuping, given: str) -> None:
    done = shuping("stats", SHUPING_ADMINS=given)
    assert done.status == 2
    assert "SHUPING_ADMINS" in done.err
