"""What the secretariat sees first: which edition, and what awaits it today."""

from eventapp.blueprints.dashboard.routes import blueprint

__all__ = ["blueprint"]
