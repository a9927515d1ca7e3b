"""Who acts, and what a role may do to an edition."""

from dataclasses import dataclass

from eventapp.errors import NotFound, Refused


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever does something: a user, a delegate, focal point or speaker with a link, a command, or the system itself."""

    kind: str  # one of vocabulary.ACTOR_KINDS
    id: int | None = None
    name: str = ""
    role: str = ""  # one of vocabulary.USER_ROLES for users
    all_editions: bool = False
    edition_ids: frozenset[int] = frozenset()
    sees_needs: bool = False  # what delegates eat and how they are helped
    delegation_ids: frozenset[int] = frozenset()  # those a focal point speaks for

    @property
    def is_administrator(self) -> bool:
        return self.kind == "command" or (self.kind == "user" and self.role == "administrator")

    @property
    def may_edit_all(self) -> bool:
        """Whether the actor may change what belongs to no single edition: new editions, bodies, partnerships."""
        return self.is_administrator or (
            self.kind == "user" and self.role == "organiser" and self.all_editions
        )

    @property
    def may_see_needs(self) -> bool:
        """Whether the actor may take along what delegates told about food and help."""
        return self.is_administrator or (self.kind == "user" and self.sees_needs)

    def may_read(self, edition_id: int) -> bool:
        """Whether the actor may look at an edition in the dashboard."""
        if self.is_administrator:
            return True
        return self.kind == "user" and (self.all_editions or edition_id in self.edition_ids)

    def may_edit(self, edition_id: int) -> bool:
        """Whether the actor may change an edition and decide on its registrations."""
        if self.is_administrator:
            return True
        return self.role == "organiser" and self.may_read(edition_id)

    def speaks_for(self, delegation_id: int | None) -> bool:
        """Whether the actor is a focal point of this delegation; the secretariat decides on pages of its own."""
        return self.kind == "focal_point" and delegation_id in self.delegation_ids


DELEGATE = Actor(kind="delegate")
SYSTEM = Actor(kind="system")
COMMAND = Actor(kind="command", name="eventapp")


def check_may_read(actor: Actor, edition_id: int) -> None:
    """Refuse with NotFound, as if the edition did not exist, whoever may not look at it."""
    if not actor.may_read(edition_id):
        raise NotFound("There is no such edition.")


def check_may_edit(actor: Actor, edition_id: int) -> None:
    """Refuse whoever may look at the edition but not change it; to the others it does not exist."""
    check_may_read(actor, edition_id)
    if not actor.may_edit(edition_id):
        raise Refused("Your account may look at this edition, not change it.", code="forbidden")


def check_may_edit_all(actor: Actor) -> None:
    """Refuse whoever is neither an administrator nor an organiser of all editions."""
    if not actor.may_edit_all:
        raise Refused("Only administrators and organisers of all editions may do this.", code="forbidden")


def check_speaks_for(actor: Actor, delegation_id: int | None) -> None:
    """Refuse with NotFound, as if the delegation did not exist, whoever does not speak for it."""
    if not actor.speaks_for(delegation_id):
        raise NotFound("There is no such delegation.")


def check_administrator(actor: Actor) -> None:
    """Refuse everybody but administrators and commands."""
    if not actor.is_administrator:
        raise Refused("Only an administrator may do this.", code="forbidden")


def check_stays_administrated(others: int) -> None:
    """Refuse to close or demote the last administrator who can sign in."""
    if others < 1:
        raise Refused(
            "This is the last administrator. Give the role to somebody else first.", code="last-administrator"
        )
