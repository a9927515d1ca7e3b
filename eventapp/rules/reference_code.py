"""The reference code of a registration: short, read out over the telephone without mistakes."""

from collections.abc import Callable
from typing import Final

# No I, L, O, U, 0 and 1: nobody has to ask which letter or digit is meant, and no word comes out by chance.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF = 4


def make_reference(choose: Callable[[str], str]) -> str:
    """A code such as K7QM-2TR9; `choose` picks one letter of the alphabet (secrets.choice, or a test's own)."""
    letters = "".join(choose(ALPHABET) for _ in range(2 * _HALF))
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def read_reference(text: str) -> str:
    """A code as somebody typed it, in its one written form; empty if it cannot be one."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) != 2 * _HALF or not set(letters) <= set(ALPHABET):
        return ""
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def read_beginning(text: str) -> str:
    """As much of a code as somebody has typed so far, in its written form; empty if none begins so or it is whole."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if not 1 < len(letters) < 2 * _HALF or not set(letters) <= set(ALPHABET):
        return ""
    return f"{letters[:_HALF]}-{letters[_HALF:]}" if len(letters) > _HALF else letters
