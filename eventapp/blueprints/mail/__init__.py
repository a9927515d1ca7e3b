"""The mail desk: what was sent, waits, was kept or failed."""

from eventapp.blueprints.mail import texts
from eventapp.blueprints.mail.routes import blueprint

__all__ = ["blueprint", "texts"]
