"""Lists of delegates that are made later: asked for, watched, fetched."""

from uuid import UUID

from flask import Response as FlaskResponse
from flask import current_app, render_template, request
from werkzeug.wrappers import Response

from eventapp.blueprints.statistics.base import blueprint
from eventapp.blueprints.statistics.delegates import Page, make_later
from eventapp.services import editions, exports_jobs, exports_marks
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.made_files import MEDIA_TYPES, kept_file
from eventapp.web.sending import check_place
from eventapp.web.sign_in import actor
from eventapp.web.taken_along import mark
from eventapp.web.transaction import writing


@blueprint.post("/delegates/later")
@checks_csrf
def ask_delegates(ordinal: int) -> Response | Page:
    return make_later(ordinal, "csv" if request.args.get("format") == "csv" else "xlsx")


@blueprint.get("/delegates/jobs/<uuid:public_id>")
def export_job(ordinal: int, public_id: UUID) -> str:
    job = exports_jobs.get_job(actor(), ordinal, public_id)
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return render_template("statistics/export_job.html", edition=edition, job=job, at=clock.now())


@blueprint.post("/delegates/jobs/<uuid:public_id>")
def fetch_delegates(ordinal: int, public_id: UUID) -> FlaskResponse:
    """The audit row is committed before the first byte."""
    check_place()
    who, now = actor(), clock.now()
    folder = current_app.config["SETTINGS"].exports
    with writing():
        job = exports_jobs.fetch(who, ordinal, public_id, now=now)
        path, form = folder / job.file_name, job.format
        marks = folder / job.marks_name
    return kept_file(
        path,
        f"delegates-{ordinal}.{form}",
        MEDIA_TYPES[form],
        then=lambda: mark(exports_marks.find_kept(marks)),
    )
