"""The administrator's list of sectors: renamed, put in order, made deeper, switched off, never deleted in use."""

import re

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Sector
from eventapp.services import sectors, statistics, statistics_reference
from eventapp.web.options import keeper
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

BASE = "/dashboard/sectors"


@pytest.fixture
def office(client, ctx):
    keeper().clear()
    statistics_reference._kept.clear()
    sign_in(client, make_user(role="administrator"))
    yield client
    keeper().clear()


def post(client, path, **data):
    token = csrf_token(client.get(f"{BASE}/new").text)
    return client.post(f"{BASE}{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def values(code, **changed):
    sector = sectors.get_sector(code)
    names = {f"names_{language}": name for language, name in sector.names.items()}
    state = {"is_active": "1"} if sector.is_active else {}
    return {**names, **state, "version": str(sector.version), **changed}


def form_of(client):
    """The part of the public form in which a sector is chosen."""
    keeper().clear()
    page = client.application.test_client().get("/editions/8/register").text
    part = page[page.index('id="sector"') :]
    return part[: part.index("</select>")]


def test_a_sector_is_renamed_everywhere(office):
    make_edition(ordinal=8)
    page = post(office, "/LE-POL", **values("LE-POL", names_en="Police services", names_ar="الشرطة"))
    assert "The sector is saved." in page.text and "Police services" in page.text
    assert "Police services" in form_of(office) and sectors.get_sector("LE-POL").names["fr"] == "Police"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sector.edit")).one()
    assert entry.old["names"]["en"] == "Police" and entry.new["code"] == "LE-POL"
    page = post(office, "/LE-POL", **values("LE-POL", names_en="Again", version="1"))
    assert page.status_code == 409 and 'value="Again"' in page.text and "Police services" in page.text


def test_one_that_is_switched_off_is_not_offered_and_keeps_its_people(office):
    edition = make_edition(ordinal=8)
    registration = make_registration(edition, sector_code="LE-POL", state="approved")
    off = values("LE-POL")
    del off["is_active"]
    page = post(office, "/LE-POL", **off)
    assert "switched off" in page.text
    assert 'value="LE-POL"' not in form_of(office) and 'value="LE-NCB"' in form_of(office)
    counts = statistics.count(edition, statistics.ask(["sector"]), now=CLOCK_STANDS_AT)
    assert counts.by("sector")[("LE-POL",)].approved == 1
    desk = f"/dashboard/editions/8/registrations/{registration.reference}/correct"
    assert '<option value="LE-POL" selected>' in office.get(desk).text
    page = office.get("/dashboard/audit").text
    assert "Offered to delegates" in page and "changed a sector" in page
    off = values("LE")
    del off["is_active"]
    post(office, "/LE", **off)
    assert 'value="LE-NCB"' not in form_of(office) and 'label="Law enforcement"' not in form_of(office)


def test_a_deeper_one_makes_the_upper_one_a_heading(office):
    edition = make_edition(ordinal=8)
    upper = next(one.code for one, below in sectors.list_levels() if not below and sectors.may_hold(one))
    make_registration(edition, sector_code=upper)
    assert f'<option value="{upper}"' in form_of(office)
    page = office.get(f"{BASE}/new", query_string={"below": upper}).text
    assert f'<option value="{upper}" selected>' in page
    page = post(office, "/new", code=f"{upper.lower()}-new", names_en="Deeper", parent_code=upper)
    assert "The sector is saved." in page.text
    assert f'<option value="{upper}"' not in form_of(office) and ">Deeper</option>" in form_of(office)
    make_registration(edition, sector_code=f"{upper}-NEW")
    statistics_reference._kept.clear()
    counts = statistics.count(edition, statistics.ask(["main_sector"]), now=CLOCK_STANDS_AT)
    assert counts.by("main_sector")[upper,].registered == 2
    page = post(office, "/new", code="TOO-DEEP", names_en="Too deep", parent_code=f"{upper}-NEW")
    assert page.status_code == 422 and "Please choose one of the list." in page.text
    page = post(office, "/new", code="IGO-X", names_en="Within", parent_code="IGO")
    assert page.status_code == 422 and "Nothing can be put below this sector." in page.text


def test_the_order_is_that_of_the_form(office):
    make_edition(ordinal=8)
    found = re.findall(r'value="(LE-\w+)"', form_of(office))
    post(office, f"/{found[1]}/move", direction="up")
    assert re.findall(r'value="(LE-\w+)"', form_of(office))[:2] == [found[1], found[0]]
    post(office, f"/{found[1]}/move", direction="up")  # it is the first already
    moves = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sector.move")).all()
    assert [(one.old["position"], one.new["position"]) for one in moves] == [(2, 1)]
    uppers = [one.code for one, _ in sectors.list_levels()]
    page = post(office, f"/{uppers[1]}/move", direction="up").text
    assert page.index(f'id="sector-{uppers[1]}"') < page.index(f'id="sector-{uppers[0]}"')
    post(
        office, f"/{uppers[1]}", **values(uppers[1], version="1", names_en="Renamed")
    )  # no form is disturbed
    assert sectors.get_sector(uppers[1]).names["en"] == "Renamed"


def test_one_in_use_stays_and_another_goes(office):
    make_registration(make_edition(ordinal=8), sector_code="LE-POL")
    for code in ("LE-POL", "LE", "MED"):  # held, above others, in the table of badges
        assert "Switch it off instead" in office.get(f"{BASE}/{code}/delete").text
        assert post(office, f"/{code}/delete").status_code == 422
    post(office, "/new", code="NEW", names_en="New one")
    assert "Nothing uses it." in office.get(f"{BASE}/NEW/delete").text
    assert "The sector is deleted." in post(office, "/NEW/delete").text
    assert db.session.get(Sector, "NEW") is None and office.get(f"{BASE}/NEW").status_code == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"code": "LE"}, "There is a sector with this code already."),
        ({"code": "no spaces"}, "Please give a word of capital letters"),
        ({"code": ""}, "Please answer this."),
        ({"names_fr": ""}, "Please answer this."),
        ({"parent_code": "nonsense"}, "Please choose one of the list."),
        ({"csrf_token": "old"}, "open for too long"),
    ],
)
def test_what_does_not_hold_comes_back_as_it_was_typed(office, data, told):
    page = post(office, "/new", **{"code": "NEW", "names_fr": "Nouveau", "parent_code": ""} | data)
    assert page.status_code == 422 and told in page.text
    assert f'value="{data.get("names_fr", "Nouveau")}"' in page.text
    assert db.session.get(Sector, "NEW") is None
