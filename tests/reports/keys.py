"""Keys as an operator has them in files."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

OPERATOR = Ed25519PrivateKey.from_private_bytes(b"operator of these tests, 32 byte")
FORGER = Ed25519PrivateKey.from_private_bytes(b"somebody else with a key of hers")


def pem(key: Ed25519PrivateKey | RSAPrivateKey, locked: KeySerializationEncryption | None = None) -> str:
    """As `openssl genpkey` writes it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked or NoEncryption()).decode()


def public_pem(key: Ed25519PrivateKey | RSAPrivateKey) -> str:
    """As `openssl pkey -pubout` writes it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
