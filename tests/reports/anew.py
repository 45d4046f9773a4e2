"""Every kind of paper made in a process of its own: reads papers as JSON lines, writes a digest for each file."""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256

from bot.reports.compose import compose
from bot.reports.outcome import Row, outcome_of
from bot.reports.pack import Pack, pack_file
from bot.reports.paper import Paper
from bot.reports.render import PACK, Kind, render
from bot.reports.signing import Issuer
from bot.reports.summary import Summary
from tests.reports.keys import OPERATOR

ISSUER = Issuer("https://shuping.example", OPERATOR)


def digests(papers: list[Paper]) -> dict[str, str]:
    """Of the files of each paper, and of their summary."""
    return {name: sha256(content).hexdigest() for name, content in _files(papers)}


def _files(papers: list[Paper]) -> Iterator[tuple[str, bytes]]:
    summary = Summary(papers[0].language, papers[0].program)
    for number, paper in enumerate(papers, start=1):
        report = compose(paper, ISSUER.seal(paper))
        summary.add(Row(number=number, firm=report.firm, outcome=outcome_of(paper, report.seal.number)))
        for kind in Kind:
            yield f"{number}.{kind.value}", render(kind, report)
    final = papers[0]
    yield PACK, pack_file(Pack(final, final, ISSUER))
    yield "summary", summary.workbook()
    summary.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(digests([Paper.model_validate_json(line) for line in sys.stdin])))
