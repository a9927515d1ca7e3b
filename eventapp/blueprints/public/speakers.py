"""The public page of an edition's speakers: who agreed to stand there, with the sessions that are open to all."""

from typing import Any

from flask import render_template, url_for

from eventapp.blueprints.public.routes import blueprint
from eventapp.services import speakers_public
from eventapp.services.editions import get_public_edition
from eventapp.services.speakers_public import Profile
from eventapp.web.cache import cached_page
from eventapp.web.filters import absolute, pick
from eventapp.web.uploads import upload_path


@blueprint.get("/editions/<int(max=9999):ordinal>/speakers")
@cached_page()
def speakers(ordinal: int) -> str:
    edition = get_public_edition(ordinal)
    profiles = speakers_public.list_profiles(edition)
    return render_template(
        "public/speakers.html",
        edition=edition,
        profiles=profiles,
        people=[_person_data(one, ordinal) for one in profiles],
    )


def _person_data(profile: Profile, ordinal: int) -> dict[str, Any]:
    """Somebody in the words of schema.org, for search engines (JSON-LD)."""
    person, speaker = profile.person, profile.speaker
    page = absolute(url_for("public.speakers", ordinal=ordinal))
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": person.name,
        "honorificPrefix": speaker.honorific,
        "jobTitle": person.functional_title,
        "description": pick(speaker.biography).text,
        "image": absolute(upload_path(speaker.picture)) if speaker.picture else "",
        "url": f"{page}#speaker-{person.id}",
        "performerIn": [{"@type": "Event", "name": pick(one.session.title).text} for one in profile.parts],
    }
    body = pick(person.body["names"]).text if person.body else person.organisation
    if body:
        data["worksFor"] = {"@type": "Organization", "name": body}
    return {name: value for name, value in data.items() if value not in ("", [])}
