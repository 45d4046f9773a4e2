"""What the conversation has to know of the settings."""

from bot.dialogue.context import Keep, Rules
from bot.settings import Settings
from flows.reminders import Schedule


def rules_of(settings: Settings) -> Rules:
    """What decisions depend on."""
    schedule = Schedule(settings.remind_after, *settings.remind_window)
    return Rules(schedule, settings.timezone, settings.operator_name, settings.operator_contact, keep_of(settings))


def keep_of(settings: Settings) -> Keep:
    """How long the operator wants assessments to be kept."""
    return Keep(settings.keep_unfinished, settings.keep_finished)
