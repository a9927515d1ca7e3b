"""What is counted stays in step: days follow the edition's zone, the erased stay counted under body and language."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import ErasedCount, Registration
from eventapp.rules.access import COMMAND
from eventapp.rules.counting import counted_day
from eventapp.services import editions_manage
from eventapp.services.registrations_erase import erase
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
LATE_EVENING = datetime(2027, 4, 1, 22, 30, tzinfo=UTC)


def test_a_day_is_that_of_the_zone():
    assert counted_day(LATE_EVENING, "Africa/Nairobi") == date(2027, 4, 2)
    assert counted_day(LATE_EVENING, "America/Argentina/Buenos_Aires") == date(2027, 4, 1)


def test_another_zone_moves_the_days(clock):
    edition = make_edition(time_zone="Africa/Nairobi")
    made = make_registration(edition, submitted_at=LATE_EVENING)
    other = make_registration(make_edition(time_zone="Africa/Nairobi"), submitted_at=LATE_EVENING)
    assert made.received_on == date(2027, 4, 2)
    values = {**editions_manage.values_of(edition), "time_zone": "UTC"}
    editions_manage.edit(COMMAND, edition.ordinal, values, version=edition.version, now=clock())
    days = dict(db.session.execute(select(Registration.id, Registration.received_on)).all())
    assert days == {made.id: date(2027, 4, 1), other.id: date(2027, 4, 2)}


def test_the_erased_stay_counted_under_body_and_language(clock):
    edition, body = make_edition(), make_body()
    for _ in range(2):
        made = make_registration(
            edition, state="approved", represents="organisation", body_id=body.id, language="fr"
        )
        erase(COMMAND, edition.ordinal, made.reference, typed=made.reference, now=clock())
        assert (made.body_id, made.language) == (None, "")
    kept = db.session.execute(
        select(ErasedCount.dimension, ErasedCount.code, ErasedCount.state, ErasedCount.people).order_by(
            ErasedCount.dimension
        )
    ).all()
    assert kept == [("body", str(body.id), "approved", 2), ("language", "fr", "approved", 2)]
