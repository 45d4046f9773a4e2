"""All text that people read, one gettext catalogue a language: `<language>/LC_MESSAGES/shuping.po`.

What explains the items of an edition that comes with the program stands apart, in `help.<edition>.po`, and so do its
items in plain words, in `plain.<edition>.po`. What words mean that owners may not know is in `glossary.po`.

Messages have symbolic ids ("review.title"), so that code holds no human language. The .po files are read as
they are: translators see their change at the next start, and nothing has to be compiled first.
"""

from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh-Hans", "en", "zh-Hant")
"""In the order in which they are offered; a new one comes last, so that the numbers of the others stay."""
DEFAULT_LANGUAGE: Final = "zh-Hans"
CATALOGUES: Final = Path(__file__).parent
DOMAINS: Final = ("shuping", "help.miit-2024", "plain.miit-2024", "glossary")
GLOSSARY: Final = "glossary"
"""The domain of words that owners may not know: of each its term, its aliases (a list), and a text."""


def help_domain(edition: str) -> str:
    """The domain that explains the items of an edition; an operator's edition has none."""
    return f"help.{edition}"


def plain_domain(edition: str) -> str:
    """The domain that says the items of an edition in plain words; an operator's edition has none."""
    return f"plain.{edition}"


class Catalogue:
    """The texts of one language."""

    def __init__(self, language: str, translations: GNUTranslations, keys: tuple[str, ...]) -> None:
        self.language = language
        self.keys = keys
        self._translations = translations
        self._found: dict[str, str] = {}

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled. KeyError for an unknown key or a missing value."""
        text = self.get(key)
        if text is None:
            raise KeyError(key)
        return text.format(**values) if values else text

    def get(self, key: str) -> str | None:
        """The text of a key, as it stands; None for an unknown key."""
        if (found := self._found.get(key)) is not None:
            return found
        text = self._translations.gettext(key)
        if text == key:
            return None
        self._found[key] = text
        return text

    def count(self, key: str, number: int, **values: object) -> str:
        """The text of a key for a number of things ({number}), in the right plural."""
        text = self._translations.ngettext(key, key, number)
        if text == key:
            raise KeyError(key)
        return text.format(number=number, **values)

    def words(self, key: str) -> tuple[str, ...]:
        """A text that lists words, separated by commas."""
        return tuple(word.strip() for word in self(key).split(","))


@lru_cache
def catalogue(language: str, domain: str = "shuping") -> Catalogue:
    """The catalogue of a language. FileNotFoundError if there is none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = CATALOGUES / language.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        found = read_po(source, locale=language.replace("-", "_"))
    write_mo(compiled, found)
    compiled.seek(0)
    return Catalogue(language, GNUTranslations(compiled), tuple(str(message.id) for message in found if message.id))


def supported(tag: str) -> str | None:
    """Our language for a locale name or tag: "zh" and "zh_CN.UTF-8" are zh-Hans, "zh-TW" is zh-Hant, "en-GB" is en.

    Where we have a language in another script alone, it is still better understood than any other.
    """
    primary, script = _written(tag)
    ours = [language for language in LANGUAGES if _written(language)[0] == primary]
    return next((language for language in ours if _written(language)[1] == script), next(iter(ours), None))


def _written(tag: str) -> tuple[str, str]:
    """A tag's language and script, the likely one (CLDR) where it names none; nothing if it is no tag."""
    from babel.core import get_global, parse_locale

    try:
        language, territory, script, *_ = parse_locale(tag.replace("-", "_"))
    except ValueError:
        return "", ""
    likely = get_global("likely_subtags")
    full = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    return language, script or full.partition("_")[2].partition("_")[0]
