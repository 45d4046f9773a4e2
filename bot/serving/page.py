"""The page as a part of a process: served on an address of its own, for any browser."""

import asyncio
import errno
import sys

from bot.http.health import Health
from bot.http.server import PageConnection, allow_files, served
from bot.serving.addresses import is_everywhere, reached_at
from bot.serving.here import FAILED, EndedError, Here
from bot.serving.mail import mailer_of
from bot.web.app import application
from bot.web.site import Site


class PagePart:
    """See `Part`. `drawn`: the address is also shown as a QR code."""

    def __init__(self, here: Here, *, drawn: bool) -> None:
        self._here, self._drawn = here, drawn
        token = here.settings.telegram_token
        self._site = Site(
            here.store,
            here.rules,
            here.rubric,
            here.outside,
            here.reports,
            url=here.settings.site,
            filing=here.settings.web_filing,
            worker=here.worker,
            bot_token=token.get_secret_value() if token else None,
            mailer=mailer_of(here.settings),
            observer=here.observer,
            health=Health(lambda: here.condition.alive, here.condition.ready, open_=True),
        )

    async def run(self) -> None:
        """Serve until cancelled."""
        settings = self._here.settings
        allow_files()
        try:
            async with served(
                application(self._site), settings.web_listen, PageConnection, settings.web_proxies
            ) as page:
                self._tell()
                await asyncio.shield(page)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise EndedError(FAILED, "taken", address=settings.web_listen, variable="SHUPING_WEB_LISTEN") from None
            raise

    async def finish(self) -> None:
        """What is being answered was finished when the server ended."""

    async def close(self) -> None:
        """Nothing is left open."""

    def _tell(self) -> None:
        """Where it is, for whoever started it."""
        listen, public = self._here.settings.web_listen, self._here.settings.site
        addresses = [public] if public else reached_at(listen)
        self._here.say("page", address=" ".join(addresses), listen=listen)
        if public is None and is_everywhere(listen):
            self._here.say("open")
        if self._drawn:
            draw(addresses[0])


def draw(address: str) -> None:
    """A QR code in the terminal, on standard error."""
    import segno

    segno.make(address, micro=False).terminal(out=sys.stderr, compact=True)
    sys.stderr.flush()
