"""/healthz: the process answers. /readyz: the database answers and stands at the newest migration."""

from flask import Blueprint
from werkzeug.wrappers import Response

from eventapp.services import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    problem = readiness.find_problem()
    return Response(f"{problem or 'ready'}\n", status=503 if problem else 200, mimetype="text/plain")
