"""What papers tell of the firm: asked before the first one, optional, and kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from flows.credit_code import CODE_SIGNS
from flows.events import PaperWanted, Refusal
from flows.identity import LONGEST_FACT, LONGEST_NAME, code_of, fault, kept, looks_like_code
from flows.inputs import Aim, Back, Done, Identify, Overview, Pause, Pick, Provisional, Recheck, Resume, Skip, Tell
from flows.session import AimPage, Firm, FirmFact, PaperKind, Phase, Session
from tests.flows.driver import Walker, finished
from tests.flows.scenes import scene
from tests.flows.transcript import compare
from tests.scoring.strategies import examples

CODE = "91330200144153290E"
SIGNS = sorted(CODE_SIGNS)
bodies = st.builds(
    lambda area, rest: "".join((*area, *rest)),
    st.lists(st.sampled_from("0123456789"), min_size=8, max_size=8),
    st.lists(st.sampled_from(SIGNS), min_size=9, max_size=9),
)
codes = bodies.map(lambda body: body + uscc.calc_check_digit(body))


def told(*facts: FirmFact, text: str = "x") -> dict[FirmFact, str]:
    return dict.fromkeys(facts, text)


# the walk


def test_before_the_first_paper_one_card_and_one_tap() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF))
    assert walker.session.phase is Phase.IDENTITY
    assert walker.say(Done()) == (PaperWanted(PaperKind.PDF),)
    assert (walker.session.phase, walker.session.paper, walker.session.identified) == (Phase.RESULT, None, True)
    assert walker.session.firm == Firm(name="示例厂")


def test_a_fact_after_the_other_and_all_at_once_come_to_the_same() -> None:
    facts = {
        FirmFact.NAME: "示例五金厂",
        FirmFact.CREDIT_CODE: CODE,
        FirmFact.INDUSTRY: "金属制品业",
        FirmFact.REGION: "浙江省宁波市",
        FirmFact.CONTACT: "张三 13800138000",
    }
    one, all_ = finished(), finished()
    one.say(Identify(PaperKind.XLSX))
    for fact, text in facts.items():
        one.say(Identify(fact=fact))
        one.say(Tell({fact: f"  {text} "}))
    assert one.session.card == "identity"
    assert one.say(Done()) == (PaperWanted(PaperKind.XLSX),)
    all_.say(Identify(PaperKind.XLSX))
    assert all_.say(Tell(facts, done=True)) == (PaperWanted(PaperKind.XLSX),)
    assert one.session.firm == all_.session.firm
    assert {fact: one.session.firm.fact(fact) for fact in FirmFact} == facts


def test_what_is_wrong_in_a_form_keeps_all_of_it_back() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF))
    reason = walker.refused(Tell({FirmFact.REGION: "宁波", FirmFact.CREDIT_CODE: CODE[:-1] + "A"}, done=True))
    assert reason is Refusal.CODE_CHECK
    assert walker.session.firm.region is None


def test_what_was_told_can_be_taken_back() -> None:
    walker = finished()
    walker.say(Identify(fact=FirmFact.REGION))
    walker.say(Tell(told(FirmFact.REGION, text="宁波")))
    walker.say(Identify(fact=FirmFact.REGION))
    walker.say(Skip())
    assert (walker.session.card, walker.session.firm.region) == ("identity", None)
    walker.say(Tell(told(FirmFact.REGION, text="宁波")))
    walker.say(Tell(told(FirmFact.REGION, text=" \u200b ")))
    assert walker.session.firm.region is None


def test_another_fact_leaves_the_open_one_open() -> None:
    walker = finished()
    walker.say(Identify(fact=FirmFact.CONTACT))
    walker.say(Tell(told(FirmFact.CREDIT_CODE, text=CODE)))
    assert walker.session.page == FirmFact.CONTACT


def test_a_name_that_was_skipped_can_be_given_before_the_paper() -> None:
    walker = Walker().begin().fill().finish()
    walker.say(Identify(PaperKind.PDF, FirmFact.NAME))
    assert walker.refused(Tell(told(FirmFact.NAME, text="厂" * 101))) is Refusal.NAME_LONG
    walker.say(Tell(told(FirmFact.NAME, text="示例厂")))
    walker.say(Done())
    assert walker.session.firm == Firm(name="示例厂")


def test_back_leads_out_without_a_paper_and_is_asked_again() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF, FirmFact.CONTACT))
    walker.say(Back())
    assert walker.session.card == "identity"
    assert walker.say(Back()) == ()
    assert (walker.session.card, walker.session.paper, walker.session.identified) == ("result", None, False)


def test_skip_is_enough() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF))
    assert walker.say(Skip()) == (PaperWanted(PaperKind.PDF),)


def test_opened_to_be_changed_it_makes_no_paper() -> None:
    walker = finished()
    walker.say(Identify())
    assert walker.say(Done()) == ()
    assert walker.session.identified


def test_so_far_it_leads_back_to_what_it_comes_to_so_far() -> None:
    walker = Walker().begin(name="示例厂").go("q8")
    walker.say(Overview())
    walker.say(Provisional())
    walker.say(Identify(PaperKind.PDF))
    walker.say(Done())
    assert walker.session.phase is Phase.PROVISIONAL


def test_a_pause_comes_back_to_it() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF, FirmFact.CONTACT))
    walker.say(Pause())
    walker.say(Resume())
    assert (walker.session.card, walker.session.paper) == ("identity.contact", PaperKind.PDF)


def test_whoever_goes_elsewhere_forgets_the_paper() -> None:
    for elsewhere in (Recheck(), Aim(AimPage.PLAN)):
        walker = finished()
        walker.say(Identify(PaperKind.PDF))
        walker.say(elsewhere)
        assert walker.session.paper is None


def test_a_look_at_what_it_comes_to_so_far_forgets_the_paper() -> None:
    walker = Walker(scene("identity so far"))
    walker.say(Identify(PaperKind.PDF))
    walker.say(Provisional())
    assert (walker.session.phase, walker.session.paper) == (Phase.PROVISIONAL, None)


def test_a_new_assessment_keeps_the_facts_and_does_not_ask_again() -> None:
    walker = finished()
    walker.say(Identify(PaperKind.PDF))
    walker.say(Tell(told(FirmFact.CONTACT, text="张三"), done=True))
    walker.anew()
    assert (walker.session.firm.contact, walker.session.identified) == ("张三", True)
    again = finished()
    again.say(Identify(PaperKind.PDF))
    again.say(Tell(told(FirmFact.CONTACT, text="张三"), done=True))
    again.say(Recheck())
    again.say(Pick(("quality",), on=True))
    assert (again.session.firm.contact, again.session.identified) == ("张三", True)


def test_a_session_of_before_reads_as_not_asked() -> None:
    stored = finished().session.model_dump(mode="json")
    for later in ("identified", "paper"):
        del stored[later]
    stored["firm"] = {"name": "示例厂", "kind": None}
    read = Session.model_validate(stored)
    assert (read.identified, read.paper, read.firm) == (False, None, Firm(name="示例厂"))


def test_a_firm_of_before_has_the_facts_of_now_and_its_name_of_then() -> None:
    then = Firm(name="老名字", region="杭州")
    now = Firm(name="新名字", region="宁波", contact="张三")
    assert then.completed(now) == Firm(name="老名字", region="杭州", contact="张三")


def test_asked_once_and_changed_later() -> None:
    walker = finished()
    walker.lines.clear()
    for said in (
        *(Identify(PaperKind.PDF), Identify(fact=FirmFact.CREDIT_CODE), Tell(told(FirmFact.CREDIT_CODE, text=CODE))),
        *(Identify(fact=FirmFact.CONTACT), Tell(told(FirmFact.CONTACT, text="张三")), Done()),
        *(Identify(), Identify(fact=FirmFact.CONTACT), Skip(), Tell(told(FirmFact.REGION, text="宁波")), Back()),
    ):
        walker.say(said)
    compare("identity", walker.lines)


# what is typed


@pytest.mark.parametrize(
    "typed",
    [
        *(CODE, CODE.lower(), f"  {CODE}\n", "9133 0200 1441 5329 0E", "91330200-144153290-E"),
        *("９１３３０２００１４４１５３２９０Ｅ", "9133\u200b0200144153290E", f"统一社会信用代码：{CODE}"),
    ],
)
def test_a_code_as_tired_people_type_it(typed: str) -> None:
    assert fault(FirmFact.CREDIT_CODE, typed) is None
    assert kept(FirmFact.CREDIT_CODE, typed) == CODE
    assert looks_like_code(typed)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (CODE[:-1], Refusal.CODE_LENGTH),
        (CODE + "0", Refusal.CODE_LENGTH),
        ("有", Refusal.CODE_LENGTH),
        ("号码 7", Refusal.CODE_LENGTH),
        (CODE.replace("0", "O"), Refusal.CODE_SIGN),
        *((sign + CODE[1:], Refusal.CODE_SIGN) for sign in "IOSVZ"),
        ("91330200144153号90E", Refusal.CODE_SIGN),
        (CODE[:-1] + "C", Refusal.CODE_CHECK),
        ("19" + CODE[2:], Refusal.CODE_CHECK),
    ],
)
def test_which_kind_of_wrong_a_code_is(typed: str, reason: Refusal) -> None:
    assert fault(FirmFact.CREDIT_CODE, typed) is reason


@given(codes)
@examples(100)
def test_a_code_is_right_where_the_library_says_so(code: str) -> None:
    assert uscc.is_valid(code)
    assert fault(FirmFact.CREDIT_CODE, code) is None


@given(codes, st.integers(0, 17), st.characters(codec="utf-8"))
@examples(300)
def test_every_typo_of_one_character_is_refused(code: str, place: int, typo: str) -> None:
    typed = code[:place] + typo + code[place + 1 :]
    if code_of(typed) != code:
        assert fault(FirmFact.CREDIT_CODE, typed) in (Refusal.CODE_CHECK, Refusal.CODE_SIGN, Refusal.CODE_LENGTH)


@given(codes, st.integers(0, 16))
@examples(200)
def test_neighbours_that_changed_places_are_refused(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (fault(FirmFact.CREDIT_CODE, swapped) is None) == (swapped == code)


@given(st.text(max_size=90), st.sampled_from(FirmFact))
@examples(300)
def test_what_is_kept_is_kept_again_as_it_is(typed: str, fact: FirmFact) -> None:
    if fault(fact, typed) is None and (told := kept(fact, typed)):
        assert (kept(fact, told), fault(fact, told)) == (told, None)
        assert len(told) <= (LONGEST_NAME if fact is FirmFact.NAME else LONGEST_FACT)
