"""The front door: the `eventapp` command, and the application for servers."""

import gc
import sys

from flask import Flask

from eventapp import create_app
from eventapp.cli import Door, commands
from eventapp.config import SettingError, load_settings
from eventapp.web.template_cache import keep_compiled_templates
from eventapp.worker import run_worker, start_thread


def application() -> Flask:
    """The WSGI application, built from the environment: what gunicorn and other servers load."""
    return begin(create_app(load_settings()))


def begin(app: Flask) -> Flask:
    """What a process that serves does first: with one worker the mail goes out from a thread beside the pages.

    With several, `eventapp worker` sends it.
    """
    keep_compiled_templates(app)
    gc.freeze()  # what a process begins with stays: the collector need not look at 170,000 objects again and again
    # What is left to look at is little: often, or what requests leave behind adds up to megabytes under load.
    gc.set_threshold(700, 10, 2)
    if app.config["SETTINGS"].workers == 1:
        start_thread(app)
    return app


def main() -> None:
    """Run one command; a wrong setting ends it with one clear line."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # both are text files of the interpreter
    door = Door(load_settings=load_settings, create_app=create_app, begin=begin, run_worker=run_worker)
    try:
        commands(obj=door, prog_name="eventapp")
    except SettingError as error:
        print(f"eventapp: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
