"""Which passwords are refused: short ones, the person's own address or name, and those that everybody tries first."""

import unicodedata
from typing import Final

from eventapp.errors import Refused

SHORTEST: Final = 12
LONGEST: Final = 200
# What attackers try first among passwords of twelve characters and more; compared without spaces, signs and case.
_COMMON: Final = frozenset(
    """123456789012 1234567890123 12345678901234 123456781234 123412341234 111111111111 000000000000 121212121212
    123123123123 112233445566 987654321098 123456123456 qwertyuiop12 qwertyuiop123 qwertyuiopasdf qwertyuiopasdfgh
    qwertyqwerty qwerty123456 123456qwerty qwerty12345678 1qaz2wsx3edc 1q2w3e4r5t6y 1q2w3e4r5t6y7u qazwsxedcrfv
    zaq12wsxcde3 asdfghjkl123 asdfasdfasdf abcdefghijkl abcdefghijklm abcd12345678 abc123456789 abcdef123456
    password1234 password12345 password123456 passwordpassword passw0rdpassw0rd password2024 password2025
    password2026 password2027 mypassword123 mypassword1234 adminadminadmin administrator administrator1
    administrator123 admin1234567 admin12345678 adminpassword welcome12345 welcome123456 welcomewelcome
    changemeplease changeme1234 changemechangeme letmeinletmein letmein12345 iloveyouiloveyou iloveyou1234
    iloveyou12345 correcthorsebatterystaple trustno1trustno1 monkeymonkey dragondragon footballfootball
    football1234 baseball1234 superman1234 sunshine1234 princess1234 secretsecret secretariat1 secretariat123
    conference123 conference2024 conference2025 conference2026 conference2027 conferenceconference
    humantrafficking migrantsmuggling motdepasse123 motdepassemotdepasse contrasena1234 contrasenacontrasena
    azertyuiop12 azertyuiop123 azertyuiopqs interpol1234 interpolinterpol""".split()  # noqa: SIM905 - sixty lines of a list literal read worse
)


def _bare(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def check_password(password: str, *, email: str, name: str = "") -> None:
    """Refuse a password that is too short or too long, that is the address or the name, or that is widely known.

    No rule about kinds of characters: length is what counts.
    """
    if len(password) < SHORTEST:
        raise Refused(
            "Please choose a password of at least %(shortest)s characters.",
            code="password",
            field="password",
            shortest=SHORTEST,
        )
    if len(password) > LONGEST:
        raise Refused(
            "Please choose a password of at most %(longest)s characters.",
            code="password",
            field="password",
            longest=LONGEST,
        )
    bare = _bare(password)
    own = {_bare(email), _bare(email.partition("@")[0]), _bare(name)} - {""}
    if bare in own or bare in {one + one for one in own}:
        raise Refused(
            "Please choose a password that is not your name or your address.",
            code="password",
            field="password",
        )
    if bare in _COMMON or len(set(bare)) <= 2:
        raise Refused(
            "This password is known to everybody. Please choose another one.",
            code="password",
            field="password",
        )


def normal_password(password: str) -> str:
    """The same characters whatever keyboard they were typed on (NFKC), so that one password is one password."""
    return unicodedata.normalize("NFKC", password)
