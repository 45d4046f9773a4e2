"""`shuping score` on a long file: speed on one core, and memory that does not grow with the file."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.samples import answer_files, written
from bench.table import Row, at_least, at_most_of, size
from bench.timing import Run, run_child

FEW, MANY = 4_000, 40_000
ROUNDS = 3


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        few, many = (_file(place, count) for count in (FEW, MANY))
        small = _scored(place, few)
        large, echoes = zip(*((_scored(place, many), _echoed(place, many)) for _ in range(ROUNDS)), strict=True)
    rate, floor = (MANY / min(run.processor for run in runs) for runs in (large, echoes))
    what = f"shuping score, {MANY:,} assessments, a second of one core"
    yield at_least(what, rate, 3000)
    yield Row("the same beside json.loads and json.dumps", f"{rate:,.0f}/s", f"{floor:,.0f}/s", f"{rate / floor:.2f}")
    yield Row("the same on the clock, beside other work", f"{MANY / min(run.wall for run in large):,.0f}/s")
    peak = max(run.peak for run in large)
    yield at_most_of(f"its peak memory, {MANY:,}", size(peak), f"{FEW:,}: {size(small.peak)}", peak / small.peak, 1.05)


def _echoed(folder: Path, file: Path) -> Run:
    return run_child("echo", str(file), into=folder / "echo.jsonl")


def _file(folder: Path, count: int) -> Path:
    file = folder / f"{count}.jsonl"
    with file.open("wb") as out:
        out.writelines(map(written, answer_files(count)))
    return file


def _scored(folder: Path, file: Path) -> Run:
    output = folder / "results.jsonl"
    run = run_child("score", str(file), into=output)
    with file.open("rb") as given, output.open("rb") as results:
        assert sum(1 for _ in given) == sum(b'"grade_name"' in line for line in results)
    return run
