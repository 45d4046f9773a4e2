"""Who makes papers: where they can be checked, and the key that they are signed with, if the operator has one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from bot.reports.content import Seal
from bot.reports.keys import private_key
from bot.reports.paper import Paper
from bot.reports.seal import seal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PURPOSE = b"shuping paper 1\n"
"""Stands before what is signed, so that a signature under a paper is one under nothing else."""


class SealSettings(Protocol):
    """The settings that papers depend on."""

    @property
    def site(self) -> str | None:
        """The public address of the page."""

    @property
    def signing_key(self) -> SecretStr | None:
        """A private key in PEM."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whoever runs this program. `address`: of the page, "" without one; it belongs into the papers."""

    address: str = ""
    key: "Ed25519PrivateKey | None" = None

    @property
    def public(self) -> "Ed25519PublicKey | None":
        """The key by which others check what is signed here."""
        return self.key.public_key() if self.key else None

    def seal(self, paper: Paper) -> Seal:
        """The seal of a paper, signed where there is a key; the same paper and key give the same signature."""
        return seal(paper, self.sign(signed(paper)))

    def sign(self, message: bytes) -> str:
        """The signature of a message, in hexadecimal; "" without a key."""
        return self.key.sign(message).hex() if self.key else ""


NOBODY = Issuer()
"""Has neither a page nor a key."""


def signed(paper: Paper) -> bytes:
    """What a signature of a paper is under."""
    return PURPOSE + paper.canonical()


def issuer_of(settings: SealSettings) -> Issuer:
    """The issuer that the settings tell of. Raises ValueError for a key that is none."""
    secret = settings.signing_key
    return Issuer(settings.site or "", private_key(secret.get_secret_value()) if secret else None)
