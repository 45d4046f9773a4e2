"""Adding a language takes what CONTRIBUTING.md says and nothing else: one more is added to a copy of the program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from locales import LANGUAGES
from tests.locales.scan import ROOT

pytestmark = pytest.mark.slow

LANGUAGE, NAME = "sv", "Svenska"
COPIED = ("bot", "flows", "locales", "scoring", "storage", "tests", "tools")
TESTS = (
    *("tests/locales", "tests/scoring/test_rubric.py", "tests/scoring/test_policy.py"),
    *(
        "tests/bot/test_screens.py",
        "tests/bot/test_words.py",
        "tests/bot/test_reading.py",
        "tests/understanding/test_numbers.py",
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the language in it, in English words."""
    folder = tmp_path_factory.mktemp("program")
    for package in COPIED:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    _catalogues(folder / "locales")
    _standard(folder / "scoring" / "data")
    _name(folder / "locales")
    return folder


def _catalogues(folder: Path) -> None:
    """Step 1."""
    shutil.copytree(folder / "en", folder / LANGUAGE)
    for file in (folder / LANGUAGE).rglob("*.po"):
        _replace(file, "Language: en", f"Language: {LANGUAGE}")


def _standard(folder: Path) -> None:
    """Step 2."""
    for file in folder.glob("*.en.json"):
        texts = json.loads(file.read_text(encoding="utf-8")) | {"language": LANGUAGE}
        file.with_name(file.name.replace(".en.", f".{LANGUAGE}.")).write_text(json.dumps(texts), encoding="utf-8")


def _name(folder: Path) -> None:
    """Step 3."""
    _replace(folder / "__init__.py", f'"{LANGUAGES[-1]}")', f'"{LANGUAGES[-1]}", "{LANGUAGE}")')
    for file in folder.rglob("shuping.po"):
        with file.open("a", encoding="utf-8") as catalogue:
            catalogue.write(f'\nmsgid "language.{LANGUAGE}"\nmsgstr "{NAME}"\n')
            catalogue.write(f'\nmsgid "words.language.{LANGUAGE}"\nmsgstr "{NAME.lower()}"\n')


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def run(copy: Path, *arguments: str, given: str = "") -> str:
    environment = os.environ | {"PYTHONPATH": str(copy), "HOME": str(copy), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=copy,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_offered_and_spoken(copy: Path) -> None:
    said = run(copy, "bot", "chat", "--database", "memory:", given="4\n")
    assert f"  {len(LANGUAGES) + 1}  {NAME}\n" in said
    assert "What is the firm called?" in said
    assert f"✓ {len(LANGUAGES) + 1}  {NAME}\n" in run(copy, "bot", "chat", "--database", "memory:", "--lang", LANGUAGE)


def test_the_tests_of_languages_pass_with_it(copy: Path) -> None:
    run(copy, "pytest", "-n", "0", "-p", "no:cacheprovider", f"--ignore={Path(__file__).relative_to(ROOT)}", *TESTS)
