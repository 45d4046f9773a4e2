"""Taking time beside noisy neighbours, and the memory of other processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from time import perf_counter

Work = Callable[[], object]
CHILD = (sys.executable, "-m", "bench.child")


def seconds_of(work: Work) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def fastest(contestants: Mapping[str, Sequence[Work]], rounds: int) -> dict[str, float]:
    """The mean over each contestant's calls, of which each counts with its fastest time.

    Contestants take turns, and a call is shorter than the pauses between two disturbances: what is left is the
    time that the work itself takes.
    """
    best = {name: [float("inf")] * len(calls) for name, calls in contestants.items()}
    for _ in range(rounds):
        for name, calls in contestants.items():
            best[name] = list(map(min, best[name], map(seconds_of, calls)))
    return {name: fmean(times) for name, times in best.items()}


def turns(contestants: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Every call of each contestant, in turns; for work that waits for a disk, where the fastest call misleads."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            times[name].append(seconds_of(work))
    return times


def ratio_of(times: Mapping[str, list[float]], one: str, other: str) -> float:
    """The median, over all rounds, of one's speed as a share of the other's."""
    return median(slow / fast for slow, fast in zip(times[other], times[one], strict=True))


@dataclass(frozen=True, slots=True)
class Run:
    """A finished child: seconds on the clock and on the processor, and its peak memory in bytes."""

    wall: float
    processor: float
    peak: int


def run_child(*arguments: str, into: Path) -> Run:
    """Run `bench.child`, which reports its own use at the end."""
    with into.open("wb") as output:
        start = perf_counter()
        child = subprocess.run((*CHILD, *arguments), stdout=output, stderr=subprocess.PIPE, check=True, env=plain_env())
        wall = perf_counter() - start
    processor, peak = child.stderr.split()[-2:]
    return Run(wall, float(processor), int(peak))


def plain_env() -> dict[str, str]:
    """The environment without settings of the person who measures."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SHUPING_")}
