"""What is shipped: the packages of the lock, the works inside them, and the licence of each."""

import json
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath
from typing import cast

from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "requirements"
LOCK = REQUIREMENTS / "run.lock"

TITLES = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""SPDX names of what packages wrote before there was a field for them."""
READ = {
    "jinja2": "BSD-3-Clause",
    "prompt-toolkit": "BSD-3-Clause",
    "python-stdnum": "LGPL-2.1-or-later",
    "segno": "BSD-3-Clause",
}
"""Where the metadata say less than the licence text: read there."""
READ_INSIDE = {
    "cyrus-sasl-lib": "BSD-Attribution",
    "keyutils-libs": "LGPL-2.1-or-later",
    "libcom_err": "MIT",
}
"""Of libraries whose listing says no licence: read in their sources."""
UNLISTED = {
    "cryptography": (("OpenSSL", "Apache-2.0"),),
    "psycopg-binary": (
        ("libpq", "PostgreSQL"),
        ("OpenSSL", "Apache-2.0"),
        ("MIT Kerberos", "MIT"),
        ("OpenLDAP", "OLDAP-2.8"),
        ("libxcrypt", "LGPL-2.1-or-later"),
    ),
}
"""What the files of a package show to be in it, and its listing does not."""
SOURCE = ("source", "source code", "repository", "code", "github", "github: repo", "github repository", "homepage")
"""What packages call the address of their source, the most exact first."""
TEXTS = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")


class UnknownLicenceError(Exception):
    """A package does not say in words that we know under which licence it is."""


@dataclass(frozen=True)
class Pin:
    """One requirement of a lock file, with the hashes of its files as they are written there."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the package."""
        return self.requirement.name

    @property
    def version(self) -> str:
        """The one version that may be installed; empty if the lock leaves it open."""
        specifiers = list(self.requirement.specifier)
        exact = len(specifiers) == 1 and specifiers[0].operator == "=="
        return specifiers[0].version if exact else ""

    @property
    def wanted(self) -> bool:
        """Whether this machine is one on which the package is installed."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


@dataclass(frozen=True)
class Work:
    """A work of others that is shipped: `licence` is an SPDX expression."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True)
class Package(Work):
    """An installed package: its licence texts (paths beside it), its source, and what is compiled into it."""

    texts: tuple[str, ...]
    source: str
    inside: tuple[Work, ...]
    listing: str


FONTS = (
    Work("Noto Sans SC, cut to the characters that are used", "2.004", "OFL-1.1"),
    Work("Noto Sans TC, cut to the characters that are used", "2.004", "OFL-1.1"),
    Work("Shuping Rare, made of what Noto Sans SC, HK and JP have besides", "2.004", "OFL-1.1"),
    Work("Libertinus Serif", "", "OFL-1.1"),
    Work("New Computer Modern", "", "LicenseRef-GUST-Font-License"),
    Work("DejaVu Sans Mono", "", "Bitstream-Vera"),
)
"""Ours are files beside their licence; the others are compiled into typst, whose listing does not name them."""


def pins(lock: Path) -> tuple[Pin, ...]:
    """The requirements of a lock file. Raises InvalidRequirement for a line that is none."""
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return tuple(_pin(line) for line in lines if line.strip() and not line.startswith("#"))


def _pin(line: str) -> Pin:
    requirement, *hashes = line.split(" --hash=")
    return Pin(Requirement(requirement.strip()), tuple(each.strip() for each in hashes))


def packages(lock: Path = LOCK) -> tuple[Package, ...]:
    """The packages of a lock as they are installed here. Raises PackageNotFoundError, UnknownLicenceError."""
    return tuple(_package(distribution(pin.name), pin) for pin in pins(lock) if pin.wanted)


def _package(installed: Distribution, pin: Pin) -> Package:
    listing, inside = _inside(installed)
    return Package(
        pin.name, installed.version, licence(installed), tuple(_texts(installed)), _source(installed), inside, listing
    )


def licence(installed: Distribution) -> str:
    """The licence of a package as an SPDX expression. Raises UnknownLicenceError."""
    metadata = cast(Message, installed.metadata)
    said = [metadata.get("License-Expression"), READ.get(canonicalize_name(installed.name)), metadata.get("License")]
    said += [each.split(" :: ")[-1] for each in metadata.get_all("Classifier", []) if each.startswith("License :: ")]
    for title in filter(None, said):
        try:
            return str(canonicalize_license_expression(TITLES.get(title, title)))
        except ValueError:
            continue
    raise UnknownLicenceError(f"{installed.name} {installed.version}: {said}")


def _texts(installed: Distribution) -> list[str]:
    own = [PurePosixPath(str(each)) for each in installed.files or [] if ".dist-info/" in str(each)]
    return sorted(str(each) for each in own if "licenses" in each.parts or each.name.upper().startswith(TEXTS))


def _source(installed: Distribution) -> str:
    """Where the package says that its source is; empty if it does not."""
    metadata = cast(Message, installed.metadata)
    labelled = [each.split(", ", 1) for each in metadata.get_all("Project-URL", [])]
    addresses = {label.lower(): address for label, address in labelled}
    return next((addresses[each] for each in SOURCE if each in addresses), metadata.get("Home-page", ""))


def _inside(installed: Distribution) -> tuple[str, tuple[Work, ...]]:
    """The libraries that the package says are compiled into it, and the file in which it says so."""
    for each in installed.files or []:
        if ".dist-info/sboms/" in str(each):
            listed = json.loads(each.read_text(encoding="utf-8")).get("components", [])
            others = [one for one in listed if canonicalize_name(str(one["name"])) != canonicalize_name(installed.name)]
            unlisted = UNLISTED.get(canonicalize_name(installed.name), ())
            works = [*map(_component, others), *(Work(name, "", licence) for name, licence in unlisted)]
            return str(each), tuple(works)
    return "", ()


def _component(component: dict[str, object]) -> Work:
    licences = cast(list[dict[str, str]], component.get("licenses", []))
    said = " AND ".join(each["expression"] for each in licences)
    name = str(component["name"])
    return Work(name, str(component["version"]), said or READ_INSIDE.get(name, ""))
