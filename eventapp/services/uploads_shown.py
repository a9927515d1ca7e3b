"""Where an image stands, which decides who may fetch it: a portrait is its owner's, a logo the world's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Body, Edition, Speaker, Upload
from eventapp.rules.access import Actor
from eventapp.rules.vocabulary import DESK_ROLES
from eventapp.services import speakers, speakers_public
from eventapp.services.uploads import media_type_of

_UNKNOWN: Final = "There is nothing at this address."


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What shows an image: a logo or an edition for as long as there is one, or the profiles of speakers."""

    is_lasting: bool
    speakers: Sequence[Speaker] = ()


def find_standing(name: str) -> Standing:
    """Where the image of this file name is shown; raises NotFound where nothing shows it, also if the file is there.

    Two queries at most: logos are fetched far more often than portraits.
    """
    media_type = media_type_of(name)
    lasting = or_(
        select(Body.id).where(Body.logo_id == Upload.id).exists(),
        select(Edition.id).where(Edition.picture_id == Upload.id).exists(),
    )
    wanted = (Upload.sha256 == name.partition(".")[0], Upload.media_type == media_type)
    row = db.session.execute(select(Upload.id, lasting.label("is_lasting")).where(*wanted)).one_or_none()
    if row is None:
        raise NotFound(_UNKNOWN)
    if row.is_lasting:
        return Standing(is_lasting=True)
    owners = db.session.scalars(select(Speaker).where(Speaker.picture_id == row.id).order_by(Speaker.id))
    return Standing(is_lasting=False, speakers=owners.all())


def is_public(standing: Standing) -> bool:
    """Whether everybody may fetch an image now: of a speaker only while the profile stands on a public page."""
    return standing.is_lasting or speakers_public.is_shown(standing.speakers)


def check_may_see(actor: Actor, standing: Standing) -> None:
    """Refuse with NotFound, as if there were no such image, whoever is not of the secretariat that knows the speaker."""
    is_desk = actor.role in DESK_ROLES
    if not (is_desk and any(speakers.may_know(actor, one.id) for one in standing.speakers)):
        raise NotFound(_UNKNOWN)
