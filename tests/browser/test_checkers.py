"""What looks after the page finds what it is there for: none of its silences is for want of looking."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.accessibility import violations
from tests.browser.chromium import Look, context_of, page_of
from tests.browser.layout import layout_faults
from tests.browser.watch import Watch

HEAD = (
    '<!doctype html><html lang="en"><head><title>A page</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>button {min-height: 3rem; min-width: 3rem; font-size: 1rem}</style></head>"
)
SOUND = HEAD + '<body><main><h1>A question</h1><button>Yes</button> <button>No, and <a href="#">why</a></button></main>'
WIDE = HEAD + '<main><h1>A question</h1><p style="width: 900px">far</p></main>'
SMALL = HEAD + '<main><h1>A question</h1><button style="min-height: 0; height: 20px">Yes</button></main>'
CUT = HEAD + '<main><h1>A question</h1><button style="width: 60px; white-space: nowrap">A sentence</button></main>'
OVER = HEAD + '<main><h1>A question</h1><button>Yes</button><button style="margin-left: -40px">No</button></main>'
HERE = "http://page.test"


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncIterator[tuple[Page, Watch]]:
    """A page at `HERE`, which answers with an empty document, and who watches it."""
    context = await context_of(browser, Look(), HERE)
    await context.route("**/*", lambda route: route.fulfill(body=SOUND, content_type="text/html"))
    watch = Watch(context, HERE)
    page = await page_of(context, Look())
    await page.goto("/")
    yield page, watch
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(watched: tuple[Page, Watch]) -> Page:
    return watched[0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (WIDE, "the page is 9"),
        (WIDE, "outside of the screen"),
        (SMALL, "is too small"),
        (CUT, "do not fit"),
        (OVER, "lies over"),
    ],
)
async def test_a_bad_layout_is_told(page: Page, content: str, fault: str) -> None:
    await page.set_content(content)
    assert fault in "\n".join(await layout_faults(page))


async def test_a_sound_layout_has_no_faults(page: Page) -> None:
    assert await layout_faults(page) == []


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('<img src="data:,">', "image-alt"),
        ('<input name="text">', "label"),
        ('<p style="color: #bbb; background: #fff">pale</p>', "color-contrast"),
    ],
)
async def test_what_keeps_people_out_is_told(page: Page, content: str, rule: str) -> None:
    await page.set_content(f"{HEAD}<main><h1>A question</h1>{content}</main>")
    assert [each.split(" ")[0] for each in await violations(page)] == [rule]


async def test_letters_are_as_large_as_their_owner_wants_them(browser: Browser) -> None:
    look = Look(font=200)
    context = await context_of(browser, look, HERE)
    page = await page_of(context, look)
    await page.set_content(SOUND)
    assert await page.evaluate("getComputedStyle(document.querySelector('button')).fontSize") == "32px"
    await context.close()


@pytest.mark.parametrize(
    ("done", "fault"),
    [
        ("console.error('broken')", "error: broken"),
        ("setTimeout(() => { throw new Error('slipped') })", "slipped"),
        ("fetch('https://elsewhere.test/')", "a request to elsewhere: https://elsewhere.test/"),
    ],
)
async def test_what_goes_wrong_in_a_browser_is_told(watched: tuple[Page, Watch], done: str, fault: str) -> None:
    page, watch = watched
    async with page.expect_event("requestfinished"):
        await page.evaluate(f"() => {{ {done} }}")
        await page.evaluate("() => { setTimeout(() => fetch('/after')) }")
    assert fault in "\n".join(watch.faults)


async def test_a_broken_policy_is_told(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    policy = '<meta http-equiv="content-security-policy" content="default-src \'none\'">'
    async with page.expect_console_message():
        await page.set_content(f"{policy}<p style='color: red'>styled</p>")
    assert "Content Security Policy" in "\n".join(watch.faults)


async def test_what_is_expected_is_no_fault(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    watch.expect("provoked")
    async with page.expect_console_message():
        await page.evaluate("() => { console.error('provoked') }")
    assert watch.faults == []


async def test_what_came_over_the_wire_is_counted(watched: tuple[Page, Watch]) -> None:
    _, watch = watched
    assert await watch.weight() >= len(SOUND)
