"""What is known of a file: whether it is what this program made of its answers, and by whose key it is signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.reports.face import Face

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Finding(StrEnum):
    """What a file is; each has a sentence `verify.finding.<value>`."""

    GENUINE = "genuine"
    UNCOMPARED = "uncompared"
    CHANGED = "changed"
    SAVED = "saved"
    FILLED = "filled"
    REPACKED = "repacked"
    DAMAGED = "damaged"
    NEWER = "newer"
    EDITION = "edition"
    PICTURE = "picture"
    NONE = "none"
    LARGE = "large"


class Signature(StrEnum):
    """Whose a record is; each has a sentence `verify.signature.<value>`.

    `UNKNOWN`: there is a signature, and no key at hand that it is of; `FOREIGN`: there is a key, and it is not of it.
    """

    OPERATOR = "operator"
    GIVEN = "given"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"


VALID = (Signature.OPERATOR, Signature.GIVEN)


def worst(signatures: Iterable[Signature]) -> Signature:
    """That which says least of whose something is."""
    return max(signatures, key=[*Signature].index)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that signatures are checked by: the operator's own, and one that somebody was given."""

    operator: "Ed25519PublicKey | None" = None
    given: "Ed25519PublicKey | None" = None

    def signature(self, message: bytes, signature: bytes) -> Signature:
        """Whose signature of a message this is."""
        if not signature:
            return Signature.UNSIGNED
        for key, whose in ((self.given, Signature.GIVEN), (self.operator, Signature.OPERATOR)):
            if key and _fits(key, message, signature):
                return whose
        return Signature.FOREIGN if self.given or self.operator else Signature.UNKNOWN


NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a file. `face`: what its record says that it shows, to be compared by eye.

    `program` and `edition`: as the record names them, where it cannot be read here. `others`: the members of a pack
    that are not what they were, or too many, or missing; what a workbook is filled in otherwise with.
    """

    finding: Finding
    signature: Signature | None = None
    face: Face | None = None
    program: str = ""
    edition: str = ""
    others: tuple[str, ...] = ()

    def genuine(self, keys: Keys) -> bool:
        """Every byte is what the program makes of these answers; and if a key is at hand, its owner signed them.

        If one was given, it is its owner who is asked for, and nobody else.
        """
        signed_ = self.signature is Signature.GIVEN if keys.given else self.signature in VALID or not keys.operator
        return self.finding is Finding.GENUINE and signed_


def _fits(key: "Ed25519PublicKey", message: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
