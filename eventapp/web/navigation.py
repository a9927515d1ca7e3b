"""The dashboard's side navigation: one table, a line for each place; what does not exist or is not allowed is left out."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, url_for

from eventapp.errors import message
from eventapp.models import Edition
from eventapp.web.audit_words import action_words
from eventapp.web.changes import field_name
from eventapp.web.guards import may_call, request_permissions
from eventapp.web.lost import typed_lines
from eventapp.web.sign_in import actor


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line of the navigation; `word` is what a template sets as `here`."""

    group: str
    word: str
    label: str
    endpoint: str
    in_edition: bool = False  # its address holds the ordinal; shown only where a template knows the edition
    elsewhere: str = (
        ""  # the endpoint that leads to its like from a page of no edition, so that there is a way back
    )


WORK: Final = message("Work")
NUMBERS: Final = message("Numbers")
EDITION: Final = message("Edition")
CONFERENCE: Final = message("Conference")
ADMINISTRATION: Final = message("Administration")

# Add a line for a new place; the order here is the order on the page.
PLACES: Final = (
    Place(
        group=WORK,
        word="today",
        label=message("Today"),
        endpoint="dashboard.today",
        in_edition=True,
        elsewhere="dashboard.index",
    ),
    Place(
        group=WORK,
        word="registrations",
        label=message("Registrations"),
        endpoint="registrations_desk.index",
        in_edition=True,
    ),
    Place(
        group=WORK,
        word="duplicates",
        label=message("Possible duplicates"),
        endpoint="duplicates.index",
        in_edition=True,
    ),
    Place(
        group=WORK,
        word="delegations",
        label=message("Delegations"),
        endpoint="delegations.index",
        in_edition=True,
    ),
    Place(
        group=WORK, word="check-in", label=message("Check-in"), endpoint="attendance.index", in_edition=True
    ),
    Place(
        group=NUMBERS, word="counts", label=message("Counts"), endpoint="statistics.counts", in_edition=True
    ),
    Place(group=NUMBERS, word="trend", label=message("Per day"), endpoint="trends.edition", in_edition=True),
    Place(group=NUMBERS, word="series", label=message("All editions"), endpoint="trends.figures"),
    Place(
        group=NUMBERS,
        word="publications",
        label=message("Publish figures"),
        endpoint="publications.index",
        in_edition=True,
    ),
    Place(
        group=EDITION, word="edition", label=message("Overview"), endpoint="editions.show", in_edition=True
    ),
    Place(
        group=EDITION,
        word="edition-bodies",
        label=message("Hosts and bodies"),
        endpoint="editions.bodies",
        in_edition=True,
    ),
    Place(group=EDITION, word="quotas", label=message("Quotas"), endpoint="quotas.index", in_edition=True),
    Place(
        group=EDITION, word="figures", label=message("Figures"), endpoint="editions.figures", in_edition=True
    ),
    Place(
        group=EDITION,
        word="programme",
        label=message("Programme"),
        endpoint="programme.index",
        in_edition=True,
    ),
    Place(group=EDITION, word="mail", label=message("Mail"), endpoint="mail.edition", in_edition=True),
    Place(
        group=EDITION,
        word="mail-texts",
        label=message("Mail texts"),
        endpoint="mail.texts",
        in_edition=True,
    ),
    Place(
        group=EDITION,
        word="reminders",
        label=message("Reminders"),
        endpoint="reminders.index",
        in_edition=True,
    ),
    Place(
        group=EDITION,
        word="keeping",
        label=message("Keeping and erasing"),
        endpoint="keeping.index",
        in_edition=True,
    ),
    Place(
        group=EDITION, word="audit", label=message("Audit list"), endpoint="audit.edition", in_edition=True
    ),
    Place(group=CONFERENCE, word="editions", label=message("Editions"), endpoint="editions.index"),
    Place(group=CONFERENCE, word="bodies", label=message("Bodies"), endpoint="bodies.index"),
    Place(group=CONFERENCE, word="partners", label=message("Partners"), endpoint="bodies.partners"),
    Place(group=ADMINISTRATION, word="users", label=message("Users and roles"), endpoint="users.index"),
    Place(group=ADMINISTRATION, word="badges", label=message("Badge categories"), endpoint="badges.index"),
    Place(group=ADMINISTRATION, word="countries", label=message("Countries"), endpoint="countries.index"),
    Place(group=ADMINISTRATION, word="regions", label=message("Regions"), endpoint="regions.index"),
    Place(group=ADMINISTRATION, word="sectors", label=message("Sectors"), endpoint="sectors.index"),
    Place(group=ADMINISTRATION, word="all-mail", label=message("All mail"), endpoint="mail.index"),
    Place(group=ADMINISTRATION, word="privacy", label=message("Privacy notice"), endpoint="privacy.index"),
    Place(group=ADMINISTRATION, word="all-audit", label=message("Whole audit list"), endpoint="audit.index"),
)


@dataclass(frozen=True)
class Line:
    """A place as the page shows it."""

    word: str
    label: str
    address: str


def exists(endpoint: str) -> bool:
    """Whether an endpoint is there and the person who asks may call it."""
    access = request_permissions().get(endpoint)
    return endpoint in current_app.view_functions and access is not None and may_call(actor(), access)


def side_navigation(edition: Edition | None) -> list[tuple[str, list[Line]]]:
    """The groups with their lines, as message ids, for the person who asks and the edition the page is about."""
    groups: dict[str, list[Line]] = {
        group: [] for group in (WORK, NUMBERS, EDITION, CONFERENCE, ADMINISTRATION)
    }
    for place in PLACES:
        endpoint = place.elsewhere if place.in_edition and edition is None else place.endpoint
        if not endpoint or not exists(endpoint):
            continue
        values = {"ordinal": edition.ordinal} if place.in_edition and edition else {}
        address = url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask's stub wants Any by name
        groups[place.group].append(Line(place.word, place.label, address))
    return [(group, lines) for group, lines in groups.items() if lines]


def init_navigation(app: Flask) -> None:
    """Make it, and the wording of changes and of lost forms, known to every template."""
    app.jinja_env.globals.update(
        side_navigation=side_navigation,
        endpoint_exists=exists,
        field_name=field_name,
        action_words=action_words,
        typed_lines=typed_lines,
    )
