"""Parts of libraries that every start would load and no page ever uses: 3 MB of every worker.

While the application's own imports run, an empty stand-in is found under the name of each. Afterwards the names are free
again, and whoever asks for one gets the real part.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

# What others import from each at once; None is what they get.
_NEVER_USED: Final[dict[str, tuple[str, ...]]] = {
    "flask_login.test_client": ("FlaskLoginClient",),  # the clients for tests, and the debugger with them
    "flask_wtf.recaptcha": ("Recaptcha", "RecaptchaField", "RecaptchaWidget"),  # asks a foreign service
    "limits.aio": (),  # every storage once more, for asyncio
    "sqlalchemy.dialects.sqlite.aiosqlite": (),
    "sqlalchemy.dialects.sqlite.pysqlcipher": (),
}
# Marks classes with the version they came with, and loads a library of proxies to do so.
_MARKS: Final = "deprecated.sphinx"
_MARKS_NAMES: Final = ("versionadded", "versionchanged")
_standing: dict[str, ModuleType] = {}


def begin() -> None:
    """Put a stand-in under each name that nobody has loaded yet."""
    parts: dict[str, dict[str, object]] = {
        name: dict.fromkeys(names) for name, names in _NEVER_USED.items()
    } | {_MARKS: dict.fromkeys(_MARKS_NAMES, _marked)}
    for name, content in parts.items():
        if name not in sys.modules:
            stand_in = ModuleType(name, "Stands in while eventapp is imported.")
            vars(stand_in).update(content)
            sys.modules[name] = _standing[name] = stand_in


def end() -> None:
    """Free the names again, also where the package itself knows its part by name."""
    while _standing:
        name, stand_in = _standing.popitem()
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        package, _, part = name.rpartition(".")
        if vars(sys.modules.get(package, stand_in)).get(part) is stand_in:
            delattr(sys.modules[package], part)


def _marked(*_: object, **__: object) -> Callable[[Any], Any]:
    return lambda marked: marked
