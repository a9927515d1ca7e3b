"""Pages that anybody may read."""

from flask import Blueprint, render_template

from eventapp.services.editions import get_public_edition
from eventapp.web.cache import cached_page

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@cached_page()
def home() -> str:
    return render_template("public/home.html")


@blueprint.get("/editions")
@cached_page()
def editions() -> str:
    return render_template("public/home.html")


@blueprint.get("/editions/<int:ordinal>")
@cached_page()
def edition(ordinal: int) -> str:
    return render_template("public/home.html", edition=get_public_edition(ordinal))


@blueprint.get("/editions/<int:ordinal>/programme")
@cached_page()
def programme(ordinal: int) -> str:
    return render_template("public/home.html", edition=get_public_edition(ordinal))


@blueprint.get("/partners")
@cached_page()
def partners() -> str:
    return render_template("public/home.html")


@blueprint.get("/privacy")
@cached_page()
def privacy() -> str:
    return render_template("public/home.html")


@blueprint.get("/privacy/<int:number>")
@cached_page()
def privacy_version(number: int) -> str:
    return render_template("public/home.html", number=number)


@blueprint.get("/contact")
@cached_page()
def contact() -> str:
    return render_template("public/home.html")


@blueprint.get("/accessibility")
@cached_page()
def accessibility() -> str:
    return render_template("public/home.html")
