"""Where every place for files is taken: a clear answer in each language, when to come again, and nothing noted as taken along."""

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry
from eventapp.web.sending import sending_places
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document, make_file
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

DESK = "/dashboard/editions/8"
SENTENCES = {
    "": "Many people are downloading files right now. Please try again in a minute.",
    "/fr": "De nombreuses personnes téléchargent des fichiers en ce moment. Veuillez réessayer dans une minute.",
    "/es": "Muchas personas están descargando archivos en este momento. Inténtelo de nuevo dentro de un minuto.",
    "/ar": "ينزّل كثيرون ملفات في هذه اللحظة. يرجى إعادة المحاولة بعد دقيقة.",
}


@pytest.fixture
def desk(ctx, client):
    edition = make_edition()
    make_registration(edition)
    sign_in(client, make_user())
    return client


@pytest.fixture
def crowded(app):
    """Every place is taken, and comes free again."""
    with app.app_context():
        places = sending_places()
    taken = [places.acquire(blocking=False) for _ in range(app.config["SETTINGS"].threads // 2)]
    assert all(taken)
    yield places
    places.release(len(taken))


def test_it_is_said_in_every_language(client, ctx, app, crowded):
    row = make_file(make_document(make_edition()), app.config["SETTINGS"].documents)
    for prefix, sentence in SENTENCES.items():
        answer = client.get(f"{prefix}/documents/{row.public_id}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert sentence in answer.text
    told = client.get(f"/documents/{row.public_id}", headers={"Accept": "application/json"})
    assert told.get_json() == {"error": "no-place", "text": SENTENCES[""]}
    assert client.head(f"/documents/{row.public_id}").status_code == 200


def test_lists_and_reports_wait_for_a_place_too(desk, crowded):
    token = csrf_token(desk.get(f"{DESK}/delegates").text)
    for ending in ("csv", "json", "xlsx"):
        form = {"csrf_token": token, "chosen": "1", "columns": ["country"]}
        answer = desk.post(f"{DESK}/delegates.{ending}", data=form)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), ending
        assert SENTENCES[""] in answer.text and ("Sign out" in answer.text) == (ending != "json")
    assert desk.get(f"{DESK}/report.pdf").status_code == 503
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert not [action for action in actions if action.startswith(("export", "delegates"))], actions


def test_a_list_keeps_its_place_until_it_is_read(app, desk):
    form = {
        "csrf_token": csrf_token(desk.get(f"{DESK}/delegates").text),
        "chosen": "1",
        "columns": ["country"],
    }
    with app.app_context():
        places = sending_places()
    free = places._value
    reading = desk.post(f"{DESK}/delegates.csv", data=form, buffered=False)
    assert places._value == free - 1
    reading.close()
    assert places._value == free
    assert desk.post(f"{DESK}/delegates.csv", data=form).status_code == 200
    assert places._value == free
