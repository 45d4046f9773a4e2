"""Audit what is shipped: its hashes, its licences, the holes that are known in it.

Fails on what must not be shipped. That no list of holes can be reached is said; `--must-reach` fails on it, too.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from license_expression import AND, OR, LicenseExpression, get_spdx_licensing

from tools.shipped import FONTS, LOCK, REQUIREMENTS, UnknownLicenceError, Work, packages, pins

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-Attribution",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "Bitstream-Vera",
        "CC0-1.0",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LicenseRef-GUST-Font-License",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "OFL-1.1",
        "OLDAP-2.8",
        "PSF-2.0",
        "PostgreSQL",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "Zlib",
    }
)
"""Licences under which works may be shipped: whoever adds one has read what it asks for and says it in NOTICE."""
HASH = re.compile(r"sha256:[0-9a-f]{64}")
SPDX = get_spdx_licensing()


def unpinned(lock: Path) -> list[str]:
    """The requirements of a lock that pip could fulfil with a file that nobody has looked at."""
    return [f"{lock.name}: {pin.requirement}" for pin in pins(lock) if not _sure(pin.version, pin.hashes)]


def _sure(version: str, hashes: tuple[str, ...]) -> bool:
    return bool(version and hashes) and all(HASH.fullmatch(each) for each in hashes)


def forbidden(works: Iterable[Work]) -> list[str]:
    """The works that may not be shipped under any of the licences that they offer."""
    return [f"{each.name} {each.version}: {each.licence}" for each in works if not _allowed(SPDX.parse(each.licence))]


def _allowed(licence: LicenseExpression | None) -> bool:
    match licence:
        case None:
            return False
        case AND():
            return all(map(_allowed, licence.args))
        case OR():
            return any(map(_allowed, licence.args))
    return str(licence) in ALLOWED


@dataclass(frozen=True)
class Holes:
    """What a list of known holes said: `found` in sentences, `unasked` the packages on which it was silent."""

    found: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    reason: str = ""

    @property
    def reached(self) -> bool:
        """Whether it spoke about every package."""
        return not (self.unasked or self.reason)


def holes(lock: Path) -> Holes:
    """The known holes of a lock's packages, asked of the package index."""
    asked = ["pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    program = Path(sys.executable).with_name(asked[0])
    done = subprocess.run([program, *asked[1:], "--requirement", lock], capture_output=True, text=True, check=False)  # noqa: S603
    return understood(done.stdout, done.stderr)


def understood(answer: str, complaint: str) -> Holes:
    """What pip-audit wrote. It takes a list that knows no package at all for a clean bill; we do not."""
    try:
        packages_ = json.loads(answer)["dependencies"]
    except ValueError:
        return Holes(reason=(complaint.strip().splitlines() or ["no answer"])[-1])
    found = [f"{each['name']} {each['version']}: {hole['id']}" for each in packages_ for hole in each.get("vulns", [])]
    return Holes(tuple(found), tuple(each["name"] for each in packages_ if "skip_reason" in each))


def main() -> int:
    """Say how things are; 1 if something must not be shipped."""
    good = [_hashes(), _licences(), tell(holes(LOCK), len(pins(LOCK)), must_reach="--must-reach" in sys.argv)]
    return int(not all(good))


def _hashes() -> bool:
    locks = sorted(REQUIREMENTS.glob("*.lock"))
    return _say("hashes", [each for lock in locks for each in unpinned(lock)], f"all of {len(locks)} lock files")


def _licences() -> bool:
    try:
        shipped = packages()
    except UnknownLicenceError as error:
        return _say("licences", [str(error)], "")
    works = [*FONTS, *shipped, *(work for package in shipped for work in package.inside)]
    return _say("licences", forbidden(works), f"all of {len(works)} works")


def tell(answer: Holes, total: int, *, must_reach: bool) -> bool:
    """Say what is known of the holes in `total` packages; whether it may be shipped so."""
    if answer.found or answer.reached:
        _say("known holes", answer.found, f"none in {total} packages")
    if not answer.reached:
        why = answer.reason or "the package index here says nothing about their holes"
        print(f"known holes: NOT CHECKED for {len(answer.unasked) or total} of {total} packages: {why}")
    return not answer.found and (answer.reached or not must_reach)


def _say(what: str, wrong: Iterable[str], good: str) -> bool:
    faults = list(wrong)
    print(f"{what}: {'NO' if faults else 'good, ' + good}")
    for fault in faults:
        print(f"  {fault}")
    return not faults


if __name__ == "__main__":
    sys.exit(main())
