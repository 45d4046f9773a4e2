"""No paper leaves the house before its code is known: from every place where papers are made."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest
from typing_extensions import override

from bot.delivery.reports import Reports
from bot.dialogue.messages import Typed
from bot.dialogue.pages import FilePage, Page
from bot.dialogue.replies import File
from bot.reports.embedding import carried
from bot.reports.face import Face
from bot.reports.paper import Paper, record_of
from bot.reports.seal import seal
from bot.reports.signing import Issuer
from bot.reports.sources import finished_session
from bot.reports.verdict import Keys
from bot.reports.verify import verify
from bot.terminal.chat import TerminalTalk
from bot.terminal.painter import PlainPainter
from bot.words.wording import Medium
from flows.session import Assessment, Firm
from scoring.editions import load_rubric
from storage.errors import StorageError, Trouble
from storage.issued import Issued
from storage.memory import MemoryStore
from storage.opening import open_store
from storage.outbox import Queued
from storage.store import Store
from tests.bot.inside import Inside
from tests.delivery.site import RULES
from tests.reports.firms import of_grade
from tests.reports.keys import OPERATOR
from tests.storage.support import decides

RUBRIC = load_rubric("miit-2024")
WINDOW, DOSSIER = "terminal:anna", "d1"
BEFORE, AFTER = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ISSUER = Issuer("https://shuping.example.org", OPERATOR)
FIRM = "某某五金制品有限公司"


def finished(name: str, grade: int, at: datetime, previous: str | None = None) -> Assessment:
    """A finished assessment of that grade."""
    return Assessment(
        id=name,
        rubric=RUBRIC.id,
        firm=Firm(name=FIRM),
        record=record_of(of_grade(grade)),
        score="1",
        grade=grade,
        previous=previous,
        started_at=at,
        finished_at=at,
    )


async def settle(store: Store) -> None:
    """A firm that was assessed before its upgrade and after it."""
    before, after = finished("before", 1, BEFORE), finished("after", 3, AFTER, "before")
    session = finished_session(after, "zh-Hans").but(identified=True)
    await store.apply(WINDOW, decides(dossier=DOSSIER, session=session, finished=(before, after)))


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with await open_store(store_url) as store:
        await settle(store)
        yield store


@pytest.fixture
async def reports(store: Store) -> AsyncIterator[Reports]:
    made = Reports(store, replace(RULES, issuer=ISSUER))
    yield made
    await made.close()


async def made(reports: Reports, wanted: str, past: str = "", now: datetime = NOW) -> Page | None:
    return await reports.at_once(WINDOW, DOSSIER, File(wanted, past), Medium.PAGE, now)


def codes(content: bytes) -> set[str]:
    """Of the papers in a file, as anybody works them out who has it."""
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as archive:
            return {code for name in archive.namelist() for code in codes(archive.read(name))}
    return {seal(Paper.model_validate_json(one.canonical), one.signature.hex()).code for one in carried(content)}


async def noted(store: Store) -> set[str]:
    return {issued.code for issued in await store.papers(DOSSIER)}


async def test_the_code_of_a_paper_is_known_once_somebody_has_it(reports: Reports, store: Store) -> None:
    page = await made(reports, "pdf")
    assert isinstance(page, FilePage)
    (code,) = codes(page.content)
    issued = await store.issued(code)
    assert issued
    assert (issued.at, issued.session) == (NOW, "after")
    face = Face.model_validate_json(issued.face)
    assert (face.firm, face.code, face.language, f"{face.on}") == (FIRM, code, "zh-Hans", "2026-11-20")


@pytest.mark.parametrize("kind", ["pdf", "zip"])
async def test_what_is_told_of_the_firm_later_makes_a_new_paper_beside_the_old_one(
    reports: Reports, store: Store, kind: str
) -> None:
    """The credit code was forgotten: the number stays, the check code is another, and both papers are genuine."""
    old = await made(reports, kind)
    told = Firm(name="另一个名字", credit_code="91330200144153290E", region="宁波")
    last = finished_session(finished("after", 3, AFTER, "before"), "zh-Hans")
    await store.apply(WINDOW, decides(dossier=DOSSIER, session=last.but(firm=last.firm.completed(told))))
    new = await made(reports, kind)
    assert isinstance(old, FilePage)
    assert isinstance(new, FilePage)
    assert codes(old.content).isdisjoint(codes(new.content))
    assert await noted(store) == codes(old.content) | codes(new.content)
    keys = Keys(OPERATOR.public_key())
    assert all(verify(page.content, keys).genuine(keys) for page in (old, new))
    faces = [Face.model_validate_json(one.face) for one in await store.papers(DOSSIER)]
    assert {face.firm for face in faces} == {FIRM}
    assert {face.credit_code for face in faces} == {"", "91330200144153290E"}
    assert len({face.number for face in faces}) == (2 if kind == "zip" else 1)


async def test_a_workbook_is_the_same_paper_in_another_form(reports: Reports, store: Store) -> None:
    assert isinstance(await made(reports, "xlsx"), FilePage)
    document = await made(reports, "pdf")
    assert isinstance(document, FilePage)
    assert await noted(store) == codes(document.content)


async def test_a_picture_carries_no_code_and_is_not_noted(reports: Reports, store: Store) -> None:
    assert isinstance(await made(reports, "png"), FilePage)
    assert await noted(store) == set()


async def test_both_papers_of_a_pack_are_known_each_of_its_own_assessment(reports: Reports, store: Store) -> None:
    page = await made(reports, "zip")
    assert isinstance(page, FilePage)
    papers = await store.papers(DOSSIER)
    assert sorted(issued.session for issued in papers) == ["after", "before"]
    assert codes(page.content) == {issued.code for issued in papers}


async def test_the_same_paper_once_more_stays_as_it_was_noted_first(reports: Reports, store: Store) -> None:
    for later in range(2):
        await made(reports, "pdf", now=NOW + timedelta(days=later))
    (issued,) = await store.papers(DOSSIER)
    assert issued.at == NOW


async def test_an_earlier_assessment_from_the_history_is_noted_as_that(reports: Reports, store: Store) -> None:
    assert isinstance(await made(reports, "pdf", past="2"), FilePage)
    assert [issued.session for issued in await store.papers(DOSSIER)] == ["before"]


class Broken(MemoryStore):
    """A register that cannot be written, some times."""

    times = 1

    @override
    async def issue(self, dossier: str, issued: Issued) -> bool:
        if self.times:
            self.times -= 1
            raise StorageError(Trouble.FULL, "here")
        return await super().issue(dossier, issued)


@pytest.fixture
async def broken() -> Broken:
    store = Broken()
    await settle(store)
    return store


async def test_without_the_register_nobody_is_given_a_paper(broken: Broken) -> None:
    reports = Reports(broken, RULES)
    with pytest.raises(StorageError):
        await made(reports, "pdf")
    assert isinstance(await made(reports, "pdf"), FilePage), "the next try is as good as the first"
    await reports.close()


async def test_whoever_waits_on_a_chat_gets_it_as_soon_as_it_can_be_noted(broken: Broken) -> None:
    reports = Reports(broken, RULES)
    queued = Queued(1, WINDOW, DOSSIER, "file.pdf", "", NOW)

    async def tell(_: Page) -> None:
        raise AssertionError("nobody is ahead")

    async with reports.made(queued, File("pdf"), Medium.TAPPING, NOW, tell) as page:
        assert isinstance(page, FilePage)
        assert codes(page.content) == await noted(broken)
    await reports.close()


class Deleted(MemoryStore):
    """Where somebody deletes their dossier while a paper of it is made."""

    @override
    async def issue(self, dossier: str, issued: Issued) -> bool:
        await self.forget(WINDOW)
        return await super().issue(dossier, issued)


async def test_what_was_deleted_meanwhile_is_handed_out_no_more() -> None:
    store = Deleted()
    await settle(store)
    reports = Reports(store, RULES)
    assert await made(reports, "pdf") is None
    await reports.close()


# the terminal, and the command line


@pytest.mark.parametrize("wanted", ["pdf", "zip"])
async def test_what_the_terminal_writes_is_noted_first(tmp_path: Path, wanted: str) -> None:
    async with MemoryStore() as store:
        await settle(store)
        talk = TerminalTalk(
            store, "anna", "zh-Hans", RULES, RUBRIC, PlainPainter(io.StringIO()), folder=tmp_path, database="x"
        )
        await talk.begin(None, None)
        await talk._give(Typed({"pdf": "报告", "zip": "验收材料包"}[wanted]))
        (content,) = await asyncio.to_thread(lambda: [file.read_bytes() for file in tmp_path.iterdir()])
        assert codes(content) == await noted(store)


@pytest.fixture
def stored(tmp_path: Path) -> str:
    """The URL of a database with that firm in it."""
    url = f"sqlite:///{tmp_path / 'shuping.db'}"

    async def fill() -> None:
        async with await open_store(url) as store:
            await settle(store)

    asyncio.run(fill())
    return url


def known(url: str) -> set[str]:
    async def look() -> set[str]:
        async with await open_store(url) as store:
            return await noted(store)

    return asyncio.run(look())


def test_reports_of_a_stored_assessment_are_noted_and_pictures_are_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stored: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run = Inside(monkeypatch)
    assert run("report", "--session", "anna", "--database", stored, "--png", "a.png").status == 0
    assert known(stored) == set()
    files = ["--pdf", "a.pdf", "--xlsx", "a.xlsx", "--zip", "a.zip"]
    assert run("report", "--session", "anna", "--database", stored, *files).status == 0
    written = set.union(*(codes(Path(name).read_bytes()) for name in ("a.pdf", "a.xlsx", "a.zip")))
    assert (known(stored), len(written)) == (written, 2)


def test_a_paper_of_a_file_of_answers_names_no_page_since_no_register_knows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHUPING_WEB_URL", "https://shuping.example.org")
    Path("answers.json").write_text(json.dumps({"rubric": RUBRIC.id, "answers": {"q1": ["A"]}, "scenarios": {}}))
    assert Inside(monkeypatch)("report", "answers.json", "--pdf", "a.pdf").status == 0
    (one,) = carried(Path("a.pdf").read_bytes())
    assert Paper.model_validate_json(one.canonical).address == ""
