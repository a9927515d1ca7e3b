"""The workspace itself: the delegation with its places, who waits, everybody in it; and an account's list of them."""

from flask import render_template, request

from eventapp.blueprints.workspace.base import Page, blueprint, opened
from eventapp.blueprints.workspace.view import View, lines_of
from eventapp.services import workspace
from eventapp.services.workspace_invitations import list_invitations, state_of
from eventapp.web import clock
from eventapp.web.sign_in import actor


@blueprint.get("/workspace")
def index() -> Page:
    who = actor()
    return render_template(
        "workspace/index.html", places=workspace.list_workspaces(who), is_signed_in=who.kind == "user"
    )


@blueprint.get("/workspace/<token>")
def show(token: str) -> Page:
    place = opened(token)
    view = View(place, workspace.list_members(place), clock.now())
    open_invitations = [one for one in list_invitations(place) if state_of(one, clock.now()) == "open"]
    return render_template(
        "workspace/show.html",
        token=token,
        place=place,
        edition=place.edition,
        view=view,
        lines=lines_of(place, view.inside),
        open_invitations=open_invitations,
        is_by_account=workspace.account_key(token) is not None,
        shows_all=request.args.get("all") == "1",
    )
