"""Addresses are put together by code that Werkzeug compiles for each rule; here only when it is first needed."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose two builders are compiled at their first use.

    Two builders for each of some hundred rules were most of the time to build the application; a worker uses few of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Stand in for the builder until it is called, then take its own place."""
        compile_builder = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            made: Callable[..., tuple[str, str]] = compile_builder(append_unknown).__get__(rule, None)
            setattr(rule, name, made)
            return made(**values)

        return build
