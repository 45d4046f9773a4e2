"""What the page is made from, for as long as its process runs."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.delivery.reports import Reports
from bot.delivery.worker import Worker
from bot.dialogue.context import Manner, Outside, Rules
from bot.http.health import Health
from bot.observing.observer import UNOBSERVED, Observer
from bot.web.limits import FileLines, PageLimits, page_limits
from bot.web.mail import Mailer
from bot.words.wording import Medium
from scoring.rubric import Rubric
from storage.store import Store

MANNER = Manner(Medium.PAGE, reminds=False, attended=True)
INSIDE = Manner(Medium.PAGE, reminds=True, attended=True)
"""Inside Telegram, whose chat can be written to."""


@dataclass(slots=True)
class Site:
    """`url` is the public address, without a slash at its end; None: whatever address the browser used.

    `worker` is told of what other windows are to see; without one, another process looks after that.
    """

    store: Store
    rules: Rules
    rubric: Rubric
    outside: Outside
    reports: Reports
    url: str | None = None
    worker: Worker | None = None
    bot_token: str | None = None
    """Of the Telegram bot, by which the page knows who opens it from inside Telegram."""
    mailer: Mailer | None = None
    """By whom reminders are mailed to those who want them; None: nobody is asked for an address."""
    filing: str | None = None
    """The number under which the site is filed in mainland China; the page shows it."""
    observer: Observer = UNOBSERVED
    health: Health | None = None
    """What a balancer in front of the page may ask; None: nothing."""
    limits: PageLimits = field(default_factory=page_limits)
    told: OrderedDict[int, Any] = field(default_factory=OrderedDict)
    """The newest answers (`bot.web.talk`), by the ids of their messages; whoever sends such a one has seen its form."""
    files: FileLines = field(default_factory=FileLines)
