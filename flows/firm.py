"""Two questions about the firm, either of which may be skipped."""

from flows.events import FirmNamed, Refusal
from flows.identity import LONGEST_NAME, close, identify, settle
from flows.inputs import ChooseKind, EditFirm, FirmInput, Identify, NameFirm, Skip, Tell
from flows.session import FirmField, Phase
from flows.text import tidy
from flows.turn import Step, Turn
from flows.walking import resume


def about_firm(turn: Turn, given: FirmInput) -> Step:
    """The inputs of the phase firm, and of what papers tell."""
    session = turn.session
    if isinstance(given, Identify | Tell):
        return identify(turn, given)
    if isinstance(given, EditFirm):
        return turn.go("edit_firm", session.but(page=FirmField.NAME.value))
    if session.phase is Phase.IDENTITY and isinstance(given, Skip):
        return close(turn, emptied=True) if session.page else settle(turn)
    if session.phase is not Phase.FIRM:
        return turn.refuse(Refusal.NOT_HERE)
    match given:
        case NameFirm(name=name) if session.page == FirmField.NAME:
            return _name(turn, tidy(name))
        case ChooseKind(kind=kind) if session.page == FirmField.KIND:
            return resume(turn, session.but(firm=session.firm.model_copy(update={"kind": kind})))
        case Skip() if session.page == FirmField.NAME:
            return Step(session.but(page=FirmField.KIND.value))
        case Skip():
            return resume(turn, session)
        case _:
            return turn.refuse(Refusal.NOT_HERE)


def _name(turn: Turn, name: str) -> Step:
    if not name:
        return turn.refuse(Refusal.NAME_EMPTY)
    if len(name) > LONGEST_NAME:
        return turn.refuse(Refusal.NAME_LONG)
    firm = turn.session.firm.model_copy(update={"name": name})
    return Step(turn.session.but(firm=firm, page=FirmField.KIND.value), (FirmNamed(name),))
