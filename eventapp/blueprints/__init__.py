"""All blueprints and their prefixes on one page. The address of everything in the dashboard starts with /dashboard."""

from flask import Flask

from eventapp.blueprints import (
    accounts,
    agenda,
    attendance,
    audit,
    badges,
    bodies,
    countries,
    dashboard,
    delegations,
    documents,
    duplicates,
    editions,
    feeds,
    health,
    imports,
    keeping,
    mail,
    privacy,
    programme,
    public,
    publications,
    quotas,
    regions,
    registrations,
    registrations_desk,
    reminders,
    sectors,
    sessions,
    speakers,
    statistics,
    trends,
    uploads,
    users,
    workspace,
)
from eventapp.blueprints.permissions import PERMISSIONS
from eventapp.web import assets, map_layer

__all__ = ["PERMISSIONS", "register_blueprints"]


def register_blueprints(app: Flask) -> None:
    """Register every blueprint; what is not in the permission table answers 404."""
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(map_layer.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(registrations.blueprint)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(workspace.blueprint)
    app.register_blueprint(agenda.blueprint)
    app.register_blueprint(speakers.blueprint)
    app.register_blueprint(dashboard.blueprint)
    app.register_blueprint(registrations_desk.blueprint)
    app.register_blueprint(duplicates.blueprint)
    app.register_blueprint(imports.blueprint)
    app.register_blueprint(delegations.blueprint)
    app.register_blueprint(attendance.blueprint)
    app.register_blueprint(statistics.blueprint)
    app.register_blueprint(trends.blueprint)
    app.register_blueprint(publications.blueprint)
    app.register_blueprint(editions.blueprint)
    app.register_blueprint(quotas.blueprint)
    app.register_blueprint(bodies.blueprint)
    app.register_blueprint(programme.blueprint)
    app.register_blueprint(sessions.blueprint)
    app.register_blueprint(uploads.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(users.blueprint)
    app.register_blueprint(badges.blueprint)
    app.register_blueprint(regions.blueprint)
    app.register_blueprint(countries.blueprint)
    app.register_blueprint(sectors.blueprint)
    app.register_blueprint(mail.blueprint)
    app.register_blueprint(reminders.blueprint)
    app.register_blueprint(keeping.blueprint)
    app.register_blueprint(privacy.blueprint)
    app.register_blueprint(audit.blueprint)
