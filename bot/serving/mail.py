"""Mails as a part of a process: whoever sends what falls due sends them, whether the page is served here or not."""

from collections.abc import Sequence

from bot.delivery.channel import Channel
from bot.dialogue.context import Outside
from bot.settings import Settings
from bot.web.channel import WebChannel
from bot.web.mail import Mailer
from storage.store import Store


def mailer_of(settings: Settings) -> Mailer | None:
    """Who sends mails, if settings name a server, a sender and the page that mails lead to."""
    if settings.smtp is None or settings.mail_from is None or settings.site is None:
        return None
    return Mailer(settings.smtp, settings.mail_from)


def mail_channels(settings: Settings, store: Store, outside: Outside) -> Sequence[Channel]:
    """The page as a channel, which speaks first by mail alone."""
    mailer = mailer_of(settings)
    return [WebChannel(store, mailer, settings.site, outside)] if mailer and settings.site else []
