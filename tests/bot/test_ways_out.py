"""Whatever was typed or stands in a file: on its way out it commands no terminal, hides nothing, and forges no line."""

import errno
import json
import os
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.dialogue.pages import card_page
from bot.dialogue.replies import Card
from bot.screens import Choice, Screen, screen_of
from bot.settings.wrong import Wrong
from bot.telegram.render import card_message, sections_text
from bot.terminal.painter import Painter, PlainPainter, RichPainter
from bot.words.complaints import REASONS, complaint, reason
from bot.words.sections import Section
from bot.words.wording import wording
from flows.cards import card_of
from flows.text import inert_lines
from locales import LANGUAGES, catalogue
from tests.bot.inside import Inside, fault
from tests.bot.support import sessions
from tests.bot.test_score import TEXT
from tests.flows.driver import RUBRIC

HOSTILE = "某\x1b[2J\x9b31m\u202e厂\u200b\u2066\ud800\r\x07"
HARMLESS = "某\\x1b[2J\\x9b31m\\u202e厂\\u200b\\u2066\\ud800\\x0d\\x07"
WORDS = wording("zh-Hans", "miit-2024")
EVERY = pytest.mark.parametrize("language", LANGUAGES)


def assert_inert(text: str) -> None:
    assert inert_lines(text) == text


# screens


def painters() -> list[tuple[Painter, StringIO]]:
    outs = [StringIO(), StringIO()]
    return [(PlainPainter(outs[0]), outs[0]), (RichPainter(Console(file=outs[1], width=100)), outs[1])]


@pytest.mark.parametrize("which", [0, 1], ids=["plain", "rich"])
def test_a_terminal_is_commanded_by_nobody_but_us(which: int) -> None:
    painter, out = painters()[which]
    screen = Screen(HOSTILE, header=HOSTILE, body=(HOSTILE,), hint=HOSTILE, choices=(Choice("A", HOSTILE, None),))  # type: ignore[arg-type]
    painter.screen(screen, WORDS, None)
    painter.sections([Section(HOSTILE, (HOSTILE, f"  {HOSTILE}"))])
    painter.note(HOSTILE)
    painter.warn(HOSTILE)
    assert_inert(out.getvalue())
    assert out.getvalue().replace("\n", "").count("\\x1b[2J") == 10


def test_no_message_on_telegram_hides_or_turns_anything() -> None:
    session = sessions()["q5"]
    page = card_page(session, WORDS, Card((HOSTILE,)))
    payload = card_message(replace(page, screen=Screen(HOSTILE, body=(HOSTILE, "<b>"))))
    assert_inert(payload["text"])
    assert "&lt;b&gt;" in payload["text"]
    assert_inert(sections_text([Section(HOSTILE, (HOSTILE,))]))


@EVERY
def test_a_name_stored_by_an_older_version_is_shown_harmless(language: str) -> None:
    """On every card that names the firm, on both channels, and in texts beside cards."""
    words = wording(language, "miit-2024")
    for name in ("name", "commitment", "result", "provisional"):
        session = sessions()[name]
        session = session.but(firm=session.firm.model_copy(update={"name": HOSTILE}), language=language)
        assert_inert(json.dumps(card_message(card_page(session, words, Card())), ensure_ascii=False))
        for painter, out in painters():
            painter.screen(screen_of(card_of(RUBRIC, session), words), words, None)
            assert_inert(out.getvalue())


# errors


@EVERY
def test_every_reason_of_the_system_is_told_in_the_persons_language(language: str) -> None:
    text = catalogue(language)
    for number in errno.errorcode:
        told = complaint(OSError(number, os.strerror(number), f"/x/{HOSTILE}\nshuping: fine"), language)
        assert told
        assert os.strerror(number) not in told or (language, number) == ("en", errno.EACCES)
        assert inert_lines(told) == told
        assert "\n" not in told
        assert complaint(OSError(number, os.strerror(number)), language)
    assert set(REASONS) <= set(errno.errorcode)
    assert reason(OSError("no number"), text) == text("system.other", number="?")


@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("REMIND_AFTER", "soon", Wrong.TIMES),
        ("REMIND_AFTER", "9" * 500 + "d", Wrong.TIMES),
        ("REMIND_AFTER", "999999999d", Wrong.TIMES),
        ("REMIND_WINDOW", "morning", Wrong.WINDOW),
        ("REMIND_WINDOW", "25:00-26:00", Wrong.WINDOW),
        ("REMIND_WINDOW", "20:00-09:00", Wrong.WINDOW_ORDER),
        ("TIMEZONE", "../../etc/passwd", Wrong.ZONE),
        ("WEBHOOK_LISTEN", "nowhere", Wrong.ADDRESS),
        ("WEBHOOK_LISTEN", ":" * 1000, Wrong.ADDRESS),
        ("WEBHOOK_SECRET", "汉字", Wrong.SECRET),
        ("LOG_LEVEL", "loud", Wrong.CHOICE),
        ("TELEGRAM_RATE", "fast", Wrong.NUMBER),
        ("TELEGRAM_RATE", "-1", Wrong.NUMBER),
        ("WEBHOOK_URL", "nowhere", Wrong.URL),
        ("TELEGRAM_API_URL", "ftp://example.com", Wrong.URL),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_in_the_persons_language(
    run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, kind: Wrong
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"SHUPING_{variable}", value)
    expected: dict[str, Any] = {"expected": "DEBUG, INFO, WARNING, ERROR"} if kind is Wrong.CHOICE else {}
    ran = run("chat", "--database", "memory:")
    fault(ran, f"SHUPING_{variable}", WORDS.text(f"setting.{kind.value}", **expected))
    assert len(ran.err) < 500


def test_a_setting_commands_no_terminal(run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHUPING_LOG_LEVEL", HOSTILE.replace("\ud800", "") + "\nshuping: fine")
    ran = run("chat", "--database", "memory:")
    fault(ran, "\\x1b[2J", "\\x0ashuping: fine")
    assert_inert(ran.err)


@pytest.mark.parametrize(
    ("arguments", "told", "said"),
    [
        (("data",), "还缺", "is missing"),
        (("fly",), "可选 'chat'", "there are 'chat'"),
        (
            ("chat", "--lang", "fr"),
            "--lang 不能写 'fr'，可选 'zh-Hans', 'en'",
            "--lang cannot be 'fr'; there are 'zh-Hans', 'en'",
        ),
        (("chat", "--as"), "--as 后面要跟一个值", "--as needs a value"),
        (("compare", "a"), "还缺 AFTER", "AFTER is missing"),
        (("score", "--nonsense"), "不认识 --nonsense", "--nonsense is not known"),
        (
            ("report", "--p=a"),
            "--p=a 不够明确，可能是 --pdf, --png, --profile",
            "--p=a may mean --pdf, --png, --profile",
        ),
        (("report", "--force=1"), "--force 后面不用跟值", "--force takes no value"),
    ],
)
def test_a_wrong_command_line_is_told_in_the_persons_language(
    run: Inside, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str, said: str
) -> None:
    assert told in run(*arguments).err.replace("BEFORE, ", "")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert said in run(*arguments).err


@pytest.mark.parametrize("arguments", [("score", f"--{HOSTILE}"), (HOSTILE * 1000,), ("chat", "--lang", HOSTILE)])
def test_a_wrong_argument_commands_no_terminal(run: Inside, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    fault(ran, "命令写得不对")
    assert_inert(ran.err)
    assert len(ran.err) < 3000


# comparisons


@pytest.fixture
def printed(run: Inside, tmp_path: Path) -> Any:
    (tmp_path / "answers").write_text(TEXT, encoding="utf-8")
    return run("score", given=TEXT).json


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    ("change", "part"),
    [
        ('{"score": {"exact": 1e999999999, "dimensions": {}}}', "score.exact"),
        ('{"score": {"exact": "1e999999999", "dimensions": {}}}', "score.exact"),
        ('{"score": {"exact": "' + "9" * 900_000 + '", "dimensions": {}}}', "score.exact"),
        ('{"score": {"exact": "1/000", "dimensions": {}}}', "score.exact"),
        ('{"score": {"exact": NaN, "dimensions": {}}}', "score.exact"),
        ('{"score": {"exact": "5", "dimensions": {"foundation": "0e-99999999"}}}', "score.dimensions.foundation"),
        ('{"score": {"exact": "5", "exact": "6", "dimensions": {}}}', "score.exact"),
        ('{"grade": 1e99999999999999999999}', "grade"),
        ('{"grade": "' + "9" * 4000 + '"}', "grade"),
        ('{"grade": -1}', "grade"),
        ('{"scenarios": {"levels": {"marketing": 5}}}', "scenarios.levels.marketing"),
        ('{"profile": "\\u001b[2J\\u202e"}', "\\x1b[2J\\u202e"),
        ('{"profile": "\\ud800"}', "profile"),
        ('{"rubric": "\\ud800"}', "rubric"),
        ('{"\\ud800": 1, "score": 5}', "score"),
        ('{"questions": {"q5": {"points": "5", "option": "\\u202e"}}}', "questions.q5.option"),
        ('{"questions": {"\\ud800": {"points": "x"}}}', "questions"),
    ],
)
def test_a_hostile_result_is_a_sentence(
    run: Inside, tmp_path: Path, printed: Any, form: str, change: str, part: str
) -> None:
    changed = json.loads(change, object_pairs_hook=list, parse_float=str, parse_constant=str)
    rest = {key: value for key, value in printed.items() if key not in dict(changed)}
    (tmp_path / "result").write_text(f"{json.dumps(rest)[:-1]}, {change[1:]}", encoding="utf-8")
    ran = run("compare", str(tmp_path / "answers"), str(tmp_path / "result"), "--format", form)
    fault(ran, part)
    assert len(ran.err) < 2000
    assert_inert(ran.err)


def test_names_that_a_rubric_does_not_have_are_not_compared(run: Inside, tmp_path: Path, printed: Any) -> None:
    """Neither of dimensions nor of items: what is printed is ours."""
    strange = {"\u202e": "1"}
    printed["score"]["dimensions"] |= strange
    printed["scenarios"]["levels"] |= {"\u202e": 99}
    printed["questions"] |= {"\u202e": {"points": "1", "option": "\u202e"}}
    (tmp_path / "result").write_text(json.dumps(printed), encoding="utf-8")
    ran = run("compare", str(tmp_path / "result"), str(tmp_path / "result"))
    assert (ran.status, "\u202e" in ran.out) == (0, False)


@pytest.mark.parametrize("command", ["score", "compare", "report"])
def test_a_file_without_end_is_not_read_to_the_end(run: Inside, tmp_path: Path, command: str) -> None:
    (tmp_path / "a.json").write_bytes(b" " * 5 + b'{"a": "' + b"x" * (40 << 20))
    more = {"score": [], "compare": [str(tmp_path / "a.json")], "report": ["--pdf", str(tmp_path / "a.pdf")]}
    fault(run(command, str(tmp_path / "a.json"), *more[command]), "1 MiB")
