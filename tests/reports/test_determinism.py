"""Every paper follows from its answers and its day: whoever makes it, where, when and how often."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.compose import compose
from bot.reports.paper import Paper
from bot.reports.render import PACK, Kind
from locales import LANGUAGES
from tests.bot.child import environment
from tests.reports.anew import digests
from tests.reports.firms import BY_FIGURES, HOSTILE, LONG, RARE, anybody, names, of_grade, paper
from tests.scoring.strategies import PROFILES, examples

PAPERS = [
    paper(of_grade(3), before=of_grade(1)),
    paper(of_grade(0), "en", firm=None),
    paper(BY_FIGURES, "zh-Hant", firm=RARE, profile="platform"),
    paper(of_grade(4), firm=HOSTILE),
    paper(of_grade(2), "en", firm=LONG, before=BY_FIGURES),
]
FAR = {"TZ": "Pacific/Kiritimati", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "1", "RAYON_NUM_THREADS": "4"}
NEAR = {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "2", "RAYON_NUM_THREADS": "1"}
OTHER_DAY = "2031-02-28 23:59:58"


@pytest.mark.parametrize(("surroundings", "day"), [(FAR, None), pytest.param(NEAR, OTHER_DAY, marks=pytest.mark.slow)])
def test_the_same_files_in_any_process(tmp_path: Path, surroundings: dict[str, str], day: str | None) -> None:
    """In another time zone, language and order of sets; on a machine with more cores; years later."""
    if day and not shutil.which("faketime"):
        assert "CI" not in os.environ, "apt-get install faketime"
        pytest.skip("faketime is not installed")
    command = [*(("faketime", day) if day else ()), sys.executable, "-m", "tests.reports.anew"]
    done = subprocess.run(
        command,
        input="\n".join(each.model_dump_json() for each in PAPERS),
        env=environment(tmp_path, **surroundings),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    here = digests(PAPERS)
    there = json.loads(done.stdout)
    assert {name for name in here if here[name] != there[name]} == set()
    assert {*here} == {PACK, "summary", *(f"{number}.{kind}" for number in range(1, len(PAPERS) + 1) for kind in Kind)}


TWICE = """
from bot.reports.render import Kind, render
from tests.reports.firms import of_grade, report
made = report(of_grade(2))
print([kind.value for kind in Kind if render(kind, made) != render(kind, made)])
"""


def test_the_first_file_of_a_process_is_like_those_after_it(tmp_path: Path) -> None:
    """Nothing that a library keeps changes what comes next."""
    command = [sys.executable, "-c", TWICE]
    done = subprocess.run(command, env=environment(tmp_path), stdout=subprocess.PIPE, check=True, text=True)
    assert done.stdout == "[]\n"


@given(st.builds(paper, anybody, st.sampled_from(LANGUAGES), names, st.none() | anybody, st.sampled_from(PROFILES)))
@examples(30)
def test_a_paper_that_travelled_says_the_same(made: Paper) -> None:
    """Whatever is drawn is drawn from the report: what is the same report is the same file."""
    travelled = Paper.model_validate_json(made.canonical())
    assert travelled == made
    assert travelled.canonical() == made.canonical()
    assert compose(travelled) == compose(made)


def test_a_day_later_is_another_paper() -> None:
    """The day is on it, so that this test can fail."""
    later = PAPERS[0].model_copy(update={"on": PAPERS[0].on.replace(day=23)})
    first, second = digests(PAPERS[:1]), digests([later])
    assert not {name for name in first if first[name] == second[name]} - {f"1.{Kind.PICTURE}"}
