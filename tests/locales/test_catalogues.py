"""The catalogues: every language complete, every text used, every placeholder filled."""

import re
from functools import lru_cache
from importlib.resources import files
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from locales import CATALOGUES, DEFAULT_LANGUAGE, DOMAINS, LANGUAGES, catalogue, help_domain, supported
from scoring.editions import languages, load_rubric

HAN = "[\u4e00-\u9fff]"
CHINESE = [language for language in LANGUAGES if language.startswith("zh")]
EVERY = pytest.mark.parametrize("language", LANGUAGES)
PAIRS = [(language, domain) for language in LANGUAGES for domain in DOMAINS]
LISTS = ("words.", "number.")
"""Lists for the machine: their commas part entries."""


def is_list(name: str) -> bool:
    return name.startswith(LISTS) or name.endswith(".aliases")


def source(language: str, domain: str) -> str:
    path = files("locales") / language.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"
    return path.read_text(encoding="utf-8")


def read(language: str, domain: str) -> Catalog:
    path = files("locales") / language.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), abort_invalid=True)


@lru_cache
def messages(language: str, domain: str = "shuping") -> dict[str, Message]:
    return {key(message): message for message in read(language, domain) if message.id}


def key(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def texts(message: Message) -> tuple[str, ...]:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(map(str, strings))


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def in_chinese_characters(language: str) -> bool:
    """Whether a language is written with them, as its own name is."""
    return bool(re.search(HAN, catalogue(language)(f"language.{language}")))


def test_every_language_has_its_catalogues_and_its_translation_of_the_standard() -> None:
    folders = {path.parent.parent.name for path in CATALOGUES.glob("*/*/*.po")}
    assert folders == {language.replace("-", "_") for language in LANGUAGES}
    assert set(languages("miit-2024")) == set(LANGUAGES)


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_every_language_has_the_same_keys(language: str, domain: str) -> None:
    assert sorted(messages(language, domain)) == sorted(messages(DEFAULT_LANGUAGE, domain))


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_no_text_is_empty_fuzzy_obsolete_or_given_twice(language: str, domain: str) -> None:
    found = read(language, domain)
    assert not found.fuzzy
    assert not found.obsolete
    for name, message in messages(language, domain).items():
        assert not message.fuzzy, name
        assert all(text.strip() for text in texts(message)), name
        assert all(text != name for text in texts(message)), name
    keys = re.findall(r'^msgid "(.+)"$', source(language, domain), re.MULTILINE)
    assert len(keys) == len(set(keys)), [name for name in set(keys) if keys.count(name) > 1]
    assert len(keys) == len(messages(language, domain))


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_placeholders_are_the_same_in_every_language(language: str, domain: str) -> None:
    for name, message in messages(DEFAULT_LANGUAGE, domain).items():
        wanted = placeholders(texts(message)[0])
        assert all(field.isidentifier() for field in wanted), name
        for text in texts(messages(language, domain)[name]):
            assert placeholders(text) == wanted, name


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_texts_with_placeholders_are_marked_so(language: str, domain: str) -> None:
    """Tools for translators check what is marked; babel's own flags follow the message id, which holds none."""
    entries = re.findall(r'((?:#.*\n)*)msgid "(.+)"\n', source(language, domain))
    marks = {name: "#, python-brace-format" in comments for comments, name in entries}
    for name, message in messages(language, domain).items():
        fields = frozenset().union(*map(placeholders, texts(message)))
        assert marks[name] is bool(fields), name
        if not fields:
            assert not any(brace in text for text in texts(message) for brace in "{}"), name


@EVERY
def test_plurals_follow_the_language(language: str) -> None:
    forms = get_plural(language.replace("-", "_")).num_plurals
    found = read(language, "shuping")
    assert found.num_plurals == forms
    plural = {name: message for name, message in messages(language).items() if message.pluralizable}
    assert set(plural) == {name for name, message in messages(DEFAULT_LANGUAGE).items() if message.pluralizable}
    for name, message in plural.items():
        assert message.id == (name, name)
        assert len(texts(message)) == forms
        values = {field: 5 for field in placeholders(texts(message)[0]) if field != "number"}
        one, two = (catalogue(language).count(name, number, **values) for number in (1, 2))
        assert "1" in one
        assert "2" in two
        assert (one.replace("1", "#") == two.replace("2", "#")) is (forms == 1), name


def test_english_counts_things_in_words_that_agree() -> None:
    """A number that may be 1 stands before a noun only in texts with a plural."""
    for name, message in messages("en").items():
        if not message.pluralizable and not name.startswith(("fault.", "result.", "hint.", "history.")):
            assert not re.search(
                r"\{(?!score|points)\w+\} (\w+ )?(items?|scenarios|steps|minutes|points)\b", texts(message)[0]
            ) or (name in ("gap.score", "rubric.grade")), name


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", CHINESE)
def test_chinese_texts_have_chinese_punctuation(language: str, domain: str) -> None:
    quotes = {"zh-Hans": "「」", "zh-Hant": "“”"}[language]
    for name, message in messages(language, domain).items():
        if not is_list(name):
            for text in texts(message):
                assert not re.search(rf"{HAN}\s*[,;:?!]\s*{HAN}", text), (name, text)
                assert not re.search(rf"{HAN}\.(\s|$)", text), (name, text)
                assert not re.search(rf"\({HAN}|{HAN}\)", text), (name, text)
                assert not set(quotes) & set(text), (name, text)


@pytest.mark.parametrize("domain", DOMAINS)
def test_traditional_texts_have_traditional_characters(domain: str) -> None:
    """Those of Big5, which has no simplified ones; only what may be typed, and a name, is written both ways."""
    for name, message in messages("zh-Hant", domain).items():
        if not name.startswith(("words.", "number.")) and name != "language.zh-Hans":
            for character in re.findall(HAN, "".join(texts(message))):
                assert character.encode("big5", "ignore"), (name, character)


def test_english_texts_are_english() -> None:
    """Explanations may quote the standard's own word; everything else speaks English only."""
    for name, message in messages("en").items():
        if name != "help.commands.text" and not name.startswith((*LISTS, "language.")):
            for text in texts(message):
                assert not re.search(HAN, text), (name, text)
    for domain in DOMAINS:
        for name, message in messages("en", domain).items():
            if not is_list(name):
                assert not re.search("[，。；：？！、（）]", "".join(texts(message))), name


@EVERY
def test_help_explains_every_item(language: str) -> None:
    rubric = load_rubric("miit-2024")
    items = rubric.items
    assert len(items) == 31
    explained = {name: texts(message)[0] for name, message in messages(language, help_domain(rubric.id)).items()}
    software = {name for name in explained if name.endswith(".software")}
    told = set(explained) - software
    parts = {f"{item}.{part}" for item in items for part in ("meaning", "counts", "example")}
    levels = {f"{scenario}.{level}" for scenario in rubric.scenario for level in "1234"}
    assert parts | levels <= told
    assert told - parts - levels <= {
        f"{question.id}.{key}" for question in rubric.questions for key in question.letters
    }
    assert {name.removesuffix(".software") for name in software} <= told
    assert all(15 < len(explained[name]) < 700 for name in told)
    assert len({explained[name] for name in told}) == len(told)


@EVERY
def test_words_that_are_understood_are_lists_without_gaps(language: str) -> None:
    for name in messages(language):
        if name.startswith("words."):
            words = catalogue(language).words(name)
            assert all(words), name
            assert len(set(words)) == len(words), name


@EVERY
def test_the_name_of_a_language_means_no_other(language: str) -> None:
    for other in LANGUAGES:
        names = [word for each in LANGUAGES for word in catalogue(language).words(f"words.language.{each}")]
        assert len(set(names)) == len(names)
        assert set(catalogue(other).words(f"words.language.{other}")[:1]) <= set(names)


def test_a_missing_key_or_value_is_an_error() -> None:
    text = catalogue("en")
    with pytest.raises(KeyError):
        text("no.such.key")
    with pytest.raises(KeyError):
        text.count("no.such.key", 1)
    with pytest.raises(KeyError):
        text("figure.known", name="x")
    with pytest.raises(FileNotFoundError):
        catalogue("fr")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *(("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-MY", "zh-Hans"), ("zh-Hans", "zh-Hans")),
        *(("zh_CN.UTF-8", "zh-Hans"), ("zh-hans", "zh-Hans"), ("zh-Hans-HK", "zh-Hans"), ("zh-Latn", "zh-Hans")),
        *(
            ("zh-TW", "zh-Hant"),
            ("zh-HK", "zh-Hant"),
            ("zh-MO", "zh-Hant"),
            ("zh-Hant", "zh-Hant"),
            ("ZH_tw", "zh-Hant"),
        ),
        *(("zh_TW.UTF-8", "zh-Hant"), ("zh-hant", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("zh-Hant-CN", "zh-Hant")),
        *(("en-GB", "en"), ("en_US.utf8", "en"), ("en", "en"), ("en.UTF-8", "en"), ("en_US.UTF-8@euro", "en")),
        *(("C", None), ("C.UTF-8", None), ("POSIX", None), ("", None), ("-", None), ("de_DE", None)),
        *(("english", None), ("zhong", None), ("Chinese (Traditional)_Taiwan.950", None), ("\ud800", None)),
    ],
)
def test_locale_names_lead_to_languages(tag: str, language: str | None) -> None:
    assert supported(tag) == language
