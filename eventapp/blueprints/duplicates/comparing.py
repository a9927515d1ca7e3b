"""Two registrations side by side: merged, with the value that is kept chosen field by field, or told apart for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.duplicates.base import blueprint
from eventapp.errors import Conflict, Refused, Stale, message
from eventapp.models import DuplicatePair, Edition
from eventapp.rules.duplicate_merge import CHOICES, SIDES, better_side, differing
from eventapp.services import attendance, duplicates, duplicates_merge, registrations_list, versions
from eventapp.services.duplicates_merge import Merged, values_of_side
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import Change
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text
from eventapp.web.labels import LABELS
from eventapp.web.people import represented
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

_NO_PLACE: Final = message(
    "With these answers the person would take a place of a quota that is full. Keep other answers, or raise the quota."
)


@dataclass(frozen=True)
class Row:
    """One answer of two registrations, and which of them is kept unless somebody says otherwise."""

    name: str
    texts: Sequence[str]
    differs: bool
    kept: str


@blueprint.get("/<int(max=2147483647):pair_id>")
def compare(ordinal: int, pair_id: int) -> str | Response:
    edition = get_edition(actor(), ordinal)
    pair = duplicates.get_pair(edition, pair_id)
    gone = next((one for one in (pair.first, pair.second) if one.merged_into_id), None)
    if gone is not None and (kept := registrations_list.find_kept(gone)) is not None:
        return _to_registration(ordinal, kept.reference)
    return _page(edition, pair)


def _page(
    edition: Edition,
    pair: DuplicatePair,
    *,
    given: Mapping[str, str] | None = None,
    changes: Sequence[Change] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    given = given or {}
    stays, usual = duplicates_merge.suggest(pair, given.get("stays", ""))
    choices = {name: given.get(name, usual[name]) for name in CHOICES}
    first, second = values_of_side(pair.first), values_of_side(pair.second)
    source = first if choices["represents"] == SIDES[0] else second
    _, state = better_side(first, second, stays=stays, delegation_id=source["delegation_id"])
    return render_template(
        "duplicates/compare.html",
        edition=edition,
        pair=pair,
        both=dict(zip(SIDES, (pair.first, pair.second), strict=True)),
        days=[attendance.list_days(one) for one in (pair.first, pair.second)],
        rows=_rows(pair, choices),
        stays=stays,
        state=state,
        changes=changes,
        errors=errors or {},
        may_edit=actor().may_edit(edition.id),
        words=RegistrationWords(),
    )


def _rows(pair: DuplicatePair, choices: Mapping[str, str]) -> list[Row]:
    words, both = RegistrationWords(), (pair.first, pair.second)
    different = differing(*(values_of_side(one) for one in both))
    rows = []
    for name in CHOICES:
        if name == "represents":
            texts = [" · ".join(part for part in represented(one) if part) for one in both]
        else:
            texts = [_text(words, name, getattr(one, name)) for one in both]
        rows.append(Row(name, texts, name in different, choices[name]))
    return rows


def _text(words: RegistrationWords, name: str, value: Any) -> str:
    return words.value(name, value)


def _seen() -> tuple[int, int]:
    """The versions of both registrations as the page showed them; 0, which none has, where the form holds none."""
    given = [request.form.get(f"version_{side}", "") for side in SIDES]
    first, second = (int(one) if one.isascii() and one.isdigit() and len(one) < 10 else 0 for one in given)
    return first, second


@blueprint.post("/<int(max=2147483647):pair_id>/merge")
@checks_csrf
def merge(ordinal: int, pair_id: int) -> str | Response | tuple[str, int]:
    who, seen, now, key = actor(), _seen(), clock.now(), current_app.config["SETTINGS"].secret_key
    given = request.form.to_dict()
    choices = {name: given[name] for name in CHOICES if name in given}
    try:
        check_token()
        with writing():
            done = duplicates_merge.merge(
                who,
                ordinal,
                pair_id,
                stays=given.get("stays", ""),
                choices=choices,
                seen=seen,
                now=now,
                secret=key,
            )
            reference = done.kept.reference
    except (Conflict, Refused) as problem:
        return _again(ordinal, pair_id, problem, given, seen)
    _say(done)
    return _to_registration(ordinal, reference)


def _say(done: Merged) -> None:
    flash(translate("The two registrations are one now. The person is told by mail."), "good")
    if done.promoted:
        flash(
            translate_plural(
                "One person moved up from the waiting list.",
                "%(num)s people moved up from the waiting list.",
                done.promoted,
            ),
            "note",
        )


def _again(
    ordinal: int, pair_id: int, problem: Conflict | Refused, given: Mapping[str, str], seen: Sequence[int]
) -> Response | tuple[str, int]:
    """The page as it was filled in, with what somebody else changed meanwhile; the queue where nothing is left to do."""
    if problem.code == "forbidden":
        raise problem
    if problem.code in ("merged", "erased"):
        flash(error_text(problem), "note")
        return redirect(url_for("duplicates.index", ordinal=ordinal), code=303)
    edition = get_edition_to_edit(actor(), ordinal)
    pair = duplicates.get_pair(edition, pair_id)
    if isinstance(problem, Stale):
        return _page(edition, pair, given=given, changes=_changes(pair, seen)), 409
    text = translate(_NO_PLACE) if problem.code == "quota_full" else error_text(problem)
    return _page(edition, pair, given=given, errors={problem.field or "page": text}), 422


def _changes(pair: DuplicatePair, seen: Sequence[int]) -> list[Change]:
    words = RegistrationWords()
    both = zip((pair.first, pair.second), seen, strict=True)
    entries = [entry for one, version in both for entry in versions.list_since(one, version)]
    return words.list_changes(entries, LABELS["registration_field"])


@blueprint.post("/<int(max=2147483647):pair_id>/different")
@checks_csrf
def mark_different(ordinal: int, pair_id: int) -> Response | tuple[str, int]:
    who, seen, now = actor(), _seen(), clock.now()
    try:
        check_token()
        with writing():
            duplicates.mark_different(who, ordinal, pair_id, seen=seen, now=now)
    except (Conflict, Refused) as problem:
        return _again(ordinal, pair_id, problem, {}, seen)
    flash(translate("Remembered: these are two people. The pair comes back only if a name changes."), "good")
    return redirect(url_for("duplicates.index", ordinal=ordinal), code=303)


def _to_registration(ordinal: int, reference: str) -> Response:
    return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=reference), code=303)
