"""The blueprint itself, and the way back to its one list."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

blueprint = Blueprint("badges", __name__, url_prefix="/dashboard/badges")


def back_to_list(text: str = "", anchor: str | None = None) -> Response:
    """The page with both tables again."""
    if text:
        flash(text, "good")
    return redirect(url_for("badges.index", _anchor=anchor), code=303)
