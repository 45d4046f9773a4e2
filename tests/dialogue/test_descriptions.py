"""A description of the factory, wherever the conversation is, in any language; and another interpreter in its place."""

import pytest

from bot.dialogue.messages import Typed
from flows.inputs import Proposal
from flows.session import Phase, Proposing
from locales import LANGUAGES
from scoring.rubric import Rubric
from tests.dialogue.support import STRANGER, at, hear
from tests.flows.scenes import scene

SHOP = "三十个人，二十台机床，八台数控，金蝶记账，仓库扫码，其他都是Excel"
IN_ENGLISH = (
    "30 people, 20 machines, 8 CNC, QuickBooks for the books, barcode scanners in the warehouse, the rest is Excel"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [SHOP, IN_ENGLISH])
@pytest.mark.parametrize("name", ["name", "kind", "single", "figures", "levels", "review", "commitment", "result"])
def test_it_is_understood_wherever_one_is(name: str, text: str, language: str) -> None:
    session = hear(Typed(text), at(scene(name).but(language=language))).session
    assert session.phase is Phase.PROPOSALS
    draft = session.drafts["q2"]
    assert isinstance(draft, Proposing)
    assert (draft.answer, draft.figures) == (("C",), {"machines": 20, "machines_digital": 8})
    assert session.record == scene(name).record


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_may_be_the_first_word_of_a_stranger(language: str) -> None:
    heard = hear(Typed(SHOP), STRANGER, language=language)
    assert (heard.session.phase, heard.session.language) == (Phase.PROPOSALS, language)
    assert heard.session.record.choices == {}


@pytest.mark.parametrize("text", ["宏达数控机床厂", "金蝶软件服务部", "Excel Tools Ltd"])
def test_a_firm_may_be_called_after_what_it_does(text: str) -> None:
    assert hear(Typed(text), at(scene("name"))).session.firm.name == text


class Plugged:
    """An operator's own."""

    def __init__(self, *proposals: Proposal) -> None:
        self.proposals = proposals

    def interpret(self, text: str, rubric: Rubric) -> tuple[Proposal, ...]:
        assert text, rubric.id
        return self.proposals


def test_an_interpreter_may_be_plugged_in_and_what_it_makes_up_is_left_out() -> None:
    known, nonsense = Proposal("finance", 2, "SAP"), (Proposal("q99", 1, "x"), Proposal("quality", 9, "x"))
    session = hear(Typed("我们上了SAP系统啦"), at(scene("single")), interpreter=Plugged(known, *nonsense)).session
    assert list(session.drafts) == ["finance"]
    assert session.record.levels == {}
