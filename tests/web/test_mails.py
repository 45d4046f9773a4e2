"""Reminders by mail, from the address that somebody leaves on the page to the mail that ends them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest

from bot.reports.export import stored_data
from bot.web.limits import page_limits
from bot.web.visitor import window_of
from flows.session import Session
from locales import LANGUAGES, catalogue
from storage.store import Decision
from tests.dialogue.support import RULES
from tests.flows.scenes import scene
from tests.web.browser import Browser
from tests.web.installation import Installation, body, paths
from tests.web.post import HANG

TEXT = catalogue("zh-Hans")
ANNA, BOB = "anna@example.com", "bob@example.com"
TITLE, STOP = TEXT("reminder.title"), TEXT("mail.stop")


@pytest.fixture
async def browser(here: Installation) -> AsyncIterator[Browser]:
    """Somebody who has begun."""
    async with Browser(here.url) as browser:
        yield await begun(browser)


@pytest.fixture
async def other(here: Installation) -> AsyncIterator[Browser]:
    """Another browser, that knows nothing."""
    async with Browser(here.url) as browser:
        yield browser


async def begun(browser: Browser) -> Browser:
    await (await browser.open("/")).press("开始")
    return await answer(browser, "示例机械")


async def answer(browser: Browser, firm: str) -> Browser:
    """From a firm's name to its second item."""
    for text in (firm, "C", "B"):
        await browser.say(text)
    return browser


async def leave(browser: Browser, address: str) -> Browser:
    return await (await browser.open("/keep")).press(TEXT("web.mail.send"), email=address)


async def confirmed(here: Installation, browser: Browser, address: str = ANNA) -> None:
    """Somebody leaves their address, and confirms it on another device."""
    await leave(browser, address)
    async with Browser(here.url) as phone:
        await phone.open(paths(here.post.to(address)[-1])[0])
        await phone.press(TEXT("web.mail.confirm.do"))
        assert address in phone.text


def reminders(here: Installation, address: str = ANNA) -> list[EmailMessage]:
    return [mail for mail in here.post.to(address) if mail["Subject"] == TITLE]


# the whole way


async def test_who_leaves_an_address_is_reminded_and_goes_on_in_another_browser_until_they_have_enough(
    here: Installation, browser: Browser, other: Browser
) -> None:
    await confirmed(here, browser)
    await here.passes(days=0.9)
    assert reminders(here) == []
    await here.passes(days=0.1)
    (mail,) = reminders(here)
    assert mail["List-Unsubscribe"] == f"<{here.url}{paths(mail)[1]}>"
    assert "还有 30 项" in body(mail)

    await other.open(paths(mail)[0])
    assert (await here.state(other)).session is None  # looking does nothing
    await other.press(TEXT("web.open"))
    assert (await here.session(other)).id == (await here.session(browser)).id
    assert "第 2 项/31" in other.text

    await other.open(paths(mail)[1])
    await here.passes(days=2)
    assert len(reminders(here)) == 2  # looking does nothing
    await other.press(TEXT("web.mail.stop.do"))
    assert TEXT("web.mail.stopped.title") in other.text
    await here.passes(days=5)
    assert len(reminders(here)) == 2
    state = await here.state(browser)
    assert state.window
    assert (state.window.email, state.session) == (None, await here.session(browser))


async def test_three_reminders_and_then_silence(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    counts = []
    for days in (1, 2, 4, 30, 30):
        await here.passes(days=days)
        counts.append(len(reminders(here)))
    assert counts == [1, 2, 3, 3, 3]
    kept = RULES.keep.unfinished
    assert kept
    gone = ((await here.session(browser)).updated_at + kept).date().isoformat()
    assert [gone in body(mail) for mail in reminders(here)] == [False, False, True]


async def test_who_goes_on_is_reminded_from_then_on(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    await here.passes(days=0.9)
    await (await browser.open("/")).say("A")
    await here.passes(days=0.9)
    assert reminders(here) == []
    await here.passes(days=0.2)
    assert len(reminders(here)) == 1


async def test_no_mail_comes_at_night(here: Installation, browser: Browser) -> None:
    here.now = here.now.replace(hour=14)  # ten in the evening in Shanghai
    await (await browser.open("/")).say("A")
    await confirmed(here, browser)
    await here.passes(days=1)
    assert reminders(here) == []
    await here.passes(hours=11)
    assert len(reminders(here)) == 1


async def test_each_mail_has_a_link_that_goes_on_working(here: Installation, browser: Browser, other: Browser) -> None:
    await confirmed(here, browser)
    for days in (1, 2, 4):
        await here.passes(days=days)
    opening = [paths(mail)[0] for mail in reminders(here)]
    assert len(set(opening)) == 3
    for path in (*opening, *opening):
        async with Browser(here.url) as another:
            await (await another.open(path)).press(TEXT("web.open"))
            assert await here.session(another)
    await here.passes(days=31)
    await (await other.open(opening[2])).press(TEXT("web.open"))
    assert (await here.state(other)).session is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_mail_speaks_the_language_of_its_reader(language: str, here: Installation) -> None:
    text = catalogue(language)
    async with Browser(here.url, language=language) as browser:
        await (await browser.open("/")).press(text("button.begin"))
        await answer(browser, "示例机械")
        await (await browser.open("/keep")).press(text("web.mail.send"), email=ANNA)
        asked = here.post.to(ANNA)[0]
        assert asked["Subject"] == text("mail.confirm.subject")
        assert text("mail.confirm.text") in body(asked)
        await browser.open(paths(asked)[0])
        assert text("web.mail.confirm.title") in browser.text
        await browser.press(text("web.mail.confirm.do"))
    await here.passes(days=1)
    mail = here.post.to(ANNA)[-1]
    assert mail["Subject"] == text("reminder.title")
    assert text("mail.stop") in body(mail)


async def test_a_recheck_that_was_promised_comes_by_mail(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    await put(here, browser, scene("result"))
    await (await browser.open("/")).post("/say", {**form(browser), "do": "!recheck_later"})
    await here.passes(days=91)
    (mail,) = (mail for mail in here.post.to(ANNA) if mail["Subject"] == TEXT("mail.recheck.subject"))
    assert TEXT("reminder.recheck") in body(mail)
    assert reminders(here) == []


async def put(here: Installation, browser: Browser, session: Session) -> None:
    window = window_of(browser.token)
    assert await here.site.store.apply(window, lambda state: Decision(dossier=state.dossier, session=session))


def form(browser: Browser) -> dict[str, str]:
    return {"form": next(form.fields["form"] for form in browser.page.forms if "form" in form.fields)}


# who is written to, and how often


async def test_nothing_is_sent_to_an_address_that_nobody_confirmed(here: Installation, browser: Browser) -> None:
    await leave(browser, ANNA)
    await here.passes(days=10)
    assert len(here.post.mails) == 1
    state = await here.state(browser)
    assert state.window
    assert state.window.email is None


async def test_a_confirmation_is_by_the_button_and_once(here: Installation, browser: Browser, other: Browser) -> None:
    await leave(browser, ANNA)
    (path,) = paths(here.post.mails[0])
    for _ in range(3):
        await other.open(path)
    state = await here.state(browser)
    assert state.window
    assert state.window.email is None
    await other.press(TEXT("web.mail.confirm.do"))
    assert TEXT("web.mail.confirmed.title") in other.text
    await other.post(path, {})
    assert TEXT("web.mail.confirm.void.title") in other.text
    state = await here.state(browser)
    assert state.window
    assert (state.window.email, state.window.unconfirmed) == (ANNA, None)


async def test_a_confirmation_that_comes_late_is_void(here: Installation, browser: Browser, other: Browser) -> None:
    await leave(browser, ANNA)
    await here.passes(days=3)
    await other.post(paths(here.post.mails[0])[0], {})
    assert TEXT("web.mail.confirm.void.title") in other.text
    assert "anna" not in (await browser.open("/keep")).text


async def test_another_address_takes_the_place_of_the_first_once_it_is_confirmed(
    here: Installation, browser: Browser
) -> None:
    await confirmed(here, browser, ANNA)
    await leave(browser, BOB)
    await here.passes(days=1)
    assert (len(reminders(here, ANNA)), len(reminders(here, BOB))) == (1, 0)
    await confirmed(here, browser, BOB)
    await here.passes(days=2)
    assert (len(reminders(here, ANNA)), len(reminders(here, BOB))) == (1, 1)


async def test_the_link_of_a_former_address_does_not_end_mails_to_the_new_one(
    here: Installation, browser: Browser, other: Browser
) -> None:
    await confirmed(here, browser, ANNA)
    await here.passes(days=1)
    await confirmed(here, browser, BOB)
    await other.post(paths(reminders(here, ANNA)[0])[1], {})
    assert TEXT("web.mail.stop.void.title") in other.text
    await here.passes(days=2)
    assert len(reminders(here, BOB)) == 1


async def test_a_form_that_is_sent_twice_sends_one_mail(here: Installation, browser: Browser) -> None:
    await browser.open("/keep")
    action, fields = browser.filled(TEXT("web.mail.send"), email=ANNA)
    await browser.post(action, fields)
    await browser.post(action, fields)
    assert len(here.post.mails) == 1
    assert TEXT("web.mail.awaited", address=ANNA) in browser.text


async def test_who_is_also_elsewhere_is_reminded_once_and_there_where_they_were_last(
    here: Installation, browser: Browser
) -> None:
    await confirmed(here, browser)
    await (await browser.open("/keep")).press(TEXT("web.keep.code"))
    token = re.search(r"\b[0-9a-f]{32}\b", browser.text)
    assert token
    await here.say("bob", f"open {token[0]}")
    await here.say("bob", "A")
    await here.passes(days=1)
    assert (len(reminders(here)), told(here, "bob")) == (0, 1)
    await (await browser.open("/")).say("B")
    await here.passes(days=1)
    assert (len(reminders(here)), told(here, "bob")) == (1, 1)
    await here.say("bob", "/status")
    await confirmed(here, browser, BOB)  # who asks for mails wants them here
    await here.passes(days=2)
    assert (len(reminders(here)), len(reminders(here, BOB)), told(here, "bob")) == (1, 1, 1)


def told(here: Installation, address: str) -> int:
    return sum(TITLE in line.text for line in here.toy.lists[address])


async def test_a_mail_opens_the_firm_that_it_is_about(here: Installation, browser: Browser, other: Browser) -> None:
    await confirmed(here, browser)
    first = await here.session(browser)
    await (await browser.open("/")).say("/firms new")
    await answer(browser, "另一家")
    assert (await here.session(browser)).id != first.id
    await here.passes(days=1)
    found = {}
    for mail in reminders(here):
        async with Browser(here.url) as another:
            await (await another.open(paths(mail)[0])).press(TEXT("web.open"))
            found[(await here.session(another)).firm.name] = body(mail)
    assert set(found) == {"示例机械", "另一家"}
    assert all(name and name in told for name, told in found.items())


@pytest.mark.parametrize("typed", ["", "anna", f"{ANNA}, {BOB}", f"{ANNA}\r\nBcc: {BOB}", "<b>@example.com"])
async def test_what_is_no_address_is_said_to_be_none_and_stays_typed(
    typed: str, here: Installation, browser: Browser
) -> None:
    await leave(browser, typed)
    assert TEXT("web.mail.wrong.no_address") in browser.text
    assert next(form.fields["email"] for form in browser.page.forms if "email" in form.fields).split() == typed.split()
    assert here.post.tries == 0


async def test_of_who_has_not_begun_no_address_is_taken(here: Installation, other: Browser) -> None:
    await other.open("/")
    await other.post("/keep/mail", {**form(other), "email": ANNA})
    assert here.post.tries == 0
    assert (await here.state(other)).window is None


async def test_no_other_site_can_leave_an_address(here: Installation, browser: Browser) -> None:
    await browser.post("/keep/mail", {"form": "0.0", "email": ANNA})
    assert browser.answer.status_code == 403
    assert here.post.tries == 0


async def test_a_mailbox_is_asked_three_times_a_day_and_a_window_sends_five(here: Installation) -> None:
    async with Browser(here.url) as one, Browser(here.url) as two:
        await begun(one)
        await begun(two)
        for address in (ANNA, "anna+1@example.com", "an.na@example.com", "ANNA+2@example.com"):
            await leave(one, address)
        assert (one.answer.status_code, len(here.post.mails)) == (429, 3)
        await leave(two, ANNA)
        assert (two.answer.status_code, len(here.post.mails)) == (429, 3)
        for number in range(6):
            await leave(two, f"x{number}@example.com")
        assert (two.answer.status_code, len(here.post.mails)) == (429, 8)


async def test_what_somebody_typed_is_in_no_mail_that_was_not_confirmed(here: Installation, browser: Browser) -> None:
    await (await browser.open("/")).say("/firms new")
    await browser.say("买我的药 http://spam.example")
    await leave(browser, ANNA)
    assert "spam" not in body(here.post.mails[0]) + body(here.post.mails[0], "html") + str(here.post.mails[0])


# ending it


async def test_one_click_in_a_mail_program_ends_it(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    await here.passes(days=1)
    async with httpx.AsyncClient() as program:
        path = paths(reminders(here)[0])[1]
        answer = await program.post(f"{here.url}{path}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    await here.passes(days=6)
    assert len(reminders(here)) == 1


async def test_the_page_itself_ends_it(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    await (await browser.open("/keep")).press(STOP)
    assert "anna" not in browser.text
    await here.passes(days=6)
    assert reminders(here) == []


async def test_deleting_the_dossier_deletes_the_address_and_ends_it(
    here: Installation, browser: Browser, other: Browser
) -> None:
    await confirmed(here, browser)
    await here.passes(days=1)
    window = window_of(browser.token)
    await (await browser.open("/")).say("/delete")
    await browser.press(TEXT("button.choice.delete"))
    assert (await here.site.store.state(window)).window is None
    await here.passes(days=6)
    assert len(reminders(here)) == 1
    await (await other.open(paths(reminders(here)[0])[0])).press(TEXT("web.open"))
    assert (await here.state(other)).session is None
    await other.post(paths(reminders(here)[0])[1], {})
    assert TEXT("web.mail.stop.void.title") in other.text


async def test_all_that_is_stored_of_somebody_names_their_address(here: Installation, browser: Browser) -> None:
    window = window_of(browser.token)
    await leave(browser, BOB)
    contact = (await stored_data(here.site.store, window))["contact"]
    assert contact["unconfirmed"]["address"] == BOB
    await confirmed(here, browser)
    contact = (await stored_data(here.site.store, window))["contact"]
    assert (contact["email"], contact["unconfirmed"]) == (ANNA, None)


@pytest.mark.parametrize("kind", ["m", "u"])
@pytest.mark.parametrize("key", ["x", f"{'0' * 32}.{'0' * 32}", f"{'0' * 32}", f"{'0' * 32}.{'0' * 31}é", "%00"])
async def test_a_link_that_was_made_up_opens_and_changes_nothing(
    kind: str, key: str, here: Installation, browser: Browser, other: Browser
) -> None:
    await confirmed(here, browser)
    before = await here.state(browser)
    await other.open(f"/{kind}/{key}")
    assert not other.has(TEXT("web.mail.confirm.do"))
    await other.post(f"/{kind}/{key}", {})
    own = window_of(browser.token).removeprefix("web:")
    await other.post(f"/{kind}/{own}.{'0' * 32}", {})
    assert await here.state(browser) == before


async def test_who_makes_up_links_is_slowed_down(here: Installation, other: Browser) -> None:
    codes = []
    for number in range(25):
        await other.open(f"/u/{number:032x}.{'0' * 32}")
        codes.append(other.answer.status_code)
    assert codes == [200] * 20 + [429] * 5


# what goes wrong


async def test_a_mailbox_that_is_not_there_is_said_to_be_none(here: Installation, browser: Browser) -> None:
    here.post.at_rcpt.append("550 5.1.1 no such user")
    await leave(browser, ANNA)
    assert TEXT("web.mail.wrong.nobody") in browser.text
    assert "确认信发到" not in (await browser.open("/keep")).text


@pytest.mark.parametrize("answer", ["450 busy", "550 5.7.1 spam"])
async def test_a_confirmation_that_cannot_be_sent_is_said_not_to_be(
    answer: str, here: Installation, browser: Browser
) -> None:
    here.post.at_rcpt.append(answer)
    await leave(browser, ANNA)
    assert TEXT("web.mail.wrong.unsent") in browser.text
    await leave(browser, ANNA)
    assert TEXT("web.mail.awaited", address=ANNA) in browser.text


async def test_nobody_waits_for_a_mail_server_that_hangs(
    here: Installation, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.addresses.PATIENCE", 0.2)
    here.post.at_data.append(HANG)
    await leave(browser, ANNA)
    assert TEXT("web.mail.wrong.unsent") in browser.text


async def test_a_reminder_that_cannot_be_sent_comes_later_and_once(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    here.post.at_rcpt.extend(["450 busy"] * 3)
    await here.passes(days=1)
    assert reminders(here) == []
    for _ in range(5):
        await here.passes(minutes=2)
    assert len(reminders(here)) == 1
    assert here.post.tries == 1 + 3 + 1


@pytest.mark.slow
async def test_a_mailbox_gets_twenty_reminders_a_day_however_many_firms_are_begun_for_it(
    here: Installation, browser: Browser
) -> None:
    here.site.limits = page_limits(lambda: here.now.timestamp())
    for number in range(24):
        here.now += timedelta(seconds=1)
        await browser.say("/firms new")
        await browser.say(f"{number}")
    await confirmed(here, browser)
    await browser.open("/")
    for number in range(25):
        here.now += timedelta(seconds=1)
        await browser.say(f"/firms {number + 1}")
        await browser.say("C")
        await browser.say("B")
    await here.passes(days=1)
    assert len(reminders(here)) == 20
    await here.passes(days=2)
    assert len(reminders(here)) == 40


async def test_a_new_link_ends_mails_to_an_address_that_whoever_had_the_old_one_may_have_left(
    here: Installation, browser: Browser, other: Browser
) -> None:
    await other.open(f"/a/{browser.token}")
    await confirmed(here, other, BOB)
    await (await browser.open("/keep")).press(TEXT("web.keep.renew.do"))
    assert BOB not in browser.text
    await here.passes(days=1)
    assert reminders(here, BOB) == []
    await confirmed(here, browser)
    await here.passes(days=2)
    assert len(reminders(here)) == 1


async def test_a_mail_that_is_sent_again_is_the_same_mail(here: Installation, browser: Browser, other: Browser) -> None:
    """A server may take a mail and fall silent before it says so."""
    await confirmed(here, browser)
    here.post.loses = 1
    await here.passes(days=1)
    await here.passes(minutes=2)
    first, second = reminders(here)
    assert first["Message-ID"] == second["Message-ID"]
    assert paths(first) == paths(second)
    await (await other.open(paths(first)[0])).press(TEXT("web.open"))
    assert await here.session(other)


async def test_a_mail_server_that_is_down_delays_reminders_and_nothing_else(
    here: Installation, browser: Browser
) -> None:
    await confirmed(here, browser)
    here.post.go_down()
    await here.passes(days=1)
    await (await browser.open("/")).say("A")
    assert browser.answer.status_code == 200
    assert reminders(here) == []


async def test_a_mailbox_that_has_gone_is_forgotten(here: Installation, browser: Browser) -> None:
    await confirmed(here, browser)
    here.post.at_rcpt.append("550 5.1.1 no such user")
    await here.passes(days=1)
    state = await here.state(browser)
    assert state.window
    assert (state.window.email, state.window.blocked) == (None, False)
    await here.passes(days=10)
    assert reminders(here) == []
    assert here.post.tries == 2


async def test_where_there_is_no_mail_server_nobody_is_asked(here: Installation, browser: Browser) -> None:
    here.site.mailer = None
    assert not (await browser.open("/keep")).has(TEXT("web.mail.send"))
    await browser.post("/keep/mail", {**form(browser), "email": ANNA})
    assert here.post.tries == 0


async def test_the_pages_of_mails_ask_for_nothing_in_other_browsers(here: Installation, browser: Browser) -> None:
    """A mail program's own browser may keep no cookies."""
    await leave(browser, ANNA)
    async with httpx.AsyncClient() as program:
        answer = await program.post(f"{here.url}{paths(here.post.mails[0])[0]}")
    assert TEXT("web.mail.confirmed.title") in answer.text


async def test_no_time_is_lost_between_the_window_and_the_answer(here: Installation, browser: Browser) -> None:
    """An address that is confirmed long after the last answer gets what is still to come, and no more."""
    await here.passes(days=2)
    await confirmed(here, browser)
    await here.passes(days=1)
    assert len(reminders(here)) == 1
    await here.passes(days=30)
    assert len(reminders(here)) == 2
    assert here.now > (await here.session(browser)).updated_at + timedelta(days=7)
