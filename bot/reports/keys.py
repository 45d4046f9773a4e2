"""Keys that papers are signed with, and checked by: Ed25519, as openssl writes them (PEM).

cryptography is imported where there is a key: most papers are unsigned, and it takes a while.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def private_key(pem: str) -> "Ed25519PrivateKey":
    """The key of `openssl genpkey -algorithm ed25519`. Raises ValueError for anything else, also behind a password."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("no key that can be used as it is") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return key


def public_key(pem: bytes) -> "Ed25519PublicKey":
    """The key of `openssl pkey -pubout`. Raises ValueError for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError("no key that can be used") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def fingerprint(key: "Ed25519PublicKey") -> str:
    """Eight bytes of a public key's digest, in groups that can be read out: "3F2A 91C0 77DE 0B14"."""
    from hashlib import sha256

    digits = sha256(key.public_bytes_raw()).hexdigest()[:16].upper()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
