"""Mails: which addresses there are, what a letter looks like, and what becomes of it at a real server."""

import logging
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.channel import Delivered, Gone, Later, Outcome, Refused
from bot.settings.smtp import Smtp, smtp_of
from bot.web import mail
from bot.web.mail import Letter, Mailer, message_of, read_address
from tests.web.post import HANG, PASSWORD, SENDER, USER, Post, post_office

NOW = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
LETTER = Letter(
    to="anna@example.com",
    name="数评",
    subject="评测还没做完，接着做吗？",
    paragraphs=("还剩 12 项，大约 6 分钟。", "<b>示例</b>机械 & 设备"),
    link="接着做",
    url="https://shuping.example/a/0123456789abcdef0123456789abcdef",
    small=("您在网页上留了这个邮箱。",),
    id="0123456789abcdef",
    stop=("不再收邮件", "https://shuping.example/u/x.y"),
)

# addresses


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@example.com", "anna@example.com"),
        ("  Anna.Li+x@Example.COM\n", "Anna.Li+x@example.com"),
        ("12345678@qq.com", "12345678@qq.com"),
        ("ａｎｎａ＠ｑｑ．ｃｏｍ", "anna@qq.com"),
        ("anna@qq。com", "anna@qq.com"),
        ("anna@例子.中国", "anna@xn--fsqu00a.xn--fiqs8s"),
        ("o'neil_{x}@mail.example.co.uk", "o'neil_{x}@mail.example.co.uk"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_an_address_is_read_as_it_is_meant(typed: str, address: str) -> None:
    assert read_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "\ud800@example.com", "anna@\ud800.com", f"a@{'b.' * 126}com", "x" * 100_000,
        "anna", "anna@", "@example.com", "anna@example", "anna@localhost", "anna@127.0.0.1", "anna@[127.0.0.1]",
        "anna li@example.com", "anna@exa mple.com", "anna@@example.com", "a@b@example.com",
        "anna@example.com,bob@example.com", "anna@example.com;bob@example.com", "anna@example.com bob@example.com",
        "anna@example.com，bob@example.com", "team: anna@example.com;", "Anna <anna@example.com>", "<anna@example.com>",
        "anna@example.com\r\nBcc: bob@example.com", "anna\r\n@example.com", "anna@example.com\0", "anna\t@example.com",
        '"anna li"@example.com', "李@example.com", ".anna@example.com", "anna.@example.com", "a..b@example.com",
        "anna@-example.com", "anna@example-.com", "anna@example..com", "anna@.com", "anna@exam_ple.com",
        f"{'a' * 65}@example.com", f"a@{'b' * 64}.com",
        "mailto:anna@example.com?bcc=bob", "anna@example.com%0abcc:bob@example.com",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_none(typed: str) -> None:
    assert read_address(typed) is None


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[^\s@]{1,10}@[^\s@]{1,10}\.[a-z]{2,5}.{0,5}", fullmatch=True))
def test_whatever_is_read_is_one_address_that_fits_into_a_header(typed: str) -> None:
    address = read_address(typed)
    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        assert not set(address) & set(' ,;:<>()[]"\\')
        assert len(address) <= 254
        assert read_address(address) == address
        assert message_of(replace(LETTER, to=address), SENDER, NOW)["To"].addresses[0].addr_spec == address


# servers


def login(user: str, password: str) -> dict[str, str]:
    return {"user": user, "password": password}


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("smtp://mail.example.cn", Smtp("mail.example.cn", 587, tls=False, start_tls=True)),
        (
            "smtp://u:p@mail.example.cn:25",
            Smtp("mail.example.cn", 25, tls=False, start_tls=True, **login("u", "p")),
        ),
        ("smtps://mail.example.cn", Smtp("mail.example.cn", 465, tls=True, start_tls=False)),
        ("smtp://localhost:25", Smtp("localhost", 25, tls=False, start_tls=False)),
        ("smtp://127.0.0.2", Smtp("127.0.0.2", 587, tls=False, start_tls=False)),
        ("smtp://[::1]:25", Smtp("::1", 25, tls=False, start_tls=False)),
        ("smtp://10.0.0.1", Smtp("10.0.0.1", 587, tls=False, start_tls=True)),
        ("smtp://localhost.example.cn", Smtp("localhost.example.cn", 587, tls=False, start_tls=True)),
        ("smtp://a%40b.cn:p%2Fw%3A@h.cn", Smtp("h.cn", 587, tls=False, start_tls=True, **login("a@b.cn", "p/w:"))),
    ],
)
def test_a_server_is_read_and_encrypts_unless_it_is_here(url: str, smtp: Smtp) -> None:
    assert smtp_of(url) == smtp


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.cn",
        "http://mail.example.cn",
        "smtp://",
        "smtp://h:x",
        "smtp://h:99999",
        "smtp://h/x",
        "smtp://h?tls=no",
    ],
)
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        smtp_of(url)


def test_a_server_does_not_tell_its_password() -> None:
    assert "geheim" not in repr(smtp_of("smtp://u:geheim@mail.example.cn"))


# letters


def written(letter: Letter = LETTER) -> EmailMessage:
    """A letter as it arrives."""
    read = message_from_bytes(message_of(letter, SENDER, NOW).as_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage, kind: str) -> str:
    """Its text of this kind ("plain", "html")."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_letter_has_the_headers_of_one() -> None:
    read = written()
    assert dict(read.items()) == {
        "From": "数评 <shuping@example.cn>",
        "To": "anna@example.com",
        "Subject": LETTER.subject,
        "Date": "Sat, 01 Mar 2025 08:00:00 +0000",
        "Message-ID": "<0123456789abcdef@example.cn>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://shuping.example/u/x.y>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": read["Content-Type"],
    }
    assert read.get_content_type() == "multipart/alternative"


def test_a_letter_says_the_same_as_text_and_as_html() -> None:
    read = written()
    told = (
        "还剩 12 项，大约 6 分钟。",
        LETTER.url,
        "接着做",
        "您在网页上留了这个邮箱。",
        "不再收邮件",
        "https://shuping.example/u/x.y",
    )
    assert all(text in body(read, kind) for text in told for kind in ("plain", "html"))
    assert "<b>示例</b>机械 & 设备" in body(read, "plain")
    assert "&lt;b&gt;示例&lt;/b&gt;机械 &amp; 设备" in body(read, "html")


def test_a_letter_without_an_end_has_no_header_of_one() -> None:
    read = written(replace(LETTER, stop=None))
    assert "List-Unsubscribe" not in read
    assert "List-Unsubscribe-Post" not in read


def test_one_click_is_offered_by_https_alone() -> None:
    assert "List-Unsubscribe-Post" not in written(replace(LETTER, stop=("x", "http://localhost:8000/u/x.y")))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_subject_adds_a_header_or_a_line(subject: str) -> None:
    for made in (subject, f"a\r\nBcc: bob@example.com\r\n\r\n{subject}"):
        try:
            message = message_of(replace(LETTER, subject=made), SENDER, NOW)
        except ValueError:
            continue
        read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
        assert "Bcc" not in read
        assert len(read.items()) == 10


@pytest.mark.parametrize(
    "to", ["anna@example.com, bob@example.com", "anna@example.com\r\nBcc: bob@example.com", "anna", ""]
)
async def test_an_address_that_is_none_is_never_written_to(to: str, post: Post) -> None:
    assert await post.mailer().send(replace(LETTER, to=to), NOW) == Refused()
    assert post.tries == 0


# what becomes of a letter


async def sent(mailer: Mailer, letter: Letter = LETTER) -> Outcome:
    return await mailer.send(letter, NOW)


async def test_a_letter_arrives_encrypted_and_by_name(post: Post) -> None:
    assert await sent(post.mailer()) == Delivered()
    (mail,) = post.mails
    assert body(mail, "plain") == body(written(), "plain")
    assert body(mail, "html") == body(written(), "html")
    assert mail["Subject"] == LETTER.subject
    assert (post.encrypted, post.users) == ([True], [USER])


async def test_a_letter_on_this_machine_needs_no_encryption(pair: tuple[Path, Path]) -> None:
    async with post_office(pair, encrypts=False) as post:
        assert await sent(post.mailer(start_tls=False)) == Delivered()
        assert post.encrypted == [False]


@pytest.mark.parametrize(
    ("at", "answer", "outcome"),
    [
        ("rcpt", "450 4.2.0 mailbox busy", Later()),
        ("rcpt", "451 4.7.1 greylisted", Later()),
        ("rcpt", "452 4.2.2 mailbox full", Later()),
        ("rcpt", "550 5.1.1 no such user", Gone()),
        ("rcpt", "550 no such user", Gone()),
        ("rcpt", "552 5.2.2 over quota", Gone()),
        ("rcpt", "554 5.7.1 relay denied", Refused()),
        ("data", "452 4.3.1 disk full", Later()),
        ("data", "550 5.7.1 looks like spam", Refused()),
        ("data", "554 no", Refused()),
    ],
)
async def test_what_a_server_says_is_an_outcome(at: str, answer: str, outcome: Outcome, post: Post) -> None:
    (post.at_rcpt if at == "rcpt" else post.at_data).append(answer)
    assert await sent(post.mailer()) == outcome
    assert post.mails == []
    assert await sent(post.mailer()) == Delivered()


async def test_a_server_that_is_down_is_tried_again(post: Post) -> None:
    mailer = post.mailer()
    post.go_down()
    assert await sent(mailer) == Later()


async def test_a_server_that_hangs_is_tried_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.at_data.extend([HANG, HANG])
    assert await post.mailer().send(LETTER, NOW, within=0.3) == Later()
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    assert await sent(post.mailer()) == Later()


async def test_a_wrong_password_waits_until_somebody_looked(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    assert await sent(post.mailer(**login(USER, "wrong"))) == Later(mail.MISTAKEN_WAIT)
    assert "does not take us" in caplog.text


async def test_no_password_is_told_to_a_server_that_does_not_encrypt(pair: tuple[Path, Path]) -> None:
    async with post_office(pair, encrypts=False) as post:
        assert await sent(post.mailer()) == Later(mail.MISTAKEN_WAIT)
        assert (post.users, post.tries) == ([], 0)


async def test_no_password_is_told_to_a_server_that_nobody_vouches_for(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.authority = ssl.create_default_context()
    assert await sent(post.mailer()) == Later(mail.MISTAKEN_WAIT)
    assert "not to be trusted" in caplog.text
    assert (post.users, post.tries) == ([], 0)


async def test_nothing_of_people_and_no_password_is_logged(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's own
    post.at_rcpt.extend(
        ["450 anna@example.com busy", "550 5.7.1 anna@example.com refused", "550 anna@example.com gone"]
    )
    post.at_data.extend(["554 anna@example.com", HANG])
    for _ in range(4):
        await sent(post.mailer())
    await sent(post.mailer(**login(USER, "wrong")))
    await sent(post.mailer(), replace(LETTER, to="anna"))
    assert len(caplog.records) >= 4
    for secret in ("anna", "example.com", PASSWORD, "wrong", "还剩", LETTER.url, LETTER.subject):
        assert secret not in caplog.text
