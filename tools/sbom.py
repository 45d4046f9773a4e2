"""Complete a list of components (CycloneDX): `python -m tools.sbom IN OUT`.

What the environment cannot show is added: the libraries compiled into packages, the fonts, the base of the image.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from tools.shipped import FONTS, ROOT, Package, Work, packages

BASE = re.compile(r"^FROM (?P<name>\S+):(?P<version>\S+)@sha256:(?P<digest>[0-9a-f]{64}) AS base$", re.MULTILINE)

Bom = dict[str, Any]


class IncompleteError(Exception):
    """The list is not one of what is shipped."""


def completed(bom: Bom, shipped: tuple[Package, ...], dockerfile: str) -> Bom:
    """The list with all that is shipped in it. Raises IncompleteError if a package is missing or one too many."""
    listed: dict[str, Bom] = {canonicalize_name(each["name"]): each for each in bom["components"]}
    if listed.keys() ^ {each.name for each in shipped}:
        raise IncompleteError(f"not as locked: {sorted(listed.keys() ^ {each.name for each in shipped})}")
    for package in shipped:
        if package.inside:
            listed[package.name]["components"] = [_library(work, package) for work in package.inside]
    more = [_font(font) for font in FONTS] + [_base(dockerfile)]
    return {**bom, "components": [*bom["components"], *more]}


def _library(work: Work, package: Package) -> Bom:
    return {
        "type": "library",
        "bom-ref": f"{package.name}/{work.name}@{work.version}",
        "name": work.name,
        "version": work.version,
        "licenses": [{"expression": " ".join(work.licence.split())}],
    }


def _font(font: Work) -> Bom:
    component = {
        "type": "data",
        "bom-ref": f"font/{font.name}",
        "name": font.name,
        "licenses": [{"expression": font.licence}],
    }
    return component | ({"version": font.version} if font.version else {})


def _base(dockerfile: str) -> Bom:
    found = BASE.search(dockerfile)
    if found is None:
        raise IncompleteError("the Dockerfile names no base with a digest")
    name, version, digest = found["name"], found["version"], found["digest"]
    return {
        "type": "container",
        "bom-ref": f"image/{name}",
        "name": name,
        "version": version,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def main(source: Path, target: Path) -> int:
    """Write the completed list; 1 if it is not valid."""
    bom = completed(json.loads(source.read_text(encoding="utf-8")), packages(), (ROOT / "Dockerfile").read_text())
    text = json.dumps(bom, ensure_ascii=False, indent=1, sort_keys=True)
    fault = JsonStrictValidator(SchemaVersion.from_version(bom["specVersion"])).validate_str(text)
    if fault is not None:
        print(f"not a valid list of components: {fault}")
        return 1
    target.parent.mkdir(exist_ok=True)
    target.write_text(text + "\n", encoding="utf-8")
    print(f"{target}: {len(bom['components'])} components, {sum(len(p.inside) for p in packages())} compiled into them")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
