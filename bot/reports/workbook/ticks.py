"""What formulas say of the ticks at a question: which count, and what is wrong with them (`scoring.answers`)."""

from bot.reports.content import Question
from bot.reports.workbook.formula import first, one_of
from bot.reports.workbook.marks import UNTICKED, ticks_of

FAULTS = ("tick", "several", "none_with_others", "contradicts")
"""What can be wrong with an answer; the code of a fault is its place from 2 on. 0 says that there is none yet, 1 that
there is one."""


def ticked(cell: str, letter: str) -> str:
    """1 for an option that is chosen, 0 for one that is not, -1 for what cannot be read.

    A box to tick, which newer spreadsheets can put into a cell, is TRUE or FALSE.
    """
    cases = [
        (f"ISERROR({cell})", "-1"),
        (f"ISLOGICAL({cell})", f"IF({cell},1,0)"),
        (one_of(cell, ("", UNTICKED)), "0"),
        (one_of(cell, ticks_of(letter)), "1"),
    ]
    return first(cases, "-1")


def code_of(question: Question, marks: str, letters: str, derived: str) -> str:
    """What is wrong with the answer to a question, as a number (`FAULTS`).

    `marks` and `letters` are the ranges beside its options, `derived` the cell with the letter that its figures give.
    """
    chosen = f"SUM({marks})"
    cases = [(f"COUNTIF({marks},-1)>0", "2")]
    if question.several:
        cases.append((f"AND(INDEX({marks},1)=1,{chosen}>1)", "4"))
    else:
        cases.append((f"{chosen}>1", "3"))
    if question.rule:
        letter = f"INDEX({letters},MATCH(1,{marks},0))"
        cases.append((f"{chosen}=0", f'IF({derived}="",0,1)'))
        cases.append((f'{derived}<>""', f"IF({letter}={derived},1,5)"))
    return first(cases, f"IF({chosen}>0,1,0)")
