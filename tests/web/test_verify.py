"""Checking a paper: anybody may ask by its code, and is told what stands on it, and nothing else of anybody."""

import json
import logging
from datetime import timedelta

import httpx
import pytest

from bot.reports.seal import read_code
from storage.errors import StorageError, Trouble
from storage.issued import Issued
from tests.flows.driver import START
from tests.storage.support import opens
from tests.web.conftest import Web

CODE = "7K3M9-Q2W4E-R6T8Y"
UNKNOWN = "00000-00000-00000"
FACE = {
    "number": "20261130-7K3M9Q",
    "code": CODE,
    "firm": "东莞市𠮷<b>精密\u202e</b>厂",
    "credit_code": "91441900MA4UK2JE7X",
    "on": "2026-11-30",
    "edition": "《中小企业数字化水平评测指标（2024年版）》",
    "profile": "",
    "grade": "三级",
    "score": "68.50",
    "status": "临时结果",
    "language": "zh-Hans",
    "program": "1.2.3",
    "what_a_later_program_adds": 7,
}
ABUNDANT = 25
"""More than anybody mistypes."""


@pytest.fixture
async def known(web: Web) -> Web:
    """A page where one paper was handed out."""
    await web.store.apply("telegram:42", opens("dossier-1", name="别处的厂名"))
    await web.store.issue(
        "dossier-1", Issued(CODE, json.dumps(FACE, ensure_ascii=False), START, "session of dossier-1")
    )
    return web


async def get(web: Web, path: str, language: str = "zh-CN", **headers: str) -> httpx.Response:
    """A browser that was never here."""
    async with httpx.AsyncClient(base_url=web.url, headers={"accept-language": language, **headers}) as client:
        return await client.get(path)


async def post(web: Web, code: str) -> httpx.Response:
    """The form, from a browser that was never here."""
    async with httpx.AsyncClient(base_url=web.url, headers={"accept-language": "zh-CN"}) as client:
        return await client.post("/verify", data={"code": code})


async def test_a_paper_that_was_handed_out_shows_what_stands_on_its_face(known: Web) -> None:
    browser = await known.visitor()
    await browser.open(f"/verify/{CODE}")
    assert "请和手里的纸逐项对一下" in browser.text
    for told in (
        "20261130-7K3M9Q",
        CODE,
        "91441900MA4UK2JE7X",
        "2026-11-30",
        FACE["edition"],
        "三级",
        "68.50",
        "临时结果",
    ):
        assert str(told) in browser.text
    assert "计分办法" not in browser.text  # what is not on the paper is not on the page


async def test_nothing_else_of_the_firm_is_told(known: Web) -> None:
    text = (await get(known, f"/verify/{CODE}")).text
    for hidden in ("别处的厂名", "dossier-1", "telegram:42", "session of", "1.2.3", "what_a_later"):
        assert hidden not in text


async def test_a_name_is_never_markup_and_turns_no_line_around(known: Web) -> None:
    text = (await get(known, f"/verify/{CODE}")).text
    assert "东莞市𠮷&lt;b&gt;精密" in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "7k3m9 q2w4e r6t8y",
        "7K3M9Q2W4ER6T8Y",
        "  7K3M9–Q2W4E－R6T8Y\n",
        "７Ｋ３Ｍ９Ｑ２Ｗ４ＥＲ６Ｔ８Ｙ",
        f"https://shuping.example.org/verify/{CODE}",
    ],
)
async def test_a_code_is_understood_however_it_was_typed(known: Web, typed: str) -> None:
    assert "查到了" in (await post(known, typed)).text


async def test_the_form_works_without_script_and_keeps_the_code_out_of_the_address(known: Web) -> None:
    browser = await known.visitor()
    await browser.open("/verify")
    await browser.press("查验", code=CODE)
    assert "查到了" in browser.text
    assert CODE not in str(browser.answer.url)


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
async def test_every_language_says_what_it_can_mean_that_a_code_is_unknown(known: Web, language: str) -> None:
    text = (await get(known, f"/verify/{UNKNOWN}", language)).text
    assert UNKNOWN in text
    assert text.count("<li>") == 4


@pytest.mark.parametrize(
    "typed",
    ["", "7", f"{CODE}7", "20261130-7K3M9Q", "UUUUU-UUUUU-UUUUU", "校验码", "7" * 5000, "<b>", "%00", "..%2f.."],
)
async def test_what_is_no_code_is_told_how_one_looks(known: Web, typed: str) -> None:
    answer = await get(known, f"/verify/{typed}") if typed else await post(known, typed)
    assert answer.status_code == 200
    assert "7K3M9-Q2W4E-R6T8Y" in answer.text
    assert "这不像校验码" in answer.text


async def test_nobody_is_given_a_cookie_and_nothing_is_kept_on_the_way(known: Web) -> None:
    for path in ("/verify", f"/verify/{CODE}", f"/verify/{UNKNOWN}", "/verify/7"):
        answer = await get(known, path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_browser_with_an_assessment_of_its_own_is_told_no_more(known: Web) -> None:
    browser = await known.browser()
    await browser.open(f"/verify/{CODE}")
    assert (browser.page.forms[-1].fields, browser.has("删除")) == ({"code": ""}, False)


async def test_known_and_unknown_codes_are_answered_alike(known: Web) -> None:
    answers = [await get(known, f"/verify/{code}") for code in (CODE, UNKNOWN)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(sorted(name for name in answer.headers)) for answer in answers}) == 1


async def test_who_guesses_has_to_wait_and_who_has_papers_has_not(known: Web) -> None:
    for _ in range(3 * ABUNDANT):
        assert (await get(known, f"/verify/{CODE}")).status_code == 200
    tried = [(await get(known, f"/verify/{UNKNOWN[:-2]}{number:02}")).status_code for number in range(ABUNDANT)]
    assert tried == [200] * 20 + [429] * 5
    waits = await get(known, f"/verify/{CODE}")
    assert (waits.status_code, 0 < int(waits.headers["retry-after"]) <= 10) == (429, True)
    assert "set-cookie" not in waits.headers
    known.pass_time(timedelta(minutes=1))
    assert (await get(known, f"/verify/{CODE}")).status_code == 200


async def test_what_is_no_code_uses_up_no_tries(known: Web) -> None:
    for _ in range(2 * ABUNDANT):
        await post(known, "7")
    assert (await get(known, f"/verify/{UNKNOWN}")).status_code == 200


async def test_a_register_that_cannot_be_read_says_nothing_about_the_paper(
    known: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: str) -> Issued:
        raise StorageError(Trouble.UNREACHABLE, "here")

    monkeypatch.setattr(known.site.store, "issued", broken)
    answer = await get(known, f"/verify/{CODE}")
    assert answer.status_code == 503
    assert "这和报告是真是假没有关系" in answer.text
    assert CODE not in caplog.text


async def test_a_face_that_nobody_understands_is_no_word_about_the_paper(known: Web) -> None:
    other = "11111-11111-11111"
    await known.store.issue("dossier-1", Issued(other, '{"number": 7}', START, "s"))
    answer = await get(known, f"/verify/{other}")
    assert (answer.status_code, "现在查不了" in answer.text) == (503, True)


async def test_no_code_is_in_any_log(known: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for path in (f"/verify/{CODE}", f"/verify/{UNKNOWN}", "/verify/7K3M9-Q"):
        await get(known, path)
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    )
    assert "7K3M9" not in ours
    assert UNKNOWN not in ours


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7k3m9-q2w4e-r6t8y", CODE),
        ("OIL00-00000-00000", "01100-00000-00000"),
        ("o1lI0 00000 00000", "01110-00000-00000"),
        ("7K3M9-Q2W4E-R6T8", None),
        ("7K3M9-Q2W4E-R6T8U", None),
        ("7K3M9-Q2W4E-R6T8!", None),
        (" " * 500 + CODE, None),
        ("/verify/", None),
    ],
)
def test_what_is_taken_for_what_in_a_code(typed: str, read: str | None) -> None:
    assert read_code(typed) == read
