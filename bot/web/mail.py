"""Mails: an address within bounds, a letter as a message, and a server that takes it or says why not.

Nothing of an address, of a text or of the password is ever written to the log.
"""

import asyncio
import logging
import re
import ssl
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib
from markupsafe import Markup

from bot.delivery.channel import Delivered, Gone, Later, Outcome, Refused
from bot.settings.smtp import Smtp

LOG = logging.getLogger("shuping.mail")

LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address, and of what stands before its @ (RFC 5321, RFC 3696 erratum 1690)."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
TIMEOUT, LONGEST_SENDING = 20.0, 60.0
"""Seconds for one answer of the server, and for a whole mail."""
AT_ONCE = 4
"""So many connections; mail servers close their doors to who opens many."""
MISTAKEN_WAIT = 300.0
"""Seconds until a server is tried again that does not know us, or that we do not trust: somebody has to look."""
POLICY = 7
"""The second number of a status (RFC 3463) that says: it is not the mailbox, it is us, or what we wrote."""
RULE = "———"
"""Above the small print; "-- " would be folded away by mail programs."""
UNABLE = (aiosmtplib.SMTPException, aiosmtplib.SMTPNotSupported)
"""The server knows neither encryption nor passwords; what else goes wrong has a class of its own."""
STATUS = re.compile(r"\s*[245]\.(\d{1,3})\.\d{1,3}")


def read_address(text: str) -> str | None:
    """One address, as somebody typed it, perhaps with full-width signs; None for what is none, or more than one.

    The domain comes back in lower case and, if it is in Chinese, in the letters that every mail server takes.
    """
    typed = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).replace("。", ".").strip()
    local, at, name = typed.rpartition("@")
    domain = _domain(name)
    if not at or domain is None or len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local):
        return None
    address = f"{local}@{domain}"
    return address if len(address) <= LONGEST else None


def _domain(name: str) -> str | None:
    try:
        domain = name.encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(LABEL.fullmatch(label) for label in labels):
        return None
    return domain


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is one: paragraphs, one link, and what stands below in small print.

    `name` is what the sender is called; `id` is the same when the same mail is sent again, so that mailboxes show it
    once; `stop` is the address that ends mails of this kind, with its words.
    """

    to: str
    name: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str
    """What a reader does, in a word or two."""
    url: str
    small: tuple[str, ...]
    id: str
    stop: tuple[str, str] | None = None


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as plain text and as HTML. Raises ValueError for an address or a header that cannot be one."""
    if read_address(letter.to) != letter.to:
        raise ValueError("one address, as it is read")
    message = EmailMessage(SMTP)
    message["From"] = Address(letter.name, addr_spec=sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop[1]}>"
        if letter.stop[1].startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(_plain(letter), cte="base64")
    message.add_alternative(_html(letter), subtype="html", cte="base64")
    return message


def _plain(letter: Letter) -> str:
    stop = (f"{letter.stop[0]}\n{letter.stop[1]}",) if letter.stop else ()
    return "\n\n".join((*letter.paragraphs, f"{letter.link}\n{letter.url}", RULE, *letter.small, *stop)) + "\n"


def _html(letter: Letter) -> str:
    paragraph, link = Markup("<p>{}</p>\n"), Markup('<a href="{}">{}</a>')
    body = Markup("").join(paragraph.format(text) for text in letter.paragraphs)
    body += paragraph.format(link.format(letter.url, letter.link))
    small = [paragraph.format(Markup("<small>{}</small>").format(text)) for text in letter.small]
    if letter.stop:
        small.append(paragraph.format(Markup("<small>{}</small>").format(link.format(letter.stop[1], letter.stop[0]))))
    return Markup("<!doctype html>\n<html><body>\n{}<hr>\n{}</body></html>\n").format(body, Markup("").join(small))


class Mailer:
    """Sends letters by a server, a connection each. `sender` is the address that they come from."""

    def __init__(self, smtp: Smtp, sender: str, trusted: ssl.SSLContext | None = None) -> None:
        """`trusted`: whose certificates are believed; None: those that this machine believes."""
        self.sender = sender
        self._smtp, self._trusted = smtp, trusted
        self._places = asyncio.Semaphore(AT_ONCE)

    async def send(self, letter: Letter, now: datetime, within: float = LONGEST_SENDING) -> Outcome:
        """Send a letter `within` so many seconds. Raises nothing: whatever goes wrong is an outcome.

        `Gone`: there is no such mailbox. `Delivered`: the server took it; what it does then is not ours to know.
        """
        try:
            message = message_of(letter, self.sender, now)
        except ValueError:
            LOG.error("a mail cannot be written")  # noqa: TRY400  # the error quotes what people wrote
            return Refused()
        try:
            async with self._places, asyncio.timeout(within):
                return await self._sent(message, letter.to)
        except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
            return _outcome_of(error)

    async def _sent(self, message: EmailMessage, to: str) -> Outcome:
        """What is taken is taken, however the server says goodbye."""
        client = self._client()
        try:
            await client.connect()
            await client.send_message(message, sender=self.sender, recipients=[to])
        except BaseException:
            client.close()
            raise
        try:
            await client.quit()
        except (OSError, aiosmtplib.SMTPException):
            LOG.debug("the mail server hung up")
        finally:
            client.close()
        return Delivered()

    async def greet(self) -> None:
        """Say who we are, and send nothing. Raises OSError, TimeoutError and SMTPException."""
        client = self._client()
        try:
            async with asyncio.timeout(LONGEST_SENDING):
                await client.connect()
                await client.quit()
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        smtp = self._smtp
        return aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user,
            password=smtp.password,
            local_hostname=self.sender.rpartition("@")[2],
            timeout=TIMEOUT,
            use_tls=smtp.tls,
            start_tls=smtp.start_tls,
            tls_context=self._trusted,
        )


def _outcome_of(error: Exception) -> Outcome:
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[aiosmtplib.SMTPRecipientRefused() as refused]):
            return _of_recipient(refused.code, refused.message)
        case _ if isinstance(error, aiosmtplib.SMTPAuthenticationError) or type(error) in UNABLE:
            LOG.error("the mail server does not take us (%s); mails wait", type(error).__name__)
            return Later(MISTAKEN_WAIT)
        case _ if _of_trust(error):
            LOG.error("the mail server's certificate is not to be trusted; mails wait")
            return Later(MISTAKEN_WAIT)
        case aiosmtplib.SMTPResponseException(code=code) if 500 <= code < 600:
            LOG.error("the mail server refused a mail (%d)", code)
            return Refused()
        case aiosmtplib.SMTPResponseException(code=code):
            LOG.warning("a mail waits (%d)", code)
            return Later()
        case _:
            LOG.warning("a mail waits (%s)", type(error).__name__)
            return Later()


def _of_recipient(code: int, message: str) -> Outcome:
    """Who is refused for what we are, or for what we wrote, is not gone."""
    status = STATUS.match(message)
    if code < 500:
        LOG.warning("a mail waits (%d)", code)
        return Later()
    if status and int(status[1]) == POLICY:
        LOG.error("the mail server refused a mail (%d)", code)
        return Refused()
    return Gone()


def _of_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
