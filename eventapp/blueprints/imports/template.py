"""The empty list to fill in, with every column that is taken from whoever asks for it."""

from collections.abc import Sequence

from flask import Response

from eventapp.blueprints.imports.base import blueprint
from eventapp.rules.delegate_list import NEEDS
from eventapp.rules.import_words import TAKEN
from eventapp.services import editions
from eventapp.web import import_template
from eventapp.web.sign_in import actor


@blueprint.get("/template.csv")
def template_csv(ordinal: int) -> Response:
    editions.get_edition_to_edit(actor(), ordinal)
    return import_template.as_csv(_columns())


@blueprint.get("/template.xlsx")
def template_xlsx(ordinal: int) -> Response:
    editions.get_edition_to_edit(actor(), ordinal)
    return import_template.as_workbook(_columns())


def _columns() -> Sequence[str]:
    """A column that the import would leave out would be filled in for nothing."""
    return [name for name in TAKEN if actor().may_see_needs or name not in NEEDS]
