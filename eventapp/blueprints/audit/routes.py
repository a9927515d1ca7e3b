"""The audit list of everything, for administrators, and of one edition, for its organisers."""

from datetime import date

from flask import Blueprint, render_template, request

from eventapp.models import Edition
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import ACTOR_KINDS
from eventapp.services import audit
from eventapp.services.audit import AuditFilter
from eventapp.services.editions import get_edition_to_edit
from eventapp.web.audit_actions import ACTIONS
from eventapp.web.audit_subjects import SubjectNames
from eventapp.web.audit_words import SUBJECTS, action_words, differences, subject_words
from eventapp.web.filters import link
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor

blueprint = Blueprint("audit", __name__, url_prefix="/dashboard")

PAGE_SIZE = 50


@blueprint.get("/audit")
def index() -> str:
    return _list(None)


@blueprint.get("/editions/<int(max=9999):ordinal>/audit")
def edition(ordinal: int) -> str:
    return _list(get_edition_to_edit(actor(), ordinal))


def _list(one: Edition | None) -> str:
    wanted, who = _filter(one), actor()
    paging = Paging(request.args.get("page", 1, type=int), PAGE_SIZE, audit.count_entries(who, wanted))
    endpoint, values = ("audit.edition", {"ordinal": one.ordinal}) if one else ("audit.index", {})
    args = {
        "who": wanted.who,
        "by": wanted.actor_kind,
        "action": wanted.action,
        "subject": wanted.subject_type,
        "day": wanted.day.isoformat() if wanted.day else "",
    }
    kept = {name: value for name, value in args.items() if value}
    rows = audit.list_entries(who, wanted, offset=paging.offset, limit=PAGE_SIZE)
    names = SubjectNames(who, rows)
    return render_template(
        "audit/index.html",
        edition=one,
        args=args,
        kept=kept,
        paging=paging,
        rows=rows,
        names=names,
        actions=sorted(((word, action_words(word)) for word in ACTIONS), key=lambda pair: pair[1]),
        subjects=sorted(((word, subject_words(word)) for word in SUBJECTS), key=lambda pair: pair[1]),
        action_words=action_words,
        subject_words=subject_words,
        differences=lambda entry: differences(entry, names.value),
        whole=link(endpoint, **values),
        address=lambda page: link(endpoint, **values, **kept, page=page),
    )


def _filter(one: Edition | None) -> AuditFilter:
    asked = request.args
    kind, action, subject = asked.get("by", ""), asked.get("action", ""), asked.get("subject", "")
    return AuditFilter(
        edition_id=one.id if one else None,
        who=without_hidden(asked.get("who", "")).strip()[:200],
        actor_kind=kind if kind in ACTOR_KINDS else "",
        action=action if action in ACTIONS else "",
        subject_type=subject if subject in SUBJECTS else "",
        day=_day(asked.get("day", "")),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
