"""A delegation with a focal point and the link to its workspace, for tests."""

from dataclasses import dataclass

from flask import current_app

from eventapp.models import Delegation, Edition, FocalPoint, Registration
from eventapp.services import links
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration

# What the form sends about somebody; the body comes with the workspace.
PERSON = {
    "sector": "LE-POL",
    "given_name": "Joy",
    "family_name": "Wanjiru",
    "functional_title": "Officer",
    "email": "joy@police.example",
    "language": "fr",
    "role": "delegate",
}


@dataclass
class Made:
    """One delegation, who speaks for it, and the token of the link."""

    edition: Edition
    delegation: Delegation
    focal_point: FocalPoint
    token: str

    @property
    def path(self) -> str:
        return f"/workspace/{self.token}"

    def add(self, state: str = "submitted", **overrides) -> Registration:
        """One more of the delegation."""
        values = {"country_code": self.delegation.country_code, "delegation_id": self.delegation.id}
        return make_registration(self.edition, state=state, **values, **overrides)


def make_workspace(edition: Edition | None = None, *, country: str = "KE", **overrides) -> Made:
    """A saved delegation of an edition in two steps, with a focal point and an open link."""
    edition = edition or make_edition(approval="two_steps")
    delegation = make_delegation(edition, country_code=country, **overrides)
    focal_point = make_focal_point(delegation)
    secret = current_app.config["SETTINGS"].secret_key
    link = links.make_link("focal_point", secret=secret, now=CLOCK_STANDS_AT, focal_point_id=focal_point.id)
    return Made(edition, delegation, focal_point, links.token_of(link, secret))
