"""The order of a delegation and who is what in it: one head, and whoever takes over the role from them."""

from datetime import datetime

from sqlalchemy import update

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import Registration
from eventapp.rules.name import full_name
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.rules.workspace import HEAD, INSIDE, check_member_change, check_role, rank
from eventapp.services import versions
from eventapp.services.delegations_heads import find_head
from eventapp.services.editions import window_of
from eventapp.services.quotas import person_of
from eventapp.services.registrations_places import check_moved
from eventapp.services.workspace import Workspace, get_member, list_members
from eventapp.services.workspace_members import record, tell


def move(place: Workspace, reference: str, direction: str, *, now: datetime) -> Registration:
    """Move a member past the next one whom the page shows above or below; head and deputy stay first.

    Whoever still waits for the delegation is not shown in the order: nobody is moved past them alone.
    """
    member = get_member(place, reference)
    check_member_change(member.state, window_of(place.edition), now)
    listed = [one for one in list_members(place) if one.state in REGISTERED_STATES]
    peers = [one for one in listed if one.state in INSIDE and rank(one.role) == rank(member.role)]
    after = peers.index(member) + (-1 if direction == "up" else 1) if member in peers else -1
    if not 0 <= after < len(peers):
        return member
    listed.remove(member)
    listed.insert(listed.index(peers[after]) + (direction != "up"), member)
    numbers = {one.id: number for number, one in enumerate(listed, 1)}
    changed = [one for one in listed if one.delegation_order != numbers[one.id]]
    old = member.delegation_order
    for one in changed:
        # Not through the object: its version, which somebody's open form holds, must not move with the order.
        change = update(Registration).where(Registration.id == one.id)
        db.session.execute(change.values(delegation_order=numbers[one.id]))
    new = {"delegation_order": numbers[member.id]}
    record(place, "order", member, old={"delegation_order": old}, new=new, now=now)
    return member


def give_role(
    place: Workspace, reference: str, role: str, *, version: int, swap: bool, now: datetime
) -> Registration:
    """Give a member another role; a second head takes over from the first, who becomes a delegate, if `swap` says so.

    Refuses with Conflict("head") a second head without it, and a role that needs a place where none is left.
    """
    check_role(role)
    member = get_member(place, reference)
    check_member_change(member.state, window_of(place.edition), now)
    versions.check(member, version)
    if member.role == role:
        return member
    head = find_head(place.delegation.id, but=member.id) if role == HEAD else None
    if head is not None:
        if not swap:
            name = full_name(head.given_name, head.family_name)
            raise Conflict("%(name)s is the head of this delegation now.", code="head", name=name)
        _write(place, head, "delegate", now=now)
    _write(place, member, role, now=now)
    return member


def _write(place: Workspace, member: Registration, role: str, *, now: datetime) -> None:
    person = person_of(member)
    old = {"role": member.role, "version": member.version}
    member.role = role
    db.session.flush()
    check_moved(place.edition, member, person)
    record(place, "role", member, old=old, new={"role": role}, now=now)
    tell(member, "registration_changed", now=now)
