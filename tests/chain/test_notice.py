"""NOTICE and the list of components: whose works are shipped."""

import pytest

from tests.chain.places import ROOT
from tools.notice import notice
from tools.sbom import IncompleteError, completed
from tools.shipped import FONTS, LOCK, packages, pins

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPONENTS = [{"name": each.name, "version": each.version} for each in packages()]


def test_it_is_current() -> None:
    assert notice(packages()) == NOTICE


def test_it_names_every_locked_package_in_its_version() -> None:
    assert [pin.name for pin in pins(LOCK) if f"\n{pin.name} {pin.version}: " not in NOTICE] == []


@pytest.mark.parametrize(
    "work",
    [
        "python-telegram-bot 22",
        "psycopg 3",
        "Carnegie Mellon",
        "certifi 20",
        "Noto Sans SC",
        "Noto Sans TC",
        "Shuping Rare",
        "OFL.txt",
        "option-ext (MPL-2.0)",
    ],
)
def test_it_names_what_its_licence_asks_to_be_named(work: str) -> None:
    assert work in NOTICE


def test_the_document_counts_them_right() -> None:
    told = " ".join((ROOT / "docs" / "security.md").read_text(encoding="utf-8").split())
    inside = sum(len(each.inside) for each in packages())
    assert f"{len(packages())} packages ({inside} libraries compiled into five of them) and six fonts" in told


def test_the_list_has_packages_what_is_in_them_fonts_and_base() -> None:
    listed = completed({"components": COMPONENTS}, packages(), DOCKERFILE)["components"]
    names = {each["name"]: each for each in listed}
    assert names.keys() == {each.name for each in [*packages(), *FONTS]} | {"python"}
    assert len(names["typst"]["components"]) > 300
    assert names["python"]["hashes"][0]["content"] in DOCKERFILE


def test_a_list_of_something_else_is_refused() -> None:
    with pytest.raises(IncompleteError, match="aiohappyeyeballs"):
        completed({"components": COMPONENTS[1:]}, packages(), DOCKERFILE)
    with pytest.raises(IncompleteError, match="base"):
        completed({"components": COMPONENTS}, packages(), "FROM python:3.13\n")
