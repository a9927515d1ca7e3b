"""Every endpoint stands in the permission table and is closed to whoever it does not name."""

import uuid

import pytest

from eventapp.blueprints import PERMISSIONS
from eventapp.web.csrf import CHECKS
from eventapp.web.guards import Access
from tests.factories.accounts import make_user, sign_in
from tests.pages import csrf_token

ROLES = ("focal_point", "reader", "organiser", "administrator")
DUMMIES = {
    "IntegerConverter": 99,
    "UUIDConverter": uuid.UUID(int=7),
    "UnicodeConverter": "nobody",
    "PathConverter": "css/base.css",
}
# Bare buttons: nothing is typed or chosen in their forms, so that nothing is lost where a stale token meets a plain page.
BUTTONS = {
    "agenda.leave",
    "agenda.renew_calendar",
    "agenda.revoke_calendar",
    "agenda.sign_up",
    "accounts.sign_out",
    "attendance.paper",
    "badges.move_category",
    "badges.move_rule",
    "badges.remove_category",
    "badges.remove_rule",
    "badges.reset",
    "bodies.delete",
    "bodies.move_partner",
    "bodies.remove_partner",
    "countries.delete",
    "duplicates.search",
    "delegations.fetch_document",
    "delegations.make_many",
    "delegations.remove",
    "delegations.remove_document",
    "delegations.remove_focal_point",
    "delegations.revoke_link",
    "delegations.connect_account",
    "delegations.send_link",
    "delegations.send_links",
    "editions.delete_figure",
    "editions.move_body",
    "editions.remove_body",
    "editions.show_figure",
    "imports.discard",
    "mail.cancel",
    "mail.reset_text",
    "mail.retry",
    "mail.retry_all",
    "mail.retry_edition",
    "privacy.publish",
    "programme.delete_room",
    "programme.delete_session",
    "programme.delete_speaker",
    "programme.delete_track",
    "programme.move_document",
    "programme.move_speaker",
    "programme.remove_document",
    "programme.remove_document_file",
    "programme.remove_speaker",
    "programme.revoke_speaker_link",
    "programme.send_speaker_link",
    "programme.withdraw_speaker",
    "programme.write_to_speakers",
    "publications.withdraw",
    "regions.move_region",
    "regions.move_scheme",
    "regions.remove_region",
    "regions.remove_scheme",
    "registrations.export",
    "registrations.withdraw",
    "registrations_desk.resend_link",
    "sectors.delete",
    "sectors.move",
    "sessions.door_list",
    "sessions.give_seat",
    "sessions.people_csv",
    "sessions.remove_barred",
    "sessions.uninvite",
    "sessions.write",
    "speakers.accept",
    "statistics.fetch_delegates",
    "statistics.remove_column_set",
    "users.close",
    "users.invite_again",
    "users.reopen",
    "workspace.discard_list",
    "workspace.fetch_document",
    "workspace.move",
    "workspace.remove_document",
    "workspace.revoke_invitation",
}


def rules(app):
    return list(app.url_map.iter_rules())


def address(app, rule) -> str:
    values = {name: DUMMIES[type(converter).__name__] for name, converter in rule._converters.items()}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def test_every_endpoint_stands_in_the_table(app):
    endpoints = {rule.endpoint for rule in rules(app)}
    assert endpoints == set(PERMISSIONS)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_endpoint_with_every_role(app, ctx, role):
    client = app.test_client()
    client.checks_pages = False
    if role:
        sign_in(client, make_user(role=role, all_editions=True))
    token = csrf_token(client.get("/dashboard/account" if role else "/sign-in", follow_redirects=True).text)
    wrong = []
    for rule in rules(app):
        access = PERMISSIONS[rule.endpoint]
        for method in sorted(rule.methods & {"GET", "POST"}):
            if rule.endpoint in ("accounts.sign_out", "accounts.sign_in"):
                continue
            response = client.open(
                address(app, rule), method=method, data={"csrf_token": token} if method == "POST" else None
            )
            expected = verdict(access, role)
            refused = response.status_code == 403 or (
                response.status_code == 303 and "/sign-in" in response.headers.get("Location", "")
            )
            if response.status_code >= 500 or (expected == "refused") != refused:
                wrong.append(f"{method} {rule.rule} as {role}: {response.status_code}, expected {expected}")
    assert not wrong, "\n".join(wrong)


def verdict(access: Access, role: str | None) -> str:
    if access is Access.PUBLIC:
        return "let in"
    if role is None:
        return "refused"
    return "let in" if ROLES.index(role) >= ROLES.index(access.value) else "refused"


def test_what_is_not_listed_does_not_exist(app, client):
    app.extensions["eventapp.permissions"] = {
        key: value for key, value in PERMISSIONS.items() if key != "public.partners"
    }
    try:
        assert client.get("/partners").status_code == 404
    finally:
        app.extensions["eventapp.permissions"] = PERMISSIONS


def test_reading_addresses_do_not_write(app):
    """A GET never commits: the handlers that do are reachable by POST alone, or branch on the method."""
    offenders = [
        rule.endpoint
        for rule in rules(app)
        if getattr(app.view_functions[rule.endpoint], "_commits", False) and "GET" in rule.methods
    ]
    assert not offenders


@pytest.mark.parametrize("rule_method", ["POST"])
def test_every_writing_address_wants_a_token(app, ctx, rule_method):
    client = app.test_client()
    client.checks_pages = False
    sign_in(client, make_user(role="administrator", all_editions=True))
    accepted = []
    for rule in rules(app):
        if rule_method in rule.methods:
            response = client.open(address(app, rule), method=rule_method, data={"x": "1"})
            if response.status_code not in (400, 404, 405, 410, 422):
                accepted.append(f"{rule.rule}: {response.status_code}")
    assert not accepted


def test_every_form_comes_back_after_a_stale_token(app):
    """A handler asks for the token by itself (`@checks_csrf`) and gives the form back, or its form is a bare button."""
    plain = {
        rule.endpoint
        for rule in rules(app)
        if "POST" in rule.methods and not getattr(app.view_functions[rule.endpoint], CHECKS, False)
    }
    assert plain == BUTTONS
