"""The blueprint itself, the names that its forms read, and the way back to a scheme."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from eventapp.web.desk_forms import Answers

blueprint = Blueprint("regions", __name__, url_prefix="/dashboard/regions")


def back_to(scheme: str | None, text: str = "", anchor: str | None = None) -> Response:
    """The page of a scheme again, or that of all of them."""
    if text:
        flash(text, "good")
    if scheme is None:
        return redirect(url_for("regions.index", _anchor=anchor), code=303)
    return redirect(url_for("regions.show", code=scheme, _anchor=anchor), code=303)


def read_names(answers: Answers) -> dict[str, str]:
    """The name in up to four languages; one is needed."""
    names = answers.texts("names", limit=200)
    if not any(name.startswith("names") for name in answers.problems):
        answers.require("names", names)
    return names
