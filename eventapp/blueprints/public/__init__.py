"""The public site."""

from eventapp.blueprints.public import speakers
from eventapp.blueprints.public.routes import blueprint

__all__ = ["blueprint", "speakers"]
