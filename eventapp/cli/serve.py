"""Commands that run for long: the server and the worker; and the one-time link with which everything begins."""

import contextlib
import ctypes
import errno
import multiprocessing
import os
import signal
import socket
import sys
from typing import Any

import click
from flask import Flask, url_for
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined]  # it is there, and not said to be
from granian.server.mp import MPServer

from eventapp.cli.door import Door, Stop, commands, pass_door
from eventapp.config import Settings, masked_url
from eventapp.extensions import db
from eventapp.services import accounts
from eventapp.web import clock, limits
from eventapp.web.transaction import writing

TARGET = "eventapp.__main__:application"
BACKLOG = 1024
STOP_SECONDS = 20
_ARENA_MAX = -8  # M_ARENA_MAX in malloc.h
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in sys/prctl.h


@commands.command()
@pass_door
def run(door: Door) -> None:
    """Serve until SIGTERM or SIGINT; print the address first.

    While there is no organiser, a one-time link for the first one is printed too.
    """
    serve(door)


@commands.command()
@pass_door
def worker(door: Door) -> None:
    """Send the mail of the outbox until SIGTERM or SIGINT.

    Needed beside several workers; a single one sends its mail and makes its lists itself.
    """
    with door.ready() as app:
        door.run_worker(app)


@commands.command("first-link")
@pass_door
def first_link(door: Door) -> None:
    """Print a fresh one-time link for the first organiser."""
    with door.ready() as app:
        link = make_first_link(app)
    if link is None:
        raise Stop("there is an organiser already; they can invite others in the dashboard")
    click.echo(link)


def make_first_link(app: Flask) -> str | None:
    """The address with which the first organiser sets name and password, or None once there is one."""
    settings: Settings = app.config["SETTINGS"]
    if accounts.has_administrator():
        return None
    with writing():
        token = accounts.first_organiser_link(now=clock.now(), secret=settings.secret_key)
    if token is None:
        return None
    with app.test_request_context():
        return settings.base_url + url_for("accounts.welcome", token=token)


def serve(door: Door) -> None:
    """Print what whoever starts it must know, and serve."""
    _keep_one_heap()
    settings = door.load_settings()
    check_free(settings)
    with door.ready() as app:
        if not limits.store_answers():
            raise Stop(f"Redis does not answer at {masked_url(settings.redis_url)} (EVENTAPP_REDIS_URL)")
        link = make_first_link(app)
    click.echo(f"eventapp serves on http://{settings.listens_on}")
    if settings.base_url != f"http://{settings.listens_on}":
        click.echo(f"Public address: {settings.base_url}")
    if link:
        click.echo(f"There is no organiser yet. Set name and password within one hour at\n  {link}")
    _serve(door, settings)


def check_free(settings: Settings) -> None:
    """Stop with one line if somebody else listens on the port: two servers would share the visitors between them."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    where, word = f"port {settings.port} on {settings.host}", "PORT"
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except (OSError, UnicodeError) as error:
            reason = f"cannot be used: {getattr(error, 'strerror', None) or error}"
            number = getattr(error, "errno", None)
            if number == errno.EADDRINUSE:
                reason = "is in use already"
            elif number not in (
                errno.EACCES,
                errno.EPERM,
            ):  # the name is unknown, or no address of this machine
                where, word = f"host {settings.host}", "HOST"
            raise Stop(f"{where} {reason} (EVENTAPP_{word})") from None


def _serve(door: Door, settings: Settings) -> None:
    """Run granian's workers as forks of this process, which has built the application: a start costs one import.

    Nothing may be open across the fork: connections to the database are closed before. Addresses are not logged.
    """
    app = door.app()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    multiprocessing.set_start_method("fork", force=True)
    main = os.getpid()

    def begin() -> Flask:
        _end_with(main)
        return door.begin(app)

    server = _Server(
        settings.stalled_seconds,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=settings.threads,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=begin, wrap_loader=False)


def _end_with(main: int) -> None:
    """Let this worker stop as it does when it is told to, once the main process that began it was killed: it would hold the port.

    The system tells it on Linux alone. Nobody is there any more to end one that does not stop, so the alarm does.
    """
    if sys.platform != "linux":
        return

    def stop(*_: object) -> None:
        signal.alarm(STOP_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGUSR2, stop)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, ctypes.c_ulong(signal.SIGUSR2))
    if os.getppid() != main:  # it went before the system was asked to tell
        sys.exit(1)


class _Server(MPServer):
    """Granian with a listening socket whose connections end when nobody takes what is sent.

    A thread waits in the server for a reader who has stopped, where nothing of ours could wake it. The system can: a connection
    inherits from the listening socket how long what was sent may lie untouched.
    """

    def __init__(self, stalled_seconds: int, **more: Any) -> None:
        super().__init__(TARGET, **more)
        self._stalled_seconds = stalled_seconds

    def _init_shared_socket(self) -> None:
        """As Granian does where its processes share one socket."""
        holder = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        listening = socket.socket(fileno=holder.get_fd())
        listening.set_inheritable(True)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self._stalled_seconds * 1000)
        self._shd = holder  # type: ignore[assignment]  # what it says of this is said of the first moment alone
        self._sfd, self._sso = holder.get_fd(), listening


def _keep_one_heap() -> None:
    """Let all threads share one heap: the C library would keep one for each, with holes of its own in every one.

    This is heard only before the first thread begins, and the store of the limits begins one with the application.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
