"""What mails say, in the reader's language."""

from collections.abc import Sequence
from datetime import timedelta

from bot.web.mail import Letter
from locales import catalogue

LINK_LASTS = timedelta(days=30)
"""So long does the link of a reminder open the dossier; longer than any reminder comes late."""


def confirmation(to: str, language: str, url: str, mail_id: str, days: int) -> Letter:
    """Asks whoever reads an address whether reminders may come there; holds nothing that was typed but the address."""
    text = catalogue(language)
    small = (text("mail.confirm.until", days=days), text("mail.confirm.ignore"))
    return Letter(
        to,
        text("web.title"),
        text("mail.confirm.subject"),
        (text("mail.confirm.text"),),
        text("mail.confirm.link"),
        url,
        small,
        mail_id,
    )


def reminder(to: str, language: str, title: str, lines: Sequence[str], url: str, stop: str, mail_id: str) -> Letter:
    """A reminder as a mail, with a link that opens the dossier."""
    text = catalogue(language)
    small = (text("mail.reminder.link_lasts", days=LINK_LASTS // timedelta(days=1)), text("mail.reminder.why"))
    return Letter(
        to,
        text("web.title"),
        title or text("mail.recheck.subject"),
        tuple(lines),
        text("mail.reminder.open"),
        url,
        small,
        mail_id,
        stop=(text("mail.stop"), stop),
    )
