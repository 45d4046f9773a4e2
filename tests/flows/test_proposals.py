"""In one's own words: proposed, agreed to in batches, corrected, thrown away; recorded only once it is agreed to."""

import pytest

from flows.cards import CommitmentCard, FirmNameCard, ProposalCard, ProposalsCard, QuestionCard
from flows.events import Recorded
from flows.inputs import (
    Agree,
    Amend,
    Answer,
    Back,
    Commit,
    Confirm,
    Discard,
    Jump,
    Overview,
    Pause,
    Proposal,
    Propose,
    Resume,
    Rung,
    Tick,
)
from flows.proposals import proposed
from flows.session import Climbing, Phase, Proposing, Ticking
from tests.flows.driver import RUBRIC, Walker, finished
from tests.flows.scenes import SAID

ITEMS = tuple(proposal.item for proposal in SAID)


def told() -> Walker:
    walker = Walker().begin()
    walker.say(Propose(SAID))
    return walker


def test_nothing_is_recorded_before_it_is_agreed_to() -> None:
    walker = told()
    assert isinstance(walker.card, ProposalsCard)
    assert tuple(walker.card.items) == ITEMS
    assert walker.session.record.choices == {}
    assert walker.session.record.levels == {}


def test_what_is_agreed_to_is_recorded_and_only_the_rest_is_asked() -> None:
    walker = told()
    events = walker.say(Agree(ITEMS))
    assert [event.item for event in events if isinstance(event, Recorded)] == list(ITEMS)
    record = walker.session.record
    assert record.choices == {"q2": ("C",), "q6": ("B", "C")}
    assert record.levels == {"energy": 0, "finance": 1}
    assert record.figures == {"machines": 20, "machines_digital": 8}
    assert walker.session.item == "q1"
    assert set(walker.session.agenda) == set(RUBRIC.items) - set(ITEMS)


def test_what_is_said_in_two_messages_adds_up() -> None:
    walker = told()
    less = (Proposal("q2", ("B",), "几台"), Proposal("q6", ("D",), "测评过"), Proposal("finance", 0, "Excel"))
    walker.say(Propose((*less, Proposal("energy", 2, "智能电表"))))
    card = walker.card
    assert isinstance(card, ProposalsCard)
    assert {item: draft.answer for item, draft in card.items.items()} == {
        "q2": ("C",),
        "q6": ("B", "C", "D"),
        "energy": 2,
        "finance": 1,
    }
    walker.say(Propose((Proposal("q2", ("B",), "5/1", {"machines": 5, "machines_digital": 1}),)))
    draft = walker.session.drafts["q2"]
    assert isinstance(draft, Proposing)
    assert draft.answer == ("B",)  # figures told anew are the ones that count


def test_a_batch_holds_six_and_the_next_comes_after_it() -> None:
    walker = Walker().begin()
    walker.say(Propose(tuple(Proposal(item, 1, "Excel") for item in RUBRIC.scenario)))
    card = walker.card
    assert isinstance(card, ProposalsCard)
    assert (len(card.items), card.rest) == (6, 10)
    walker.say(Agree(tuple(card.items)))
    assert isinstance(walker.card, ProposalsCard)
    assert not {*walker.card.items} & {*card.items}


def test_a_tap_raises_as_far_as_the_words_go_then_crosses_out_then_is_as_before() -> None:
    walker = told()
    seen = []
    for _ in range(5):
        card = walker.card
        assert isinstance(card, ProposalsCard)
        seen.append(card.items["finance"].answer)
        walker.say(Amend("finance", card.amended["finance"]))
    assert seen == [1, 2, 3, None, 1]


def test_what_is_crossed_out_is_asked() -> None:
    walker = told()
    walker.say(Amend("energy", None))
    walker.say(Amend("finance", 2))
    walker.say(Agree(ITEMS))
    assert walker.session.record.levels == {"finance": 2}
    assert "energy" in walker.session.agenda
    assert "energy" not in walker.session.drafts


def test_thrown_away_all_is_as_if_nothing_had_been_said() -> None:
    before = Walker().begin()
    walker = told()
    walker.say(Discard(ITEMS))
    assert walker.session.but(revision=0, opened=0, updated_at=before.session.updated_at) == before.session.but(
        revision=0, opened=0
    )


def test_whoever_goes_on_meets_it_again_at_each_item() -> None:
    walker = told()
    walker.say(Back())
    assert walker.session.item == "q1"
    walker.say(Jump("finance"))
    card = walker.card
    assert isinstance(card, ProposalCard)
    assert (card.draft.said, card.raised) == ("ERP", 2)
    walker.say(Confirm())
    assert walker.session.record.levels == {"finance": 1}
    assert proposed(RUBRIC, walker.session) == ("q2", "q6", "energy")


@pytest.mark.parametrize("restart", [False, True])
def test_what_was_begun_at_the_item_comes_back_if_it_was_misunderstood(restart: bool) -> None:
    walker = Walker().begin().go("q6")
    walker.say(Tick("D", on=True))
    walker.say(Propose((Proposal("q6", ("B",), "有制度"),)))
    if restart:
        walker.say(Propose((Proposal("q6", ("C",), "有防火墙"),)))
    assert isinstance(walker.card, ProposalCard)
    walker.say(Back())
    assert walker.session.drafts["q6"] == Ticking(letters=("D",))
    walker.go("quality").say(Rung(met=True))
    walker.say(Propose((Proposal("quality", 0, "差一点"),)))
    walker.say(Back())
    assert walker.session.drafts["quality"] == Climbing(met=1)


def test_a_letter_answers_past_the_proposal() -> None:
    walker = Walker().begin().go("q8")
    walker.say(Propose((Proposal("q8", ("B",), "听过课"),)))
    walker.say(Answer(("C",)))
    assert walker.session.record.choices == {"q8": ("C",)}
    assert "q8" not in walker.session.drafts


def test_at_the_greeting_it_begins_and_the_firm_is_asked_afterwards() -> None:
    walker = Walker()
    walker.say(Propose(SAID))
    assert walker.session.phase is Phase.PROPOSALS
    walker.say(Agree(ITEMS))
    assert isinstance(walker.card, FirmNameCard)


def test_what_is_known_already_is_not_proposed_again() -> None:
    walker = Walker().begin().go("finance")
    walker.take(2)
    walker.go("q6").answer("C", "D")
    walker.say(Propose(SAID))
    card = walker.card
    assert isinstance(card, ProposalsCard)
    assert {item: draft.answer for item, draft in card.items.items()} == {
        "q2": ("C",),
        "q6": ("B", "C", "D"),
        "energy": 0,
    }


def test_after_a_result_it_is_a_recheck_of_what_is_new() -> None:
    walker = finished()
    past = walker.session
    walker.say(Propose(SAID))
    card = walker.card
    assert isinstance(card, ProposalsCard)
    assert set(card.items) == {"q2", "q6"}
    assert walker.session.baseline
    assert walker.session.baseline.id == past.id
    walker.say(Agree(tuple(card.items)))
    assert isinstance(walker.card, CommitmentCard)
    walker.say(Commit())
    assert walker.session.record.choices["q6"] == ("B", "C")


def test_a_pause_keeps_the_list() -> None:
    walker = told()
    walker.say(Pause())
    walker.say(Resume())
    assert isinstance(walker.card, ProposalsCard)
    walker.say(Overview())
    assert proposed(RUBRIC, walker.session) == ITEMS


def test_said_of_the_item_on_the_screen_alone_it_is_asked_there() -> None:
    walker = Walker().begin().go("q2")
    walker.say(Propose(SAID[:1]))
    card = walker.card
    assert isinstance(card, ProposalCard)
    assert card.calculation == "8 / 20 = 40%"
    walker.say(Back())
    assert isinstance(walker.card, QuestionCard)


def test_options_said_twice_or_out_of_order_are_kept_once_and_in_order() -> None:
    walker = Walker().begin()
    walker.say(Propose((Proposal("q6", ("C", "B", "C"), "测评过"), Proposal("finance", 1, "Excel"))))
    walker.say(Agree(("q6", "finance")))
    assert walker.session.record.choices == {"q6": ("B", "C")}
