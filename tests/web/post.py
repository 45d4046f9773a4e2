"""A real mail server in this loop, with faults by plan, and the mails that it took."""

import asyncio
import ssl
import subprocess
import warnings
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.settings.smtp import Smtp
from bot.web.mail import Mailer

USER, PASSWORD = "shuping@example.cn", "a p@ss/word:of%20ours"
SENDER = "shuping@example.cn"
HANG = "hang"


@dataclass
class Post:
    """`mails`: what was taken. `at_rcpt`, `at_data`: what the next ones meet, an answer or `HANG`.

    `loses`: so many mails are taken without an answer, since the line breaks.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    at_rcpt: deque[str] = field(default_factory=deque)
    at_data: deque[str] = field(default_factory=deque)
    tries: int = 0
    loses: int = 0
    users: list[str] = field(default_factory=list)
    authority: ssl.SSLContext | None = None
    server: asyncio.Server | None = None
    _held: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        self.tries += 1
        if (answer := await self._planned(self.at_rcpt)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if (answer := await self._planned(self.at_data)) is not None:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        assert [str(mail["To"])] == envelope.rcpt_tos
        self.mails.append(mail)
        self.encrypted.append(session.ssl is not None)
        if self.loses:
            self.loses -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"

    async def _planned(self, plan: deque[str]) -> str | None:
        answer = plan.popleft() if plan else None
        if answer == HANG:
            await self._held.wait()
            return "451 too late"
        return answer

    def authenticate(self, _: Any, __: Any, ___: Any, ____: str, given: LoginPassword) -> AuthResult:
        self.users.append(given.login.decode())
        return AuthResult(success=(given.login.decode(), given.password.decode()) == (USER, PASSWORD), handled=False)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to somebody."""
        return [mail for mail in self.mails if str(mail["To"]) == address]

    def mailer(self, **changed: Any) -> Mailer:
        """Ours, with this server's name and password; it believes its certificate."""
        smtp = Smtp("localhost", self.port, tls=False, start_tls=True, user=USER, password=PASSWORD)
        return Mailer(
            Smtp(**{name: changed.get(name, getattr(smtp, name)) for name in Smtp.__slots__}), SENDER, self.authority
        )

    def go_down(self) -> None:
        """Nobody answers at its port any more."""
        assert self.server
        self.server.close()

    def let_go(self) -> None:
        """What hangs goes on."""
        self._held.set()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of "localhost" and its key."""
    made = folder / "localhost.crt", folder / "localhost.key"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    command = ["openssl", "req", "-x509", *kind, "-nodes", *names, "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True)
    return made


@asynccontextmanager
async def post_office(pair: tuple[Path, Path], *, encrypts: bool = True) -> AsyncIterator[Post]:
    """A server that asks for a name and a password and, unless told otherwise, can STARTTLS."""
    post, context = Post(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    post.authority = ssl.create_default_context(cafile=str(pair[0]))
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name without encryption is no good idea, which is what is tried
            return served()

    def served() -> SMTP:
        return SMTP(
            post,
            hostname="localhost",
            tls_context=context if encrypts else None,
            require_starttls=encrypts,
            auth_required=True,
            auth_require_tls=encrypts,
            authenticator=post.authenticate,
            loop=loop,
        )

    post.server = await loop.create_server(connection, "localhost", 0)
    post.port = post.server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        post.let_go()
        post.server.close()
