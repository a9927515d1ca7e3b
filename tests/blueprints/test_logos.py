"""A host's logo stands beside its name on the edition's page."""

from eventapp.extensions import db
from eventapp.models import Body, Upload
from tests.factories.editions import CLOCK_STANDS_AT


def test_the_logo_of_a_host(client, ctx):
    body = db.session.query(Body).filter_by(acronym="PFA").one()  # a co-host of the 7th edition only
    body.logo = Upload(
        sha256="a" * 64, media_type="image/webp", width=200, height=80, size=900, created_at=CLOCK_STANDS_AT
    )
    db.session.flush()
    page = client.get("/editions/7").text
    assert f'src="/uploads/{"a" * 64}.webp"' in page
    assert "bodylogo" not in client.get("/editions/6").text
