"""Two registrations of one person become one, under the edition's lock: values, state, place, check-ins, links, mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from eventapp.extensions import db
from eventapp.models import DuplicatePair, Registration
from eventapp.rules.access import Actor
from eventapp.rules.counting import counted_country
from eventapp.rules.duplicate_merge import (
    CHOICES,
    SIDES,
    better_side,
    check_stays,
    chosen_values,
    usual_choices,
    usual_stay,
)
from eventapp.rules.name import name_sort_key
from eventapp.rules.vocabulary import HOLDING_STATES, REGISTERED_STATES
from eventapp.services import (
    attendance,
    audit,
    duplicates,
    links,
    mail,
    quotas,
    session_carry,
    speakers_held,
)
from eventapp.services.delegations_heads import find_second_head
from eventapp.services.endorsements import ask_for
from eventapp.services.registrations_places import check_moved, promote_waiting

# What the state brings along, from the registration that it comes from.
_WITH_STATE: Final = ("reason", "decided_at", "waitlisted_at", "endorsed_at", "replaced_by_id")
_COLUMNS: Final = (
    *(column for columns in CHOICES.values() for column in columns),
    *("state", "submitted_at", "is_late", "privacy_notice_id", *_WITH_STATE),
)
_FOLLOWING: Final = ("sort_name", "counted_country_code", "country_basis", "is_late", "privacy_notice_id")


@dataclass(frozen=True)
class Merged:
    """What a merge did: which registration stays, and how many moved up from the waiting list by it."""

    kept: Registration
    promoted: int


def values_of_side(registration: Registration) -> dict[str, Any]:
    """What a merge looks at, by the names of the columns."""
    return {name: getattr(registration, name) for name in _COLUMNS}


def suggest(pair: DuplicatePair, stays: str = "") -> tuple[str, dict[str, str]]:
    """Which of the two stays, unless that is told, and what is kept of each, unless somebody says otherwise."""
    first, second = values_of_side(pair.first), values_of_side(pair.second)
    stays = stays if stays in SIDES else usual_stay(first, second)
    return stays, usual_choices(first, second, stays=stays)


def merge(
    actor: Actor,
    ordinal: int,
    pair_id: int,
    *,
    stays: str,
    choices: Mapping[str, str],
    seen: Sequence[int],
    now: datetime,
    secret: str,
) -> Merged:
    """Merge a pair: the side in `stays` keeps its reference, gets the chosen values, the better state and all check-ins.

    `choices` may leave out what both say alike. The other one gets the state merged, counts nowhere, and its private
    link leads to the one that stays. Refuses as `duplicates.get_to_decide` does, and where the chosen values take a
    place that is not there. The person is told by mail; a place that comes free goes to the next in line.
    """
    check_stays(stays)
    pair = duplicates.get_to_decide(actor, ordinal, pair_id, seen)
    first, second = values_of_side(pair.first), values_of_side(pair.second)
    values = chosen_values(first, second, suggest(pair, stays)[1] | dict(choices))
    side, state = better_side(first, second, stays=stays, delegation_id=values["delegation_id"])
    kept, gone = (pair.first, pair.second) if stays == SIDES[0] else (pair.second, pair.first)
    before = {one.id: values_of_side(one) | _following(one) for one in (kept, gone)}
    versions = {kept.id: max(kept.version, gone.version), gone.id: gone.version}
    addresses = [one.email for one in (kept, gone)]
    holders = [quotas.person_of(one) for one in (kept, gone) if one.state in HOLDING_STATES]
    _write_kept(kept, gone, values, state=state, source=first if side == SIDES[0] else second)
    gone.state, gone.merged_into_id, gone.decided_at, gone.reason = "merged", kept.id, now, ""
    pair.state, pair.decided_at = "merged", now
    db.session.flush()
    _outdate(kept, versions[kept.id] + 1)
    if holders and quotas.person_of(kept) not in holders:
        check_moved(kept.edition, kept, holders[0])
    _check_head(kept)
    _carry_over(actor, kept, gone, now=now)
    _record(actor, kept, gone, before, versions, now=now)
    _tell(kept, gone, addresses, before[kept.id], secret=secret, now=now)
    promoted = promote_waiting(actor, kept.edition, now=now) if holders else []
    return Merged(kept, len(promoted))


def _write_kept(
    kept: Registration,
    gone: Registration,
    values: Mapping[str, Any],
    *,
    state: str,
    source: Mapping[str, Any],
) -> None:
    if kept.delegation_id != values["delegation_id"]:
        kept.delegation_order = gone.delegation_order
    for name, value in values.items():
        setattr(kept, name, value)
    kept.sort_name = name_sort_key(kept.given_name, kept.family_name)
    counted = counted_country(
        represents=kept.represents,
        country_code=kept.country_code,
        seat_country_code=kept.seat_country_code,
        sector_code=kept.sector_code,
        body_kind=kept.body_kind,
    )
    kept.counted_country_code, kept.country_basis = counted.code, counted.basis
    kept.is_late = kept.is_late and gone.is_late
    kept.privacy_notice_id = kept.privacy_notice_id or gone.privacy_notice_id
    kept.state = state
    for name in _WITH_STATE:
        setattr(kept, name, source[name])
    if state == "submitted":
        kept.endorsed_at = None


def _check_head(kept: Registration) -> None:
    """Refuse that a delegation gets a second head by a merge."""
    if kept.state in REGISTERED_STATES and (problem := find_second_head(kept.delegation_id, kept)):
        raise problem


def _outdate(kept: Registration, version: int) -> None:
    """Make every form that is open outdated, also those of the merged one, which are sent to this one from now on."""
    statement = update(Registration).where(Registration.id == kept.id).values(version=version)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    set_committed_value(kept, "version", version)


def _following(registration: Registration) -> dict[str, Any]:
    return {name: getattr(registration, name) for name in _FOLLOWING}


def _carry_over(actor: Actor, kept: Registration, gone: Registration, *, now: datetime) -> None:
    """Check-ins, places in sessions, known pairs, and whatever led to the merged one: in one step."""
    attendance.take_over(actor, kept, gone, now=now)
    session_carry.take_over(actor, kept, gone, now=now)
    duplicates.hand_over(gone.id, kept.id)
    speakers_held.hand_over(gone.id, kept.id)
    for column in (Registration.merged_into_id, Registration.replaced_by_id):
        theirs = (column == gone.id, Registration.id != kept.id)
        statement = update(Registration).where(*theirs).values({column: kept.id})
        db.session.execute(statement, execution_options={"synchronize_session": "fetch"})


def _record(
    actor: Actor,
    kept: Registration,
    gone: Registration,
    before: Mapping[int, Mapping[str, Any]],
    versions: Mapping[int, int],
    *,
    now: datetime,
) -> None:
    """One row for each of the two, which name each other."""
    for one, other, word in ((kept, gone, "merged_from"), (gone, kept, "merged_into")):
        known = before[one.id]
        old, new = audit.differences(known, values_of_side(one) | _following(one))
        audit.record(
            actor,
            "registration.merge",
            now=now,
            subject_type="registration",
            subject_id=one.id,
            edition_id=one.edition_id,
            old={name: value for name, value in old.items() if name in _TOLD} | {"version": versions[one.id]},
            new={name: value for name, value in new.items() if name in _TOLD} | {word: other.reference},
        )


# What the history tells; the rest follows from it or stands in the columns themselves.
_TOLD: Final = frozenset(_COLUMNS) - {
    "submitted_at",
    "delegation_id",
    "privacy_notice_id",
    *_WITH_STATE,
} | {"counted_country_code", "country_basis", "is_late"}


def _tell(
    kept: Registration,
    gone: Registration,
    addresses: Sequence[str],
    before: Mapping[str, Any],
    *,
    secret: str,
    now: datetime,
) -> None:
    """At every address that the person gave: whoever is not meant hears of it as well. A body that is another is asked."""
    if (kept.delegation_id, kept.state) != (before["delegation_id"], before["state"]):
        ask_for(kept, now=now, secret=secret)
    link_id = links.ensure_registration_links([kept.id], secret=secret, now=now)[kept.id]
    values = {"merged": gone.reference}
    for address in dict.fromkeys(one for one in (kept.email, *addresses) if one):
        message = mail.enqueue(
            "registration_merged",
            recipient=address,
            language=kept.language,
            now=now,
            registration=kept,
            values=values,
        )
        message.link_id = link_id
