"""What is cut off, too small for a thumb, or wider than the screen."""

from pathlib import Path

from playwright.async_api import Page

LEAST = 44
"""CSS pixels a side that a thumb needs."""
LOOK = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")


async def layout_faults(page: Page) -> list[str]:
    """Each in a line; of the page as it stands, whether its own scripts run or not."""
    found: list[str] = await page.evaluate(LOOK, LEAST)
    return found
