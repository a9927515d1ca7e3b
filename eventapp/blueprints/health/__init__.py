"""Probes for whoever runs the service."""

from eventapp.blueprints.health.routes import blueprint

__all__ = ["blueprint"]
