"""What changes over time: an edition's registrations day by day, and all editions beside each other."""

from eventapp.blueprints.trends.routes import blueprint

__all__ = ["blueprint"]
