"""Argon2id: how passwords are kept. A hash takes a core for some 50 ms and 19 MiB; the caller lets one run at a time."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

# OWASP's smallest memory with one pass more: a worker stays small, and the second core stays free for pages.
_hasher: Final = PasswordHasher(
    time_cost=3, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
# Checked for whoever has no account or no password, so that the answer takes as long. Nothing hashes to it.
DUMMY: Final = (
    "$argon2id$v=19$m=19456,t=3,p=1$ZXZlbnRhcHAtbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


def hash_password(password: str) -> str:
    """The hash of a password under a fresh salt, with the parameters in it."""
    return _hasher.hash(_bytes(password))


def matches(hashed: str, password: str) -> bool:
    """Whether the password is the one that was hashed; False for a hash that cannot be read."""
    try:
        return _hasher.verify(hashed, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
