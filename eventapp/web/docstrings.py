"""The docstrings of libraries, which nobody reads in a server: 3 MB of every worker.

They are let go between the libraries and the product: its own modules come next and fill the gaps. After all imports
nothing would fit into them. The product keeps its own, which are the help texts of its commands.
"""

import dis
import gc
import importlib
from types import CodeType, FunctionType, ModuleType
from typing import Final

# Imported first, so that the whole of each is there; what comes later keeps its docstrings.
_LIBRARIES: Final = (
    "argon2",
    "babel.dates",
    "babel.numbers",
    "blinker",
    "click",
    "email_validator",
    "flask",
    "flask_babel",
    "flask_limiter",
    "flask_login",
    "flask_sqlalchemy",
    "flask_wtf",
    "itsdangerous",
    "jinja2",
    "limits.strategies",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "werkzeug",
    "wtforms",
)
_NAMES: Final = frozenset(name.partition(".")[0] for name in _LIBRARIES)
_READS_FIRST: Final = tuple(bytes((code, 0)) for code in dis.hasconst)  # each names a constant by its place


def let_go() -> None:
    """Import the libraries and drop what their functions, classes and modules say of themselves."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    for found in gc.get_objects():
        if isinstance(found, FunctionType):
            if _is_theirs(found.__module__):
                _drop_of_function(found)
        elif isinstance(found, type):
            if _is_theirs(found.__module__) and isinstance(vars(found).get("__doc__"), str):
                found.__doc__ = None
        elif isinstance(found, ModuleType) and _is_theirs(found.__name__):
            found.__doc__ = None


def _is_theirs(name: object) -> bool:
    return isinstance(name, str) and name.partition(".")[0] in _NAMES


def _drop_of_function(function: FunctionType) -> None:
    """The text is a constant of the function's code as well, the first one; it stays if the code itself reads it."""
    code = function.__code__
    if function.__doc__ is not None and code.co_consts and code.co_consts[0] is function.__doc__:
        if _reads_first(code):
            return
        function.__code__ = code.replace(co_consts=(None, *code.co_consts[1:]))
    function.__doc__ = None


def _reads_first(code: CodeType) -> bool:
    """Whether an instruction names the first constant; what only looks like one is left alone too."""
    return any(instruction in code.co_code for instruction in _READS_FIRST)
