"""The list of editions."""

from flask import Blueprint, render_template

from eventapp.services import editions
from eventapp.web.sign_in import actor

blueprint = Blueprint("editions", __name__, url_prefix="/dashboard/editions")


@blueprint.get("")
def index() -> str:
    return render_template("editions/index.html", editions=editions.list_editions(actor()))
