"""What every command needs: the settings, the application once it is needed, and a clear line when it cannot be had."""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import click
from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from eventapp.config import Settings, masked_url
from eventapp.errors import DomainError
from eventapp.services import readiness


class Stop(click.ClickException):
    """The command cannot go on; one clear line, exit code 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Write the line without click's "Error:"."""
        del file
        click.echo(f"eventapp: {self.message}", err=True)


@dataclass
class Door:
    """What __main__ hands to the commands: how to read the settings, build the application, begin to serve, and run the worker."""

    load_settings: Callable[[], Settings]
    create_app: Callable[[Settings], Flask]
    begin: Callable[[Flask], Flask]
    run_worker: Callable[[Flask], None]
    _app: Flask | None = None

    def app(self) -> Flask:
        """The application, built once and only by a command that needs it."""
        if self._app is None:
            settings = self.load_settings()
            settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
            _begin_private(settings)
            self._app = self.create_app(settings)
        return self._app

    @contextmanager
    def context(self) -> Iterator[Flask]:
        """An application context; refusals and a database that cannot be used end the command with one line."""
        app = self.app()
        try:
            with app.app_context():
                yield app
        except DomainError as error:
            raise Stop(error.text % dict(error.values) if error.values else error.text) from None
        except (OperationalError, ProgrammingError, InterfaceError) as error:
            raise Stop(_line_of(app, error)) from None

    @contextmanager
    def ready(self) -> Iterator[Flask]:
        """The same on a database that stands ready."""
        with self.context() as app:
            problem = readiness.find_problem()
            if problem:
                raise Stop(f"{problem} ({masked_url(app.config['SETTINGS'].database_url)})")
            yield app


def _begin_private(settings: Settings) -> None:
    """A database that is not there yet begins as a file for its owner's eyes only; SQLite's other files follow it."""
    file = settings.database_file
    if file is not None and file.parent.is_dir():
        with contextlib.suppress(OSError):  # whoever opens it will say what is wrong
            file.touch(mode=0o600, exist_ok=True)


def _line_of(app: Flask, error: Exception) -> str:
    reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    return f"the database {masked_url(app.config['SETTINGS'].database_url)} cannot be used: {reason}"


pass_door = click.make_pass_decorator(Door)


# Which room a command is in. A server's worker would carry the code of backups and demonstrations for nothing.
_ROOMS: Final = {
    "backup": "safekeeping",
    "demo": "demonstration",
    "export": "exports",
    "first-link": "serve",
    "load-archive": "database",
    "migrate": "database",
    "restore": "safekeeping",
    "run": "serve",
    "settings": "database",
    "setup": "database",
    "worker": "serve",
}


class _Commands(click.Group):
    """Imports the room of a command when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the alphabet's order."""
        del ctx
        return sorted(_ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None where there is no such one."""
        if cmd_name in _ROOMS:
            importlib.import_module(f"eventapp.cli.{_ROOMS[cmd_name]}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, help="Runs the editions of a yearly global conference.")
def commands() -> None:
    """The group that __main__ calls."""
