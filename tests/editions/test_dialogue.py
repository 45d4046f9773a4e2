"""Firms by several editions in one database, and in one chat: each goes on by its own, to the result and beyond."""

from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path

import pytest

from bot.delivery.rules import rules_of
from bot.dialogue.context import Fresh, Outside
from bot.settings import Settings
from bot.terminal.chat import TerminalTalk
from bot.terminal.painter import PlainPainter
from bot.words.wording import wording
from scoring.editions import load_rubric, use
from storage.store import Store
from tests.editions.support import OFFICE, OWN, WORKSHOP
from tests.storage.conftest import backend, path, store, url

__all__ = ["backend", "path", "store", "url"]

BUNDLED = "miit-2024"
WALKS = {
    WORKSHOP: ["C", "BC", "B", *["2"] * 3],
    OFFICE: ["BCD", "B"],
    BUNDLED: [*["A"] * 15, *["0"] * 16],
}
NUMBERS = count()


def fresh() -> Fresh:
    number = next(NUMBERS)
    return Fresh(f"s{number:031}", f"d{number:031}", f"{number:032}", f"{number:06}")


class Person:
    """Somebody at a terminal whose new assessments begin with an edition."""

    def __init__(self, store: Store, edition: str, name: str = "anna") -> None:
        self.out = StringIO()
        outside = Outside(lambda: datetime(2026, 3, 2, 8, tzinfo=UTC), fresh)
        rubric, painter = load_rubric(edition), PlainPainter(self.out)
        self.talk = TerminalTalk(store, name, "zh-Hans", rules_of(Settings()), rubric, painter, outside)

    async def says(self, *lines: str) -> str:
        """What is answered."""
        at = self.out.tell()
        for line in lines:
            await self.talk._give(self.talk._said(line))
        return self.out.getvalue()[at:]


@pytest.mark.parametrize("edition", WALKS)
async def test_a_walk_a_report_and_a_recheck_by_every_edition(
    store: Store, edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    anna = Person(store, edition)
    await anna.talk.begin(None, None)
    said = await anna.says("", "示例厂", "E", *WALKS[edition], "提交", "我承诺")
    assert "评测结果" in said
    session = (await store.state("terminal:anna")).session
    assert session
    assert session.rubric == edition
    assert {*session.record.choices, *session.record.levels} == set(load_rubric(edition).items)
    assert "--pdf" in await anna.says("报告", "")
    assert (tmp_path / "示例厂.pdf").read_bytes().startswith(b"%PDF")
    await anna.says("重新评", "1", "A", "我承诺")
    assert "1." in await anna.says("历史")
    assert len(await store.history((await store.state("terminal:anna")).dossier or "")) == 2


async def test_one_person_has_firms_by_three_editions(store: Store) -> None:
    """Each goes on by the edition that it was begun with, whatever new ones begin with."""
    for edition, answer in ((WORKSHOP, "C"), (OFFICE, "B"), (BUNDLED, "BC")):
        anna = Person(store, edition)
        await anna.talk.begin(None, None)
        await anna.says(*([""] if edition == WORKSHOP else ["/firms 新"]), f"{edition} 厂", "E", answer)
    listed = await anna.says("/firms")
    for number, edition in enumerate((WORKSHOP, OFFICE, BUNDLED), start=1):
        total = len(load_rubric(edition).items)
        assert f"{number}. {edition} 厂：已答 1/{total}" in listed
        said = await anna.says(f"/firms {number}")
        words = wording("zh-Hans", edition)
        assert words.ask(words.rubric.questions[1].id) in said
    sessions = [session for _, session in await store.shelf("terminal:anna")]
    assert [session.rubric for session in sessions] == [WORKSHOP, OFFICE, BUNDLED]


async def test_the_history_of_a_firm_that_changed_its_edition_says_what_can_be_compared(store: Store) -> None:
    anna = Person(store, OFFICE)
    await anna.talk.begin(None, None)
    await anna.says("", "示例厂", "E", *WALKS[OFFICE], "提交", "我承诺")
    use(OWN, WORKSHOP)
    later = Person(store, WORKSHOP)
    await later.talk.begin(None, None)
    await later.says("重新开始", "开始新的", "示例厂", "E", *WALKS[WORKSHOP], "提交", "我承诺")
    assert (await store.state("terminal:anna")).session
    assert "不能直接比高低" in await later.says("历史")
    assert "不逐项比较" in await later.says("比较 1 2")
