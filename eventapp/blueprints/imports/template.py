"""The empty list to fill in, with every column that there is."""

from flask import Response

from eventapp.blueprints.imports.base import blueprint
from eventapp.rules.import_words import TAKEN
from eventapp.services import editions
from eventapp.web import import_template
from eventapp.web.sign_in import actor


@blueprint.get("/template.csv")
def template_csv(ordinal: int) -> Response:
    editions.get_edition_to_edit(actor(), ordinal)
    return import_template.as_csv(TAKEN)


@blueprint.get("/template.xlsx")
def template_xlsx(ordinal: int) -> Response:
    editions.get_edition_to_edit(actor(), ordinal)
    return import_template.as_workbook(TAKEN)
