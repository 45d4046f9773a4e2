"""axe-core, the checker of accessibility: what it finds on a page, in a line each."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

CHECKER = Path(__file__).with_name("axe.min.js")
"""axe-core 4.14.1 as published on npm, MPL-2.0 (axe.LICENSE); for these tests only."""
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


@cache
def _source() -> str:
    return CHECKER.read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """Each as "rule (impact): what is meant: which elements"; the page needs scripts."""
    await page.evaluate(_source())
    found = await page.evaluate(RUN)
    return [_told(each) for each in found["violations"]]


def _told(found: dict[str, Any]) -> str:
    places = "; ".join(f"{' '.join(map(str, node['target']))}: {node['html'][:120]}" for node in found["nodes"])
    return f"{found['id']} ({found['impact']}): {found['help']}: {places}"
