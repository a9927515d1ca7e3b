"""The public record for machines."""

from eventapp.blueprints.feeds import figures as figures
from eventapp.blueprints.feeds.routes import blueprint

__all__ = ["blueprint"]
