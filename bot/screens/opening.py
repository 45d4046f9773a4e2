"""Hello, and about the firm."""

from bot.screens.identity import identity_screen
from bot.screens.parts import BACK, HELP, OVERVIEW, PAUSE, QUICK, RESUME, Action, Choice, Screen, letter, progress_line
from bot.screens.wishes import Detail
from bot.words.wording import Wording
from flows.cards import (
    FirmKindCard,
    FirmNameCard,
    IdentityCard,
    PausedCard,
    WelcomeCard,
)
from flows.inputs import (
    ChooseKind,
    ChooseLanguage,
    Resume,
    Skip,
)
from flows.progress import minutes_for
from locales import LANGUAGES


def opening_screen(
    card: WelcomeCard | FirmNameCard | FirmKindCard | IdentityCard | PausedCard, words: Wording
) -> Screen:
    """About the firm, before the first item or the first paper; and in a pause."""
    text = words.text
    match card:
        case WelcomeCard():
            return _welcome(words)
        case FirmNameCard(name=name):
            kept = (text("firm.name.present", name=name),) if name else ()
            return Screen(
                text("firm.name.title"),
                header=text("firm.header"),
                body=kept,
                hint=words.hint("firm.name"),
                actions=(BACK, Action("skip", Skip()), HELP, OVERVIEW, PAUSE),
                default=Skip(),
            )
        case FirmKindCard(kinds=kinds, kind=present, quick=quick):
            choices = tuple(
                Choice(
                    letter(i), text(f"kind.{kind.value}"), ChooseKind(kind), kind == present, text(f"kind.{kind.value}")
                )
                for i, kind in enumerate(kinds)
            )
            actions = (*((QUICK,) if quick else ()), BACK, Action("skip", Skip()), HELP, OVERVIEW, PAUSE)
            return Screen(
                text("firm.kind.title"),
                text("firm.header"),
                (words.hint("quick", total=len(words.rubric.items)),) if quick else (),
                choices,
                words.hint("firm.kind"),
                actions,
                Skip(),
                bare=words.medium.has_buttons,
            )
        case IdentityCard():
            return identity_screen(card, words)
        case PausedCard(progress=progress):
            return Screen(
                text("paused.title"),
                header=progress_line(progress, words),
                hint=words.hint("paused"),
                actions=(RESUME,),
                default=Resume(),
            )


def _welcome(words: Wording) -> Screen:
    text = words.text
    return Screen(
        text("welcome.title"),
        body=(
            _what(words),
            words.hint("stored"),
            *(() if words.rubric.official else (text("rubric.unofficial"),)),
        ),
        choices=_languages(words),
        hint=words.hint("welcome"),
        actions=(Action("privacy", Detail.PRIVACY), HELP, PAUSE),
        default=ChooseLanguage(words.language),
        bare=words.medium.has_buttons,
    )


def _languages(words: Wording) -> tuple[Choice, ...]:
    """To begin in one of them; where one taps, the present one is to begin, before all others."""
    numbered = [(str(number), language) for number, language in enumerate(LANGUAGES, start=1)]
    if not words.medium.has_buttons:
        return tuple(_language(number, language, words) for number, language in numbered)
    begin = words.text("button.begin")
    first = (
        Choice(number, begin, ChooseLanguage(one), label=begin) for number, one in numbered if one == words.language
    )
    others = (_language(number, one, words) for number, one in numbered if one != words.language)
    return (*first, *others)


def _language(number: str, language: str, words: Wording) -> Choice:
    name = words.text(f"language.{language}")
    return Choice(number, name, ChooseLanguage(language), language == words.language, name)


def _what(words: Wording) -> str:
    """What is asked, and how long it takes."""
    rubric = words.rubric
    sizes = {"title": rubric.title, "questions": len(rubric.questions), "minutes": minutes_for(rubric, rubric.items)}
    if not rubric.scenarios:
        return words.text("welcome.what.questions", **sizes)
    return words.text("welcome.what", **sizes, scenarios=len(rubric.scenarios))
