"""Pages that anybody may read."""

from flask import Blueprint, render_template

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> str:
    return render_template("public/home.html")
