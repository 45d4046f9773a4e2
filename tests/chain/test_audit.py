"""Hashes, licences, known holes: what the audit finds, and what it says when it cannot find out."""

import json
import re
from pathlib import Path

import pytest

from tools.audit import Holes, forbidden, holes, tell, understood, unpinned
from tools.shipped import FONTS, REQUIREMENTS, Work, packages, pins

HASH = "sha256:" + "a" * 64


def _lock(folder: Path, line: str) -> Path:
    lock = folder / "some.lock"
    lock.write_text(line + "\n")
    return lock


@pytest.mark.parametrize("lock", sorted(REQUIREMENTS.glob("*.lock")), ids=lambda lock: lock.name)
def test_every_requirement_is_known_by_its_hashes(lock: Path) -> None:
    assert len(pins(lock)) > 5
    assert unpinned(lock) == []


@pytest.mark.parametrize("lock", sorted(REQUIREMENTS.glob("*.lock")), ids=lambda lock: lock.name)
def test_no_lock_names_where_packages_come_from(lock: Path) -> None:
    assert not re.search(r"://|--index|--extra|--find|--trusted| @ ", lock.read_text())


@pytest.mark.parametrize(
    "line",
    [
        "some==1",
        f"some>=1 --hash={HASH}",
        f"some --hash={HASH}",
        f"some==1.* --hash={HASH[:-1]}",
        "some==1 --hash=md5:" + "a" * 32,
    ],
)
def test_a_requirement_that_could_be_another_file_is_found(line: str, tmp_path: Path) -> None:
    assert len(unpinned(_lock(tmp_path, line))) == 1


def test_a_pinned_requirement_is_none(tmp_path: Path) -> None:
    assert unpinned(_lock(tmp_path, f"some==1 ; sys_platform != 'win32' \\\n    --hash={HASH}")) == []


def test_everything_shipped_is_under_a_licence_that_we_know() -> None:
    shipped = packages()
    assert {"python-telegram-bot", "certifi", "typst"} <= {each.name for each in shipped}
    assert forbidden([*FONTS, *shipped, *(work for each in shipped for work in each.inside)]) == []


def test_every_package_brings_its_licence_text() -> None:
    assert [each.name for each in packages() if not each.texts] == []


@pytest.mark.parametrize(
    ("licence", "good"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("(MIT OR GPL-3.0-only) AND Apache-2.0", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("AGPL-3.0-only", False),
        ("LicenseRef-Whatever", False),
        ("", False),
    ],
)
def test_a_licence_is_known_or_it_is_not(licence: str, good: bool) -> None:
    assert (forbidden([Work("some", "1", licence)]) == []) is good


def test_known_holes_are_told() -> None:
    hole = {"id": "PYSEC-1", "fix_versions": ["2"], "aliases": [], "description": ""}
    answer = {
        "dependencies": [{"name": "some", "version": "1", "vulns": [hole]}, {"name": "b", "version": "1", "vulns": []}]
    }
    assert understood(json.dumps(answer), "") == Holes(found=("some 1: PYSEC-1",))


def test_an_index_that_knows_no_package_is_no_clean_bill() -> None:
    answer = {
        "dependencies": [{"name": "some", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}]
    }
    said = understood(json.dumps(answer), "No known vulnerabilities found")
    assert said.unasked == ("some",)
    assert not said.reached


def test_a_list_that_cannot_be_reached_is_told() -> None:
    assert understood("", "Traceback …\nConnectionError: no name server") == Holes(
        reason="ConnectionError: no name server"
    )
    assert not understood("", "").reached


@pytest.mark.parametrize(
    ("answer", "said", "good", "good_if_it_must_reach"),
    [
        (Holes(), "known holes: good, none in 3 packages", True, True),
        (Holes(reason="no name server"), "NOT CHECKED for 3 of 3 packages: no name server", True, False),
        (Holes(unasked=("a",)), "NOT CHECKED for 1 of 3 packages: the package index here", True, False),
        (Holes(found=("b 1: PYSEC-1",)), "known holes: NO\n  b 1: PYSEC-1", False, False),
        (Holes(found=("b 1: PYSEC-1",), unasked=("a",)), "b 1: PYSEC-1\nknown holes: NOT CHECKED for 1", False, False),
    ],
)
def test_what_was_not_checked_is_said_and_fails_only_if_it_must_be(
    answer: Holes, said: str, good: bool, good_if_it_must_reach: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(answer, 3, must_reach=False) is good
    assert said in capsys.readouterr().out
    assert tell(answer, 3, must_reach=True) is good_if_it_must_reach


@pytest.mark.slow
def test_without_a_network_the_audit_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not holes(_lock(tmp_path, f"some==1 --hash={HASH}")).reached
