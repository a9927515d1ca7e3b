"""What somebody told us, as lines to be read: on the review page and behind the private link."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from eventapp.models import Registration
from eventapp.rules.name import badge_name, full_name
from eventapp.rules.registration_form import Details
from eventapp.web.filters import in_language
from eventapp.web.labels import label
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.options import reference
from eventapp.web.typed import translate

Line = tuple[str, str | Markup]


def lines(of: Details | Registration) -> Sequence[Line]:
    """Pairs of wording and answer; what was left empty is left out."""
    known = reference()
    sector = escape(translate(": ")).join(
        in_language(dict(names)) for names in known.sector_names(of.sector_code)
    )
    found: list[Line] = [
        (translate("Represents"), in_language(dict(known.country_names(of.country_code))) or of.organisation),
        (translate("Ministry, service or organisation"), of.organisation if of.country_code else ""),
        (translate("Country of seat"), in_language(dict(known.country_names(of.seat_country_code)))),
        (translate("Sector"), sector),
        (translate("Name"), full_name(of.given_name, of.family_name, of.honorific)),
        (translate("Name on the badge"), badge_name(of.badge_name, of.given_name, of.family_name)),
        (translate("Post"), of.functional_title),
        (translate("E-mail"), of.email),
        (translate("Telephone"), of.phone),
        (translate("Letters in"), LANGUAGE_NAMES[of.language]),
        (translate("Role in the delegation"), label("role", of.role)),
        (translate("Working languages"), translate(", ").join(LANGUAGE_NAMES[code] for code in of.languages)),
        (translate("Food"), of.dietary_needs),
        (translate("Access and assistance"), of.accessibility_needs),
        (translate("List of participants"), _listed(of.is_listed)),
    ]
    return [line for line in found if str(line[1])]


def shared_lines(of: Registration) -> Sequence[Line]:
    """What a delegation is shown of its people: not what they told the secretariat alone about food and assistance."""
    hidden = {translate("Food"), translate("Access and assistance"), translate("List of participants")}
    agrees = translate("yes") if of.is_listed else translate("no")
    return [
        *(line for line in lines(of) if line[0] not in hidden),
        (translate("Agrees to be listed"), agrees),
    ]


def _listed(is_listed: bool) -> str:
    return translate("My name may appear in it") if is_listed else translate("My name shall not appear in it")


def as_markup(told: Sequence[Line]) -> Markup:
    """The lines as a list of definitions; what was typed runs in its own direction."""
    line = Markup("<dt>{0}</dt><dd><bdi>{1}</bdi></dd>\n")
    return Markup('<dl class="dl">\n{0}</dl>').format(Markup("").join(line.format(*one) for one in told))
