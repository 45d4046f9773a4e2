"""QR codes as part of a page."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest

from bot.web.qr import qr_svg

ADDRESS = f"https://shuping.example/a/{'0123456789abcdef' * 2}"


def parsed(drawn: str) -> Element:
    return fromstring(drawn)  # noqa: S314  # we drew it


def test_a_code_scales_says_what_it_is_and_is_small() -> None:
    drawn = qr_svg(ADDRESS, "到这里继续")
    root = parsed(drawn)
    assert root.get("viewBox") == "0 0 41 41"
    assert (root.get("width"), root.get("height"), root.get("role")) == (None, None, "img")
    assert [one.text for one in root.iter("title")] == ["到这里继续"]
    assert len(drawn.encode()) < 4_500


def test_a_code_is_dark_on_white_with_a_margin_whatever_the_page_is() -> None:
    ground, modules = parsed(qr_svg(ADDRESS, "x")).iter("path")
    assert (ground.get("fill"), ground.get("d")) == ("#fff", "M0 0h41v41h-41z")
    assert modules.get("stroke") == "#000"
    assert (modules.get("d") or "").startswith("M4 4.5h7")


def test_a_code_has_neither_style_nor_script() -> None:
    assert re.search(r"style|script|xlink|href|\son\w+=", qr_svg(ADDRESS, "x")) is None


def test_a_title_is_text_whatever_it_holds() -> None:
    title = '</title><script>alert("&")</script>'
    drawn = qr_svg(ADDRESS, title)
    assert "<script" not in drawn
    assert [one.text for one in parsed(drawn).iter("title")] == [title]


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        qr_svg("x" * 5_000, "x")
