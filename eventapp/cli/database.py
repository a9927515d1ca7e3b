"""Commands that look at the settings and prepare the database."""

import compileall
import os
from pathlib import Path

import click
from flask import Flask

from eventapp.adapters.migrations import upgrade
from eventapp.cli.door import Door, commands, pass_door
from eventapp.config import PREFIX, SECRET_SETTINGS, masked_url, unknown_settings
from eventapp.services import archive
from eventapp.web import clock
from eventapp.web.transaction import writing

PACKAGE = Path(__file__).resolve().parent.parent


@commands.command()
@pass_door
def settings(door: Door) -> None:
    """Show the settings in force; secrets are masked."""
    in_force = door.load_settings()
    for name in sorted(in_force.sources):
        value = str(getattr(in_force, name))
        if name in SECRET_SETTINGS and value:
            value = masked_url(value) if name.endswith("url") else "***"
        click.echo(f"{PREFIX}{name.upper():16} {value or '(not set)':50} {in_force.sources[name]}")
    for name in unknown_settings(os.environ):
        click.echo(f"{name} is no setting of eventapp and has no effect.", err=True)


@commands.command()
@pass_door
def migrate(door: Door) -> None:
    """Bring the database up to date."""
    with door.context() as app:
        upgrade(app)
    click.echo("The database is up to date.")


@commands.command("load-archive")
@pass_door
def load_archive(door: Door) -> None:
    """Load countries, regions, sectors and the past editions.

    What is loaded already stays as it is.
    """
    with door.ready():
        loaded = load_where_empty()
    click.echo("The archive is loaded." if loaded else "The archive had been loaded before; nothing changed.")


@commands.command()
@pass_door
def setup(door: Door) -> None:
    """Do what a start needs: migrate, and load-archive."""
    with door.context() as app:
        loaded = prepare(app)
    click.echo(
        "The database is up to date, and the archive is loaded." if loaded else "Everything stands ready."
    )


def prepare(app: Flask) -> bool:
    """Migrate and load; says whether the archive had to be loaded. Inside an application context."""
    app.config["SETTINGS"].uploads.mkdir(parents=True, exist_ok=True)
    # Python does this by itself as a rule; where it is told not to, every start would compile for half a second.
    compileall.compile_dir(PACKAGE, quiet=2)
    upgrade(app)
    return load_where_empty()


def load_where_empty() -> bool:
    """Load the archive in a transaction of its own where it is not loaded."""
    with writing():
        return archive.load(now=clock.now())
