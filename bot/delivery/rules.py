"""What the conversation has to know of the settings."""

from bot.dialogue.context import Door, Keep, Rules
from bot.settings import Settings
from flows.reminders import Schedule

LINK_MARK = "open-"
"""What `/start` is followed by when it opens a dossier."""
ECHOES = frozenset({"telegram"})
"""Where what stands before people can be changed."""


def rules_of(settings: Settings, telegram_home: str | None = None) -> Rules:
    """What decisions depend on; `telegram_home` is the bot's own address, where it is known."""
    return Rules(
        Schedule(settings.remind_after, *settings.remind_window),
        settings.timezone,
        settings.operator_name,
        settings.operator_contact,
        keep_of(settings),
        doors(settings, telegram_home),
        ECHOES,
    )


def keep_of(settings: Settings) -> Keep:
    """How long the operator wants assessments to be kept."""
    return Keep(settings.keep_unfinished, settings.keep_finished)


def doors(settings: Settings, telegram_home: str | None) -> tuple[Door, ...]:
    """The ways in that this installation has."""
    found = []
    if telegram_home is not None:
        found.append(Door("telegram", telegram_home, lambda token: f"{telegram_home}?start={LINK_MARK}{token}"))
    if page := settings.site:
        found.append(Door("page", page, lambda token: f"{page}/a/{token}"))
    return tuple(found)
