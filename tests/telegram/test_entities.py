"""Telegram's HTML: what it makes of it and what it refuses."""

import pytest

from tests.telegram.entities import detect, formatted, parse_html
from tests.telegram.limits import ApiError, Json


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain > text", "plain > text", []),
        ("<b>1</b>", "1", [{"type": "bold", "offset": 0, "length": 1}]),
        ("😀<B>中</B>", "😀中", [{"type": "bold", "offset": 2, "length": 1}]),
        ("&lt;&amp;&gt;&quot;&#33;&#x1F600;", '<&>"!😀', []),
        ("&amp;lt;", "&lt;", []),
        ("<b></b>x", "x", []),
        (
            "<i>a<u>b</u></i>",
            "ab",
            [{"type": "italic", "offset": 0, "length": 2}, {"type": "underline", "offset": 1, "length": 1}],
        ),
        (
            '<a href="https://example.org/?a=1&amp;b=>">x</a>',
            "x",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/?a=1&b=>"}],
        ),
        ('<a href="nowhere at all">x</a>', "x", []),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [{"type": "pre", "offset": 0, "length": 1, "language": "python"}],
        ),
        ("<code>x</code>", "x", [{"type": "code", "offset": 0, "length": 1}]),
        ("<blockquote expandable>x</blockquote>", "x", [{"type": "expandable_blockquote", "offset": 0, "length": 1}]),
        ('<span class="tg-spoiler">x</span>', "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0), ("italic", 1)]),
        ("<ins>a</ins><del>b</del>", "ab", [("underline", 0), ("strikethrough", 1)]),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[Json]) -> None:
    expected = [
        {"type": entity[0], "offset": entity[1], "length": 1} if isinstance(entity, tuple) else entity
        for entity in entities
    ]
    assert parse_html(source) == (text, expected)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("中<x>", 'Unsupported start tag "x" at byte offset 3'),
        ("a <<b>", 'Unsupported start tag "<b" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a & b", 'Unescaped "&" at byte offset 2'),
        ("<b>中</b> &nbsp;", 'Unescaped "&" at byte offset 11'),
        ("&#0;", 'Unescaped "&" at byte offset 0'),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a "x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_bad_html_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_text_is_cleaned_and_trimmed() -> None:
    params = {"text": " \n <b> a\r\tb </b>\n ", "parse_mode": "HTML"}
    expected = (" a b", [{"type": "bold", "offset": 0, "length": 4}])
    assert formatted(params, "text", "entities", 10, "") == expected


def test_commands_and_links_are_marked_by_telegram_itself() -> None:
    assert detect("/start now") == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert detect("😀 https://example.org/a.") == [{"type": "url", "offset": 3, "length": 21}]
    assert detect("and/or 1/2 a@b") == []
    assert [entity["type"] for entity in detect("/go@shuping_bot @someone")] == ["bot_command", "mention"]
