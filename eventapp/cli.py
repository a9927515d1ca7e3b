"""The commands of `eventapp`; each is one use case in one writing transaction."""

from collections.abc import Callable
from dataclasses import dataclass

import click
from flask import Flask
from flask_migrate import upgrade

from eventapp.config import SECRET_SETTINGS, Settings, masked_url
from eventapp.services import archive
from eventapp.web import clock
from eventapp.web.transaction import writing


@dataclass
class Door:
    """What __main__ hands to the commands: how to read the settings and how to build the application."""

    load_settings: Callable[[], Settings]
    create_app: Callable[[Settings], Flask]
    _app: Flask | None = None

    def app(self) -> Flask:
        """The application, built once and only by a command that needs it."""
        if self._app is None:
            self._app = self.create_app(self.load_settings())
        return self._app


pass_door = click.make_pass_decorator(Door)


@click.group(help="Runs the editions of a yearly global conference.")
def commands() -> None:
    """The group that __main__ calls."""


@commands.command()
@pass_door
def settings(door: Door) -> None:
    """Show the settings in force and where each comes from; secrets are masked."""
    in_force = door.load_settings()
    for name in sorted(in_force.sources):
        value = str(getattr(in_force, name))
        if name in SECRET_SETTINGS and value:
            value = masked_url(value) if name.endswith("url") else "***"
        click.echo(f"EVENTAPP_{name.upper():16} {value or '(not set)':50} {in_force.sources[name]}")


@commands.command()
@pass_door
def migrate(door: Door) -> None:
    """Bring the database up to date."""
    app = door.app()
    with app.app_context():
        upgrade()
    click.echo("The database is up to date.")


@commands.command("load-archive")
@pass_door
def load_archive(door: Door) -> None:
    """Load countries, regions, sectors and the archive of past editions where they are not loaded."""
    with door.app().app_context(), writing():
        loaded = archive.load(now=clock.now())
    click.echo("The archive is loaded." if loaded else "The archive had been loaded before; nothing changed.")
