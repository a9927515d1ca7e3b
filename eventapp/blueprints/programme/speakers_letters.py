"""Writing to speakers: the private link, and one letter to everybody of whom something is missing."""

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.services import editions, speakers_links, speakers_public
from eventapp.web import clock
from eventapp.web.desk_forms import Answers
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits
from eventapp.web.typed import translate, translate_plural


def _secret() -> str:
    key: str = current_app.config["SETTINGS"].secret_key
    return key


def _back(ordinal: int, speaker_id: int) -> Response:
    address = url_for("programme.edit_speaker", ordinal=ordinal, speaker_id=speaker_id, _anchor="link")
    return redirect(address, code=303)


@blueprint.post("/speakers/<int:speaker_id>/link")
@commits
def send_speaker_link(ordinal: int, speaker_id: int) -> Response:
    found = speakers_links.send_link(actor(), ordinal, speaker_id, now=clock.now(), secret=_secret())
    flash(translate("A new link is on its way to %(email)s.", email=found.email), "good")
    return _back(ordinal, speaker_id)


@blueprint.post("/speakers/<int:speaker_id>/link/revoke")
@commits
def revoke_speaker_link(ordinal: int, speaker_id: int) -> Response:
    speakers_links.revoke(actor(), ordinal, speaker_id, now=clock.now())
    flash(translate("The link leads nowhere any more."), "good")
    return _back(ordinal, speaker_id)


@blueprint.post("/speakers/<int:speaker_id>/withdraw")
@commits
def withdraw_speaker(ordinal: int, speaker_id: int) -> Response:
    speakers_public.withdraw(actor(), ordinal, speaker_id, now=clock.now())
    flash(translate("The profile is off the public page."), "good")
    return _back(ordinal, speaker_id)


@blueprint.get("/speakers/letters")
def preview_speaker_letters(ordinal: int) -> str:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    letters = speakers_links.list_letters(actor(), ordinal, now=clock.now())
    return render_template("programme/speaker_letters.html", edition=edition, letters=letters)


@blueprint.post("/speakers/letters")
@commits
def write_to_speakers(ordinal: int) -> Response:
    """Only to those who stood in the preview: whoever has come to it since is written to another time."""
    seen = [int(one) for one in Answers().several("speaker") if one.isascii() and one.isdigit()]
    count = speakers_links.write_to_missing(actor(), ordinal, seen, now=clock.now(), secret=_secret())
    if count:
        flash(
            translate_plural("One letter is on its way.", "%(num)s letters are on their way.", count), "good"
        )
    else:
        flash(translate("Nobody was written to: nothing is missing any more."), "note")
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)
