"""The one counting service: any question about the people of an edition, answered from a covering index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventapp.errors import Refused
from eventapp.models import Edition
from eventapp.rules.access import Actor, check_may_read
from eventapp.rules.crosstab import Counts, Question, Represented, check_question, represented
from eventapp.rules.dimension import NONE, Reference
from eventapp.rules.edition import PAST_STATES
from eventapp.rules.measure import Tally
from eventapp.services import editions
from eventapp.services.statistics_cells import read_cells
from eventapp.services.statistics_query import columns_for
from eventapp.services.statistics_reference import get_reference, list_body_names

Filters = Mapping[str, Sequence[str]]
_EVERYBODY = Question(by=("country", "country_basis", "state"))


@dataclass(frozen=True, kw_only=True)
class Summary:
    """An edition in numbers, each of them now; `countries` counts the states behind the registered people."""

    taken_at: datetime
    total: Tally
    received: int
    registered: int
    approved: int
    waitlisted: int
    is_over: bool
    states: Mapping[str, int]
    countries: Represented


def ask(by: Sequence[str], where: Filters | None = None, *, with_host: bool = True) -> Question:
    """A question to count by; refuses dimensions that are not known now."""
    return check_question(by, where or {}, get_reference(), with_host=with_host)


def count(edition: Edition, question: Question, *, now: datetime) -> Counts:
    """Count the people of an edition. The caller has checked who may look at it."""
    return _count([edition], edition, question, now=now)


def count_for(
    actor: Actor, edition: Edition, question: Question, *, now: datetime, reference: Reference | None = None
) -> Counts:
    """Count for somebody: raises NotFound where they may not look. By edition, all that they may look at are counted.

    Whoever asks several times hands over the `reference` that the questions were put with.
    """
    check_may_read(actor, edition.id)
    scope = editions.list_editions(actor) if question.spans_editions else [edition]
    return _count(scope, edition, question, now=now, reference=reference)


def count_of(actor: Actor, ordinal: int, question: Question, *, now: datetime) -> Counts:
    """The same for the edition with this ordinal; raises NotFound for an unknown one."""
    return count_for(actor, editions.get_edition(actor, ordinal), question, now=now)


def total_by_edition(actor: Actor, *, now: datetime) -> Mapping[int, Tally]:
    """Ordinal -> everybody of an edition under each measure, for all editions that the actor may look at."""
    scope = editions.list_editions(actor)
    found = _count(scope, scope[0], ask(["edition"]), now=now).by("edition") if scope else {}
    return {one.ordinal: found.get((str(one.ordinal),), Tally()) for one in scope}


def summary(edition: Edition, now: datetime) -> Summary:
    """The numbers at the head of an edition's dashboard. The caller has checked who may see them."""
    counts = count(edition, _EVERYBODY, now=now)
    states = counts.states
    return Summary(
        taken_at=now,
        total=counts.total,
        received=counts.total.received,
        registered=counts.total.registered,
        approved=counts.total.approved,
        waitlisted=states["waitlisted"],
        is_over=counts.is_over,
        states=states,
        countries=represented(counts, "registered"),
    )


def is_over(edition: Edition, now: datetime) -> bool:
    """Whether an edition has taken place: it says so, or its last day has passed in its zone."""
    if edition.state in PAST_STATES:
        return True
    last = edition.ends_on or edition.starts_on
    if last is None or edition.date_precision != "day" or edition.state != "published":
        return False
    return now >= datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(edition.time_zone))


def _check_kept(question: Question, scope: Sequence[Edition], reference: Reference) -> None:
    """Refuse a body and an edition that are not there: a number typed wrong would look like a count of nobody."""
    known = {"body": reference.body_names, "edition": {str(one.ordinal) for one in scope}}
    for dimension, codes in known.items():
        for code in question.where.get(dimension, ()):
            if code not in codes and code != NONE:
                raise Refused('Nothing is counted under "%(value)s".', code="dimension", value=code)


def _count(
    scope: Sequence[Edition],
    edition: Edition,
    question: Question,
    *,
    now: datetime,
    reference: Reference | None = None,
) -> Counts:
    reference = reference or get_reference()
    if "body" in question.by or "body" in question.where:
        reference = replace(reference, body_names=list_body_names())
    _check_kept(question, scope, reference)
    wanted = question.where.get("edition")
    kept = [one for one in scope if not wanted or str(one.ordinal) in wanted]
    over = {one.id: is_over(one, now) for one in kept}
    counts = Counts(
        ordinal=edition.ordinal,
        taken_at=now,
        question=question,
        columns=columns_for(question),
        cells=read_cells(kept, question, reference, over=over),
        host=edition.country_code,
        is_over=any(over.values()),
        reference=reference,
    )
    if "check_in_day" not in question.by:
        return counts
    less = replace(question, by=tuple(name for name in question.by if name != "check_in_day"))
    return replace(counts, once=_count(scope, edition, less, now=now, reference=reference))
