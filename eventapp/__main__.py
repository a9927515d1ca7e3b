"""The front door: the `eventapp` command, and the application for servers."""

import sys

from flask import Flask

from eventapp import create_app
from eventapp.cli import Door, commands
from eventapp.config import SettingError, load_settings


def application() -> Flask:
    """The WSGI application, built from the environment; what granian and gunicorn load."""
    return create_app(load_settings())


def main() -> None:
    """Run one command; a wrong setting ends it with one clear line."""
    try:
        commands(obj=Door(load_settings=load_settings, create_app=create_app), prog_name="eventapp")
    except SettingError as error:
        print(f"eventapp: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
