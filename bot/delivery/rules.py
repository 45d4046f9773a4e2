"""What the conversation has to know of the settings."""

from collections.abc import Sequence

from bot.dialogue.context import Door, Keep, Rules
from bot.reports.characters import missing
from bot.reports.lacking import named
from bot.reports.signing import issuer_of
from bot.settings import Settings
from flows.reminders import Schedule

LINK_MARK = "open-"
"""What `/start` is followed by when it opens a dossier."""
ECHOES = frozenset({"telegram"})
"""Where what stands before people can be changed."""


def rules_of(settings: Settings, doors: Sequence[Door] = ()) -> Rules:
    """What decisions depend on; `doors` may become more while the process runs."""
    return Rules(
        Schedule(settings.remind_after, *settings.remind_window),
        settings.timezone,
        settings.operator_name,
        settings.operator_contact,
        keep_of(settings),
        doors,
        ECHOES,
        frozenset(f"telegram:{one}" for one in settings.admins),
        issuer_of(settings),
        lambda text: named(missing([text])),
    )


def keep_of(settings: Settings) -> Keep:
    """How long the operator wants assessments to be kept."""
    return Keep(settings.keep_unfinished, settings.keep_finished)


def page_door(site: str) -> Door:
    """The page of this installation, at its public address."""
    return Door("page", site, lambda token: f"{site}/a/{token}")


def telegram_door(home: str) -> Door:
    """The bot, at the address that Telegram has given it."""
    return Door("telegram", home, lambda token: f"{home}?start={LINK_MARK}{token}")
