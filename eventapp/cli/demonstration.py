"""The demonstration: a database of its own beside the real one, filled once, then served."""

import os
import secrets

import click
from flask import Flask

from eventapp.cli.database import prepare
from eventapp.cli.door import Door, commands, pass_door
from eventapp.cli.serve import check_free, serve
from eventapp.config import PREFIX, Settings, instance_folder
from eventapp.rules.access import COMMAND
from eventapp.rules.vocabulary import DESK_ROLES
from eventapp.services import demonstration, demonstration_series, passwords
from eventapp.web import clock
from eventapp.web.transaction import writing

# The demonstration never touches the real database, and never sends mail.
LEFT_OUT = ("DATABASE_URL", "SECRET_KEY", "SMTP_URL", "REDIS_URL", "WORKERS")


@commands.command()
@click.option("--only-make", is_flag=True, help="Fill the database and do not serve.")
@click.option(
    "--series", is_flag=True, help="Eleven real meetings of 1991-1995, counts only, in instance/series."
)
@pass_door
def demo(door: Door, *, only_make: bool, series: bool) -> None:
    """Serve a demonstration with 600 made-up delegates.

    Its database is its own, in instance/demo.
    """
    folder = instance_folder(os.environ) / ("series" if series else "demo")
    for name in LEFT_OUT:
        os.environ.pop(PREFIX + name, None)
    os.environ[f"{PREFIX}INSTANCE"] = str(folder)  # the server's workers read it as well
    if not only_make:
        check_free(door.load_settings())
    with door.context() as app:
        prepare(app)
        made = _make(app, series=series)
    if made:
        click.echo("Demonstration accounts; the passwords are shown this once:")
        for role, password in made.items():
            click.echo(f"  {demonstration.address_of(role):28} {password}")
    else:
        click.echo(f"The demonstration stands ready. For new passwords, delete {folder} and start again.")
    if not only_make:
        serve(door)


def _make(app: Flask, *, series: bool) -> dict[str, str]:
    """Make the demonstration where there is none; gives role -> password, empty if it was there."""
    if demonstration_series.is_made() if series else demonstration.find_demonstration() is not None:
        return {}
    settings: Settings = app.config["SETTINGS"]
    made = {role: secrets.token_urlsafe(12) for role in DESK_ROLES}
    hashes = {role: passwords.make_hash(password) for role, password in made.items()}
    now = clock.now()
    if series:
        with writing():
            demonstration.make_accounts(hashes, now)
            demonstration_series.make(COMMAND, demonstration_series.read_meetings(), now=now)
        return made
    folders = {name: getattr(settings, name) for name in ("documents", "credentials", "uploads")}
    with demonstration.placed(folders, now=now) as files, writing():
        demonstration.make(COMMAND, hashes, now=now, secret=settings.secret_key, files=files)
    return made
