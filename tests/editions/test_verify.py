"""Papers of an operator's own editions: an edition of the same name may say something else elsewhere."""

import pytest

from bot.reports.compose import compose
from bot.reports.document import document
from bot.reports.embedding import embedded
from bot.reports.paper import Paper, paper_of
from bot.reports.verdict import Finding
from bot.reports.verify import verify
from flows.session import Record
from scoring.editions import use
from tests.editions.support import EDITIONS, checked
from tests.reports.firms import ON

EVERY = pytest.mark.parametrize("edition", EDITIONS)


def of(edition: str) -> Paper:
    return paper_of(checked(edition, "middle"), ON, "zh-Hans")


def word(paper: Paper) -> bytes:
    return embedded(paper, "").encode()


@EVERY
def test_what_was_made_of_this_edition_is_genuine_where_it_is(edition: str) -> None:
    content = document(compose(of(edition)))
    assert verify(content).finding is Finding.GENUINE
    use()
    verdict = verify(content)
    assert (verdict.finding, verdict.edition) == (Finding.EDITION, edition)


@EVERY
def test_other_pages_may_come_of_another_edition_of_the_same_name(edition: str) -> None:
    assert verify(document(compose(of(edition))) + b" ").finding is Finding.UNCOMPARED


@EVERY
def test_so_may_answers_that_this_one_does_not_have(edition: str) -> None:
    other = of(edition).model_copy(update={"record": Record(choices={"q99": ("A",)})})
    assert verify(word(other)).finding is Finding.EDITION
