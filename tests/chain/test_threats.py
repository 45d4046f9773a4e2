"""SECURITY.md: every row of the threat model names tests, and every test that it names exists."""

import ast
import re

import pytest

from tests.chain.places import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", TEXT, re.MULTILINE)[2:]]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", TEXT + (ROOT / "docs" / "security.md").read_text())))


def test_every_row_says_who_what_against_and_by_which_test() -> None:
    assert len(ROWS) > 15
    for row in ROWS:
        could, against, shown = (cell.strip() for cell in row[1:])
        assert could
        assert against
        assert re.fullmatch(r"`tests/[\w/]+\.py::\w+`(, `tests/[\w/]+\.py::\w+`)*", shown), shown


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_is_named_exists(named: str) -> None:
    file, name = named.split("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in functions
