"""The administrator's list of countries, NA and NO through all of it: search, edit, close, add, delete."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Country
from eventapp.services import countries, links, statistics
from eventapp.web.options import keeper
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

BASE = "/dashboard/countries"
NAMES = {"NA": "Namibia", "NO": "Norway"}


@pytest.fixture
def office(client, ctx):
    keeper().clear()
    sign_in(client, make_user(role="administrator"))
    yield client
    keeper().clear()


def post(client, path, **data):
    token = csrf_token(client.get(f"{BASE}/new").text)
    return client.post(f"{BASE}{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def values(code, **changed):
    country = countries.get_country(code)
    known = {f"names_{language}": name for language, name in country.names.items()}
    return {
        **known,
        "status": country.status,
        "footnote": country.footnote,
        "version": str(country.version),
        **changed,
    }


def found(client, **args):
    return re.findall(rf'href="{BASE}/(\w\w)"', client.get(BASE, query_string=args).text)


def form_of(client):
    """What the public form offers."""
    keeper().clear()
    page = client.application.test_client().get("/editions/8/register").text
    part = page[page.index('id="country"') :]
    return set(re.findall(r'<option value="(\w\w)"', part[: part.index("</select>")]))


def test_the_list_is_searched_by_name_in_any_language_and_by_code(office):
    assert found(office, q="namib") == ["NA"] and found(office, q="ناميبيا") == ["NA"]
    assert found(office, q="NA")[:1] != [] and "NA" in found(office, q="na")
    assert found(office, q="NO") == sorted(found(office, q="no"), key=found(office, q="no").index)
    assert "NO" in found(office, q="578") and found(office, q="nor") != []
    assert len(found(office)) == 50 and "Next" in office.get(BASE).text
    assert set(found(office, status="un_observer")) == {"PS", "VA"}
    assert "No country fits" in office.get(BASE, query_string={"q": "Atlantis"}).text
    assert "Namibie" in office.get("/fr" + BASE, query_string={"q": "NA"}).text


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_names_footnote_and_status_are_edited(office, code):
    page = post(
        office, f"/{code}", **values(code, names_en="Another name", footnote="As of today.", status="other")
    )
    assert (
        "The country is saved." in page.text and "Another name" in page.text and "As of today." in page.text
    )
    country = countries.get_country(code)
    assert (country.names["en"], country.status, country.version) == ("Another name", "other", 2)
    assert country.names["fr"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "country.edit")).one()
    assert entry.old["names"]["en"] == NAMES[code] and entry.new["code"] == entry.old["code"] == code
    make_edition(ordinal=8)
    assert code in form_of(office)
    assert "Another name" in office.application.test_client().get("/editions/8/register").text


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_after_its_last_day_nobody_new_chooses_it_and_whoever_holds_it_keeps_it(office, code):
    edition = make_edition(ordinal=8)
    registration = make_registration(edition, country_code=code, state="approved")
    link = links.make_link(
        "registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=registration.id
    )
    token = links.token_of(link, SECRET)
    db.session.commit()
    assert code in form_of(office)
    post(office, f"/{code}", **values(code, active_to="2027-04-13"))
    assert form_of(office) and code not in form_of(office)
    assert "not now" in office.get(BASE, query_string={"q": code}).text
    counts = statistics.count(edition, statistics.ask(["country"]), now=CLOCK_STANDS_AT)
    assert counts.by("country")[code,].approved == 1
    own = office.application.test_client()
    page = own.get(f"/registrations/{token}/change").text
    assert f'<option value="{code}" selected>' in page
    desk = f"/dashboard/editions/8/registrations/{registration.reference}/correct"
    assert f'<option value="{code}" selected>' in office.get(desk).text
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', page))
    sent = {
        **{name: fields[name] for name in ("csrf_token", "version", "given_name", "family_name", "email") if name in fields},
        "functional_title": "Another title", "represents": "country", "country": code,
        "sector": "LE-POL", "role": "delegate", "language": "en",
    }  # fmt: skip
    page = own.post(f"/registrations/{token}/change", data=sent, follow_redirects=True)
    assert "Your changes have been kept." in page.text
    other = own.post(f"/registrations/{token}/change", data=sent | {"country": "AN"}, follow_redirects=True)
    assert other.status_code == 422  # what one holds oneself, and nothing else that is closed


def test_before_its_first_day_it_is_not_offered(office):
    make_edition(ordinal=8)
    post(office, "/NO", **values("NO", active_from="2027-04-15"))
    assert "NO" not in form_of(office)
    post(office, "/NO", **values("NO", active_from="2027-04-14"))
    assert "NO" in form_of(office)
    page = post(office, "/NO", **values("NO", active_from="2027-04-14", active_to="2027-04-13"))
    assert page.status_code == 422 and "The last day comes before the first." in page.text
    assert countries.get_country("NO").active_from == date(2027, 4, 14)


def test_the_second_of_two_sees_what_the_first_saved(office):
    opened = values("NA")
    post(office, "/NA", **opened | {"names_en": "First", "active_to": "2030-01-31"})
    page = post(office, "/NA", **opened | {"names_en": "Second"})
    assert page.status_code == 409 and 'value="Second"' in page.text
    assert "First" in page.text and "31 January 2030" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    post(office, "/NA", **opened | {"names_en": "Second", "version": version})
    assert countries.get_country("NA").names["en"] == "Second"
    page = post(office, "/NO", **values("NO", names_en="Norway then"))
    assert page.status_code == 200  # another country's changes are none of its own


def test_one_is_added_and_deleted_while_nothing_uses_it(office):
    make_edition(ordinal=8)
    new = {"code": "xn", "alpha3": "XNA", "m49": "", "names_en": "New land", "status": "other"}
    page = post(office, "/new", **new)
    assert "New land" in page.text and "XN" in form_of(office)
    page = office.get(f"{BASE}/XN").text
    assert "Unassigned" in page and "Delete" in page
    assert "Nothing uses it." in office.get(f"{BASE}/XN/delete").text
    page = post(office, "/XN/delete")
    assert "The country is deleted." in page.text and db.session.get(Country, "XN") is None
    assert office.get(f"{BASE}/XN").status_code == 404


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_one_in_use_stays(office, code):
    make_registration(make_edition(ordinal=8, country_code="NO"), country_code="NA")
    assert f"{BASE}/{code}/delete" not in office.get(f"{BASE}/{code}").text
    assert "Give it a last day instead" in office.get(f"{BASE}/{code}/delete").text
    assert post(office, f"/{code}/delete").status_code == 422
    assert countries.get_country(code)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"code": "NA"}, "There is a country with this code already."),
        ({"code": "NAM"}, "Please give two letters, such as NA."),
        ({"alpha3": "NOR"}, "There is a country with this code already."),
        ({"m49": "516"}, "There is a country with this code already."),
        ({"m49": "5"}, "Please give three digits"),
        ({"code": ""}, "Please answer this."),
        ({"status": ""}, "Please answer this."),
        ({"names_ar": "\u202eevil"}, "invisible characters"),
        ({"status": "nonsense"}, "Please choose one of the list."),
        ({"active_to": "tomorrow"}, "Please give a day"),
        ({"csrf_token": "old"}, "open for too long"),
    ],
)
def test_what_does_not_hold_comes_back_as_it_was_typed(office, data, told):
    typed = {
        "code": "XN",
        "alpha3": "XNA",
        "names_en": "New land",
        "names_fr": "Terre neuve",
        "status": "other",
    }
    page = post(office, "/new", **typed | data)
    assert page.status_code == 422 and told in page.text and 'value="Terre neuve"' in page.text
    assert db.session.get(Country, "XN") is None
