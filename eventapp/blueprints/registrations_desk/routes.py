"""The list of registrations: search, filters, order and page, all in its address."""

from flask import render_template, request

from eventapp.blueprints.registrations_desk.base import blueprint
from eventapp.blueprints.registrations_desk.presenting import Presenter
from eventapp.rules.listing import read_listing
from eventapp.services import delegations_vouching, registrations_list, registrations_places
from eventapp.services.editions import get_edition
from eventapp.web import clock
from eventapp.web.filters import link
from eventapp.web.paging import Paging
from eventapp.web.quota_words import QuotaWords
from eventapp.web.sign_in import actor
from eventapp.web.vouching_words import why_sentence


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = get_edition(actor(), ordinal)
    listing = read_listing(request.args)
    presenter = Presenter()
    total = registrations_list.count_found(edition.id, listing.filter)
    paging = Paging(listing.page, listing.size, total)
    order = presenter.country_order
    rows = registrations_list.list_found(edition.id, listing, offset=paging.offset, countries=order)
    in_line = registrations_places.explain_waiting(edition, rows)
    return render_template(
        "registrations_desk/index.html",
        edition=edition,
        listing=listing,
        paging=paging,
        rows=rows,
        in_line=in_line,
        whys=delegations_vouching.explain(edition, rows, now=clock.now()),
        why_sentence=why_sentence,
        words=QuotaWords.of_places(in_line.values()),
        doubtful=registrations_list.list_doubtful([one.id for one in rows]),
        presenter=presenter,
        chips=presenter.chips(listing),
        may_edit=actor().may_edit(edition.id),
        address=lambda page: link("registrations_desk.index", ordinal=ordinal, **listing.args(page=page)),
    )
