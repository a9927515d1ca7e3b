"""Where to go after signing in: a path of this site and nothing else."""

from urllib.parse import urlsplit

from flask import request, url_for

from eventapp.web.navigation import exists
from eventapp.web.sign_in import actor


def local_path(wanted: str) -> str:
    """The path if it leads nowhere but into this site, else nothing.

    Browsers read //host as another site, a backslash as a slash, and drop tabs and line ends before they look.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return ""
    if len(wanted) > 2000 or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in wanted):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc or parts.path.startswith("/sign-") else wanted


def start_path() -> str:
    """The first page of the dashboard; of a focal point the own delegations."""
    if actor().role == "focal_point":
        return url_for("workspace.index")
    return url_for("dashboard.index" if exists("dashboard.index") else "editions.index")


def path_after_sign_in(wanted: str) -> str:
    """The page that was asked for before the sign-in, in the language of this request; else the first page."""
    path = local_path(wanted)
    if not path:
        return start_path()
    root = request.script_root
    return path if not root or path.startswith(f"{root}/") else root + path
