"""Closed by default: a request reaches an endpoint only if the permission table lists it and the role fits."""

from collections.abc import Mapping
from enum import StrEnum

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from eventapp.rules.access import Actor
from eventapp.web.sign_in import actor

TABLE = "eventapp.permissions"


class Access(StrEnum):
    """Who may call an endpoint. Which editions an account may reach is checked in the services as well."""

    PUBLIC = "public"
    FOCAL_POINT = "focal_point"  # anybody who is signed in
    READER = "reader"  # the secretariat
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


_LARGEST_NUMBER = 2**31 - 1
_RANK = {"focal_point": 0, "reader": 1, "organiser": 2, "administrator": 3}


def may_call(who: Actor, access: Access) -> bool:
    """Whether the actor's role reaches the endpoint at all."""
    if access is Access.PUBLIC:
        return True
    return who.kind == "user" and _RANK.get(who.role, -1) >= _RANK[access]


def init_guards(app: Flask, permissions: Mapping[str, Access]) -> None:
    """Check every request against the table before anything else runs."""
    app.extensions[TABLE] = permissions
    app.before_request(_guard)


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address: the error page follows
    access = request_permissions().get(endpoint)
    if access is None or _names_no_row(request.view_args):
        abort(404)
    if access is Access.PUBLIC:
        return None
    who = actor()
    if who.kind != "user":
        return redirect(_sign_in_address(), code=303)
    if not may_call(who, access):
        abort(403)
    return None


def _names_no_row(values: Mapping[str, object] | None) -> bool:
    """Whether the address holds what no database keeps: too large a number, or characters that nobody can see."""
    return any(
        value > _LARGEST_NUMBER
        if isinstance(value, int)
        else isinstance(value, str) and not value.isprintable()
        for value in (values or {}).values()
    )


def request_permissions() -> Mapping[str, Access]:
    """The table of this application."""
    table: Mapping[str, Access] = current_app.extensions[TABLE]
    return table


def _sign_in_address() -> str:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return url_for("accounts.sign_in", next=wanted)
