"""Whether people find the page, mails a server, and operators their numbers: checks of `shuping doctor`."""

import asyncio
import errno
import http.client
from contextlib import closing
from ipaddress import ip_address

from bot.cli.advice import AdviceError, BrokenError
from bot.http.health import METRICS
from bot.http.server import NAME, host_and_port, listening_socket
from bot.settings import Settings
from locales import Catalogue
from storage.opening import without_credentials

LOOK_SECONDS = 3.0


def page(text: Catalogue, settings: Settings) -> str:
    """Where the page is. Raises BrokenError, AdviceError, and OSError for an address that this machine has not."""
    if not settings.serves_page:
        return text("doctor.page.none")
    listen = settings.web_listen
    runs = _is_ours(text, listen, "SHUPING_WEB_LISTEN")
    if advice := _about_address(text, settings):
        raise AdviceError(*advice)
    address = settings.site or f"http://{listen}"
    return text("doctor.page.running" if runs else "doctor.page.free", address=address, listen=listen)


def _is_ours(text: Catalogue, listen: str, variable: str) -> bool:
    """Whether shuping listens there already; nobody else may."""
    try:
        with closing(listening_socket(listen)):
            return False
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
    if _who_listens(*host_and_port(listen)) != NAME:
        raise BrokenError(text("doctor.page.taken", listen=listen, variable=variable))
    return True


def _who_listens(host: str, port: int) -> str:
    """What a server calls itself; nothing if it does not speak HTTP."""
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=LOOK_SECONDS)) as connection:
            connection.request("GET", "/robots.txt")
            return connection.getresponse().getheader("server", "")
    except (OSError, http.client.HTTPException):
        return ""


def _about_address(text: Catalogue, settings: Settings) -> list[str]:
    """What should be mended about the public address."""
    url = settings.web_url
    if url is None:
        return []
    host = (url.host or "").strip("[]")
    if _is_here(host):
        return [text("doctor.page.here", address=settings.site)]
    return [text("doctor.page.plain", address=settings.site)] if url.scheme != "https" and not _is_near(host) else []


def _is_here(host: str) -> bool:
    """Only this machine reaches itself there."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _is_near(host: str) -> bool:
    """An address of a network of one's own, for which there are no certificates."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def mail(text: Catalogue, settings: Settings, *, online: bool) -> str:
    """By whom mails are taken; asked of the server only if `online`. Raises BrokenError."""
    smtp, sender = settings.smtp, settings.mail_from
    if smtp is None or sender is None:
        return text("doctor.mail.none")
    server = f"{smtp.host}:{smtp.port}"
    if not online:
        return text("doctor.mail.form", sender=sender, server=server)

    import aiosmtplib

    from bot.web.mail import Mailer

    try:
        asyncio.run(Mailer(smtp, sender).greet())
    except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
        raise BrokenError(text("doctor.mail.refused", server=server, reason=type(error).__name__)) from None
    return text("doctor.mail.taken", sender=sender, server=server)


def metrics(text: Catalogue, settings: Settings) -> str:
    """Where the metrics are. Raises BrokenError, and OSError for an address that this machine has not."""
    listen = settings.metrics_listen
    if listen is None:
        return text("doctor.metrics.none")
    runs = _is_ours(text, listen, "SHUPING_METRICS_LISTEN")
    address = f"http://{listen}{METRICS}"
    return text("doctor.page.running" if runs else "doctor.page.free", address=address, listen=listen)


def tracing(text: Catalogue, settings: Settings) -> str:
    """Where traces are sent. Raises BrokenError if what sends them is not here."""
    if settings.tracing == "none":
        return text("doctor.tracing.none")
    try:
        from bot.observing.tracing import endpoint
    except ImportError:
        raise BrokenError(text("serving.no_tracing")) from None
    return text("doctor.tracing.on", address=without_credentials(endpoint()))
