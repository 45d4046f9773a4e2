"""What a paper shows on its face, and whoever checks it may be told: nothing of the answers."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from bot.reports.content import Report
from bot.reports.paper import Paper
from scoring.editions import load_rubric

SHOWN = ("number", "code", "firm", "credit_code", "on", "edition", "profile", "grade", "score", "status")
"""What is told of a face, in this order; the rest says how it is to be read."""


class Face(BaseModel):
    """The words of the paper, in its language; "" for what is not on it.

    `profile` is "" where the edition has one rule only, `status` where the result is final. What a later program adds
    is left out by an earlier one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    code: str
    firm: str = ""
    credit_code: str = ""
    on: date
    edition: str
    profile: str = ""
    grade: str
    score: str
    status: str = ""
    language: str
    program: str


def face_of(report: Report, paper: Paper) -> Face:
    """The face of a paper that was put into words."""
    rubric = load_rubric(paper.rubric, paper.language)
    several = len(rubric.profiles) > 1
    return Face(
        number=report.seal.number,
        code=report.seal.code,
        firm=report.firm,
        credit_code=paper.firm.credit_code or "",
        on=paper.on,
        edition=report.source,
        profile=rubric.profile(paper.profile).name if several else "",
        grade=report.grade_name,
        score=report.total.shown,
        status=report.status,
        language=report.language,
        program=paper.program,
    )
