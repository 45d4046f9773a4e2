"""Pictures in terminals: only where the terminal says who it is, and in its own protocol."""

import re
from base64 import b64decode

import pytest

from bot.reports.inline import Protocol, protocol_of, shown_inline
from bot.reports.picture import picture
from tests.reports.firms import of_grade, report

PICTURE = picture(report(of_grade(1)))


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, Protocol.KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Protocol.KITTY),
        ({"TERM": "xterm-ghostty"}, Protocol.KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Protocol.ITERM2),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Protocol.ITERM2),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Protocol.ITERM2),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "screen", "LC_TERMINAL": "iTerm2"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "dumb", "TERM_PROGRAM": "iTerm.app"}, None),
        ({}, None),
    ],
)
def test_terminals_are_known_by_their_variables(environment: dict[str, str], protocol: Protocol | None) -> None:
    assert protocol_of(environment) is protocol


def test_kitty_gets_the_picture_in_chunks() -> None:
    text = shown_inline(PICTURE, Protocol.KITTY)
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert b64decode("".join(chunk for _, chunk in parts)) == PICTURE
    assert all(len(chunk) <= 4096 for _, chunk in parts)
    assert parts[0][0].startswith("a=T,f=100,")
    assert [keys.endswith("m=1") for keys, _ in parts] == [True] * (len(parts) - 1) + [False]


def test_iterm_gets_it_in_one() -> None:
    text = shown_inline(PICTURE, Protocol.ITERM2)
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\a]*)\a\n", text)
    assert found
    assert b64decode(found[2]) == PICTURE
    assert f"size={len(PICTURE)}" in found[1]
