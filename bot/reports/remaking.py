"""Whether a paper that is made again here must be the same, byte by byte, or may differ for reasons of this place."""

import re
from importlib.metadata import version

from bot.reports.characters import printed
from bot.reports.content import Report
from bot.reports.paper import Paper
from scoring.editions import BUNDLED

MADE_BY = re.compile(rb"<xmp:CreatorTool>([^<]{1,100})</xmp:CreatorTool>")


def drawn_by(content: bytes) -> bytes:
    """The typesetter that a PDF names: another one draws other bytes."""
    found = MADE_BY.search(content)
    return found[1] if found else b""


def same_here(paper: Paper, report: Report) -> bool:
    """By this version of the program, an edition and fonts that come with it: others have some of an operator's own."""
    editions = {paper.rubric, *([paper.before.rubric] if paper.before else [])}
    texts = (report.firm, *(fact.value for fact in report.facts))
    ours = editions <= {*BUNDLED} and all(map(printed().issuperset, texts))
    return ours and paper.program == version("shuping")
