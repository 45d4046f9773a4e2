"""Files on any channel: made when their turn comes, sent beside the conversation, the card below them."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.delivery.channel import Later, Refused
from bot.reports.pool import Crowded
from locales import catalogue
from storage.store import Decision, State
from tests.delivery.places import Person, Seen
from tests.delivery.site import Site, until
from tests.flows.scenes import scene
from tests.flows.test_retention import kept
from tests.reports.firms import UNKNOWN

TEXT = catalogue("zh-Hans")


def files(person: Person) -> list[Seen]:
    """Those that are before somebody."""
    return [one for one in person.seen if one.file]


class Pool:
    """Makes no report, and says why."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def render(self, *_: object) -> bytes:
        raise self._error

    async def close(self) -> None:
        pass


async def test_all_that_is_stored_comes_as_a_file_and_the_card_below_it(site: Site) -> None:
    ann = await site.person()
    await site.does(ann, "/mydata")
    file, card = ann.seen[-2:]
    assert json.loads(file.file)["window"] == ann.window
    assert TEXT("mydata") in file.text
    assert ann.cards == [card]
    assert await site.is_right(ann)


async def test_it_is_made_when_it_is_sent_and_once_however_often_it_is_asked_for(site: Site) -> None:
    ann = await site.person()
    ann.plan(*[Later(9.0)] * 5)
    for _ in range(5):
        await site.does(ann, "/mydata")
    await site.does(ann, "B")
    assert sorted(await site.waits(ann)) == ["file", "reminder"]
    await site.passes(seconds=9)
    (file,) = files(ann)
    assert json.loads(file.file)["dossiers"][0]["log"], "it was answered while the file waited"


async def test_a_file_that_waits_holds_up_no_card(site: Site) -> None:
    ann = await site.person()
    ann.plan(Later(9.0))
    await site.does(ann, "/mydata")
    assert "第 2 项" in (await site.does(ann, "B")).text
    assert files(ann) == []


async def test_a_file_that_is_refused_is_apologised_for_above_the_card(site: Site) -> None:
    ann = await site.person()
    ann.plan(Refused())
    await site.does(ann, "/mydata")
    apology, card = ann.seen[-2:]
    assert apology.text == TEXT("report.refused")
    assert ann.cards == [card]
    assert await site.waits(ann) == ["reminder"]
    await site.does(ann, "/mydata")
    assert len(files(ann)) == 1


@pytest.mark.parametrize(
    ("error", "said"), [(Crowded(), "report.crowded"), (RuntimeError("no font"), "report.failed")], ids=str
)
async def test_a_report_that_cannot_be_made_is_apologised_for(site: Site, error: Exception, said: str) -> None:
    ann = await site.person()
    site.process.reports._pool = Pool(error)  # type: ignore[assignment]
    await site.does(ann, "B", "/result", "/firminfo", "就这样")
    await site.does(ann, "报告")
    apology, card = ann.seen[-2:]
    assert apology.text == TEXT(said)
    assert ann.cards == [card]


async def test_who_is_fourth_hears_of_the_queue_and_all_are_served(site: Site) -> None:
    crowd = [await site.person() for _ in range(5)]
    for person in crowd:
        person.plan(*[0.05] * 3)
    for person in crowd:
        await person.say("/mydata")
    await site.rest()
    told = [any("份报告" in text for text in person.texts) for person in crowd]
    assert sum(told) == 2
    assert [len(files(person)) for person in crowd] == [1] * 5


async def test_who_has_deleted_everything_meanwhile_gets_no_file(site: Site) -> None:
    ann = await site.person()
    ann.plan(Later(9.0))
    await site.does(ann, "/mydata")
    await site.does(ann, "/delete")
    await site.presses(ann, TEXT("button.choice.delete"))
    await site.passes(seconds=9)
    assert files(ann) == []
    assert TEXT("delete.receipt", at="x").partition("（")[0] in ann.texts[-1]
    assert await site.store.waiting(ann.window) == []


async def test_a_file_is_sent_once_by_two_workers(site: Site) -> None:
    ann, second = await site.person(), await site.start()
    ann.plan(0.1)
    tries = ann.tries
    await ann.say("/mydata")
    await until(lambda: ann.tries > tries)
    await second.look()
    await site.rest()
    assert len(files(ann)) == 1
    assert await site.is_right(ann)


@pytest.mark.parametrize(("word", "magic"), [("报告", b"%PDF-"), ("图片", b"\x89PNG"), ("表格", b"PK")])
async def test_a_report_is_made_and_sent(site: Site, word: str, magic: bytes) -> None:
    ann = await site.person()
    await site.does(ann, "B", "/result", "/firminfo", "就这样")
    await ann.say(word)
    await until(lambda: files(ann), within=30)
    await site.rest()
    assert files(ann)[0].file.startswith(magic)
    assert await site.is_right(ann)


@pytest.mark.parametrize(("word", "told"), [("报告", True), ("图片", True), ("表格", False)])
async def test_who_wants_a_paper_hears_before_it_comes_what_it_cannot_show(site: Site, word: str, told: bool) -> None:
    ann = await site.person()
    session = scene("result").but(id=(await site.session(ann)).id, language="zh-Hans")
    firm = session.firm.model_copy(update={"name": f"堃龘𠮷{UNKNOWN}厂"})
    await site.store.apply(ann.window, lambda _: Decision(session=session.but(firm=firm, identified=True)))
    seen = len(ann.seen)
    await ann.say(word)
    await until(lambda: files(ann), within=30)
    await site.rest()
    ahead = [one.text for one in ann.seen[seen : ann.seen.index(files(ann)[0])]]
    assert [TEXT("report.lacking", signs=UNKNOWN) in text for text in ahead] == [True] * told
    assert await site.is_right(ann)


async def finished(site: Site) -> Person:
    """Somebody who is at a final result, and has been asked what papers tell of the firm."""
    ann = await site.person()
    past = scene("result").but(id=(await site.session(ann)).id, language="zh-Hans", identified=True)
    await site.store.apply(ann.window, lambda _: Decision(session=past, finished=(kept(past),)))
    return ann


async def test_a_pack_is_of_what_is_final(site: Site) -> None:
    ann = await finished(site)
    await ann.say("验收材料包")
    await until(lambda: files(ann), within=30)
    await site.rest()
    with ZipFile(BytesIO(files(ann)[0].file)) as pack:
        assert "02 评测报告.pdf" in pack.namelist()
        assert pack.testzip() is None
    assert await site.is_right(ann)


async def test_a_pack_of_a_past_result_is_had_from_the_history(site: Site) -> None:
    ann = await finished(site)
    await site.does(ann, "/history")
    await site.presses(ann, TEXT("button.past", number=1))
    await site.presses(ann, TEXT("button.zip"))
    await until(lambda: files(ann), within=30)
    assert files(ann)[0].file.startswith(b"PK")


async def test_who_has_finished_nothing_is_told_what_a_pack_needs(site: Site) -> None:
    ann = await site.person()
    await site.does(ann, "B", "/result")
    assert TEXT("button.pdf") in ann.cards[-1].buttons
    assert TEXT("button.zip") not in ann.cards[-1].buttons
    await site.does(ann, "验收材料包")
    apology, card = ann.seen[-2:]
    assert apology.text == TEXT("report.trouble.not_final")
    assert ann.cards == [card]


@pytest.mark.parametrize(("word", "past"), [("picture", False), ("picture", True), ("report", False)])
async def test_a_file_is_in_the_language_that_its_reader_chose(site: Site, word: str, past: bool) -> None:
    """Another window of the dossier may have chosen another one since."""
    ann, text = await site.person(), catalogue("en")
    session = scene("result").but(id=(await site.session(ann)).id, language="zh-Hans", identified=True)

    def changed(state: State) -> Decision:
        assert state.window
        window = state.window.model_copy(update={"language": "en"})
        return Decision(session=session, window=window, finished=(kept(session),) if past else ())

    await site.store.apply(ann.window, changed)
    if past:
        await site.does(ann, "/history")
        await site.presses(ann, text("button.past", number=1))
        await site.presses(ann, text("button.png"))
    else:
        await ann.say(word)
    await until(lambda: files(ann), within=30)
    await site.rest()
    told = "self-assessed digitalisation level" if word == "picture" else text("report.caption.pdf")
    assert told in files(ann)[0].text


async def test_a_past_result_is_looked_at_and_reported_from_the_history(site: Site) -> None:
    ann = await finished(site)
    past = await site.session(ann)
    await site.does(ann, "/history")
    await site.presses(ann, TEXT("button.past", number=1))
    assert TEXT("hint.tapping.past", number=1) in ann.cards[-1].text
    await site.presses(ann, TEXT("button.png"))
    await until(lambda: files(ann), within=30)
    await site.rest()
    assert files(ann)[0].file.startswith(b"\x89PNG")
    assert (await site.session(ann)).record == past.record
    assert await site.is_right(ann)
