"""The first organiser's page, users and roles, for administrators alone."""

import pytest

from eventapp.extensions import db
from eventapp.models import OutboxMessage, User
from eventapp.services import accounts, links
from tests.engines import SECRET
from tests.factories.accounts import PASSWORD, make_user, sign_in
from tests.factories.editions import make_edition
from tests.pages import csrf_token
from tests.queries import counted_queries


def post(client, path, page=None, **data):
    return client.post(path, data={"csrf_token": csrf_token(client.get(page or path).text), **data})


@pytest.fixture
def boss(ctx, client):
    user = make_user("administrator", password=PASSWORD)
    sign_in(client, user)
    return user


def test_the_first_organiser(ctx, client, clock):
    token = accounts.first_organiser_link(now=clock(), secret=SECRET)
    db.session.commit()
    path = f"/welcome/{token}"
    fields = {"name": "First Organiser", "email": "first@office.example"}
    assert client.get(path).status_code == client.get(path).status_code == 200
    wrong = post(client, path, **fields, password="short", password_again="short")
    assert wrong.status_code == 422
    assert "first@office.example" in wrong.text
    assert "at least 12 characters" in wrong.text
    done = post(client, path, **fields, password=PASSWORD, password_again=PASSWORD)
    assert done.status_code == 303
    assert client.get("/dashboard/users").status_code == 200
    gone = client.get(path)
    assert gone.status_code == 404
    assert "This link is not valid any more" in gone.text
    assert client.get("/fr" + path).status_code == 404


def test_the_first_organisers_form_says_everything_that_is_missing(ctx, client, clock):
    token = accounts.first_organiser_link(now=clock(), secret=SECRET)
    db.session.commit()
    page = post(client, f"/ar/welcome/{token}", name="", email="no address", password="", password_again="")
    assert page.status_code == 422
    assert 'href="#name"' in page.text
    assert 'href="#email"' in page.text
    assert 'href="#password"' in page.text


def test_inviting_and_accepting(client, boss, app):
    make_edition()
    db.session.commit()
    fields = {"email": "New@Office.example", "name": "New", "role": "organiser", "language": "fr"}
    assert post(client, "/dashboard/users/new", **fields, reach="named").status_code == 422
    assert post(client, "/dashboard/users/new", **fields, reach="named", editions=["8"]).status_code == 303
    assert "new@office.example" in client.get("/dashboard/users").text
    again = post(client, "/dashboard/users/new", **fields, reach="all")
    assert again.status_code == 422
    assert "Another account has this address." in again.text
    message = db.session.scalars(db.select(OutboxMessage)).one()
    link = db.session.get(links.PrivateLink, message.link_id)
    newcomer = app.test_client()
    path = f"/fr/set-password/{links.token_of(link, SECRET)}"
    assert post(newcomer, path, password=PASSWORD, password_again=PASSWORD).status_code == 303
    assert newcomer.get("/dashboard/editions").status_code == 200
    assert newcomer.get("/dashboard/users").status_code == 403


def test_a_ticked_edition_never_opens_all_of_them(client, boss):
    make_edition()
    db.session.commit()
    fields = {
        "email": "new@office.example",
        "name": "New",
        "language": "en",
        "reach": "all",
        "editions": ["8"],
    }
    page = post(client, "/dashboard/users/new", **fields, role="organiser")
    assert page.status_code == 422
    assert 'href="#reach"' in page.text and "Single editions are ticked as well." in page.text
    assert db.session.scalar(db.select(User).where(User.email == "new@office.example")) is None
    assert post(client, "/dashboard/users/new", **fields, role="administrator").status_code == 303


@pytest.mark.parametrize(
    "fields",
    [{"role": "king"}, {"editions": "x"}, {"editions": "9" * 30}, {"language": "xx"}, {"name": "a\x00b"}],
)
def test_what_does_not_hold_comes_back(client, boss, fields):
    whole = {
        "email": "new@office.example",
        "name": "New",
        "role": "reader",
        "language": "en",
        "reach": "all",
        **fields,
    }
    page = post(client, "/dashboard/users/new", **whole)
    assert page.status_code == 422
    assert "new@office.example" in page.text


def test_changing_an_account(client, boss):
    user = make_user("reader", name="Somebody")
    path = f"/dashboard/users/{user.public_id}"
    db.session.commit()
    assert post(client, path, name="Other", role="organiser", language="ar", reach="all").status_code == 303
    db.session.refresh(user)
    assert (user.name, user.role, user.language) == ("Other", "organiser", "ar")
    assert client.get("/dashboard/users/00000000-0000-0000-0000-000000000007").status_code == 404


def test_the_own_role_is_given_up_only_on_purpose(client, boss):
    other = make_user("administrator", password=PASSWORD)
    path = f"/dashboard/users/{boss.public_id}"
    db.session.commit()
    fields = {"name": boss.name, "role": "reader", "language": "en", "reach": "all"}
    asked = post(client, path, **fields)
    assert asked.status_code == 422
    assert 'name="confirmed"' in asked.text
    assert post(client, path, **fields, confirmed="1").status_code == 303
    assert client.get("/dashboard/users").status_code == 403
    assert other.role == "administrator"


def test_the_last_administrator_stays(client, boss):
    path = f"/dashboard/users/{boss.public_id}"
    refused = post(client, path, name="x", role="reader", language="en", reach="all", confirmed="1")
    assert refused.status_code == 422
    assert "last administrator" in refused.text
    db.session.refresh(boss)
    assert boss.role == "administrator"


def test_closing_ends_the_session(app, client, boss):
    user = make_user("organiser", password=PASSWORD)
    theirs = app.test_client()
    sign_in(theirs, user)
    assert theirs.get("/dashboard/editions").status_code == 200
    page = f"/dashboard/users/{user.public_id}"
    assert post(client, f"{page}/close", page).status_code == 303
    assert theirs.get("/dashboard/editions").status_code == 303
    assert "This account is closed." in client.get(page).text
    assert post(client, f"{page}/reopen", page).status_code == 303
    assert theirs.get("/dashboard/editions").status_code == 303  # the old session stays ended


def test_the_invitation_again(client, boss):
    user = make_user("reader")
    db.session.commit()
    page = f"/dashboard/users/{user.public_id}"
    assert post(client, f"{page}/invite-again", page).status_code == 303
    assert db.session.scalars(db.select(OutboxMessage.kind)).all() == ["invitation"]


def test_the_list_takes_the_same_queries_for_any_number(client, boss):
    edition = make_edition()

    def measure(count):
        for _ in range(count):
            make_user("reader", editions=[edition])
        db.session.commit()
        with counted_queries() as found:
            assert client.get("/dashboard/users").status_code == 200
        return len(found)

    assert 0 < measure(2) == measure(20)


@pytest.mark.parametrize("role", ["reader", "organiser"])
def test_the_others_see_none_of_it(client, ctx, role):
    sign_in(client, make_user(role))
    assert client.get("/dashboard/users").status_code == 403
    assert client.get("/dashboard/users/new").status_code == 403
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == 1
