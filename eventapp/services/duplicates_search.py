"""The search for people who are in an edition twice: the worker looks at everybody once, then at whoever is new or changed."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row, delete, exists, func, insert, or_, select, update

from eventapp.adapters import likeness
from eventapp.adapters.likeness import Line, Pair
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, DuplicatePair, DuplicateSearch, Edition, Registration
from eventapp.rules.access import Actor
from eventapp.rules.duplicate import Likeness
from eventapp.rules.text import sort_key
from eventapp.services import audit
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_bulk import chunks

LEASE: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(
    seconds=15
)  # between two searches in one edition: who comes in meanwhile is looked at together
MOST_PEOPLE: Final = 50_000
MOST_PAIRS: Final = 2_000  # that wait; when some are decided, the next search brings those that were left out
BATCH: Final = 500
AT_ONCE: Final = 200  # pairs written by one statement: a worker's memory never shrinks from the 2,000 in one
Names = dict[int, str]  # of a registration: given name and family name
Key = tuple[int, int]  # the numbers of two registrations, the lower one first
# After these the person reads as before: nobody has to be compared again.
UNCHANGING: Final = frozenset(
    f"registration.{verb}"
    for verb in (
        *("approve", "waitlist", "reject", "cancel", "withdraw", "promote", "endorse", "decline", "replace"),
        *("check_in", "undo_check_in", "resend", "mail", "send_link", "export_own", "erase", "different"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A search that this worker makes now: everybody, or only the people in `only` with everybody."""

    edition_id: int
    only: Collection[int] | None
    until: datetime  # of the lease


def find_search(edition_id: int) -> DuplicateSearch | None:
    """How far the search has come, or None before the first one."""
    return db.session.get(DuplicateSearch, edition_id)


def ask(actor: Actor, ordinal: int, *, now: datetime) -> None:
    """Have everybody of the edition looked at again; refuses readers, and while a search is under way does nothing."""
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    known = find_search(edition.id)
    if known is None:
        db.session.add(DuplicateSearch(edition_id=edition.id, seen_entry_id=0))
    elif known.state == "too_large":
        raise Refused("This edition has too many people to be searched.", code="too-large")
    elif known.state == "waiting" or (known.leased_until and known.leased_until > now):
        return
    else:
        known.state, known.is_whole, known.done, known.leased_until = "waiting", True, 0, None
    audit.record(
        actor,
        "duplicates.search",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
    )


def has_work(*, now: datetime) -> bool:
    """Whether somebody is to be looked at; a look that locks nothing."""
    return _next(now) is not None


def _next(now: datetime) -> int | None:
    """The edition that is next: asked for, or left behind, or with people who are new since the last search."""
    left = (DuplicateSearch.state == "running") & (DuplicateSearch.leased_until <= now)
    rested = DuplicateSearch.state.in_(("done", "failed")) & (DuplicateSearch.finished_at <= now - PAUSE)
    news = exists().where(
        AuditEntry.edition_id == DuplicateSearch.edition_id,
        AuditEntry.id > DuplicateSearch.seen_entry_id,
        *_news(),
    )
    wanted = or_(DuplicateSearch.state == "waiting", left, rested & news)
    query = select(DuplicateSearch.edition_id).where(wanted).order_by(DuplicateSearch.edition_id).limit(1)
    found = db.session.scalar(query)
    return found if found is not None else _never_searched()


def _never_searched() -> int | None:
    """An edition that takes registrations and was not looked at yet."""
    known = exists().where(DuplicateSearch.edition_id == Edition.id)
    anybody = exists().where(Registration.edition_id == Edition.id)
    wanted = (Edition.state == "published", ~known, anybody)
    return db.session.scalar(select(Edition.id).where(*wanted).order_by(Edition.id).limit(1))


def _news() -> tuple[Any, ...]:
    return (AuditEntry.subject_type == "registration", AuditEntry.action.not_in(UNCHANGING))


def lease_next(*, now: datetime) -> Task | None:
    """Take the next edition; None where there is none, or where it has too many people to be held in memory."""
    edition_id = _next(now)
    if edition_id is None:
        return None
    lock_edition(
        edition_id
    )  # so that no other worker takes it, and the history is complete up to what is read here
    if _next(now) != edition_id:
        return None
    search = find_search(edition_id) or DuplicateSearch(edition_id=edition_id, is_whole=True, seen_entry_id=0)
    db.session.add(search)
    mine = (Registration.edition_id == edition_id, *_alive())
    count = db.session.scalar(select(func.count()).select_from(Registration).where(*mine)) or 0
    if count > MOST_PEOPLE:
        search.state, search.finished_at, search.people = "too_large", now, count
        return None
    only = None if search.is_whole else _changed(edition_id, search.seen_entry_id)
    newest = select(func.max(AuditEntry.id)).where(AuditEntry.edition_id == edition_id)
    search.seen_entry_id = db.session.scalar(newest) or 0
    search.state, search.done, search.leased_until = "running", 0, now + LEASE
    search.people = count if only is None else len(only)
    return Task(edition_id=edition_id, only=only, until=now + LEASE)


def _changed(edition_id: int, since: int) -> set[int]:
    """Who came in or was changed since an entry of the history."""
    wanted = (AuditEntry.edition_id == edition_id, AuditEntry.id > since, *_news())
    found = db.session.scalars(select(AuditEntry.subject_id).where(*wanted).distinct())
    return {one for one in found if one is not None}


def _alive() -> tuple[Any, ...]:
    return (Registration.erased_at.is_(None), Registration.merged_into_id.is_(None))


def _people(edition_id: int) -> Iterator[Line]:
    columns = (
        Registration.id,
        Registration.given_name,
        Registration.family_name,
        Registration.email,
        Registration.phone,
        Registration.represents,
        Registration.country_code,
        Registration.body_id,
        Registration.organisation,
    )
    query = select(*columns).where(Registration.edition_id == edition_id, *_alive()).order_by(Registration.id)
    for row in db.session.execute(query.execution_options(yield_per=BATCH)):
        yield (row.id, row.given_name, row.family_name, row.email, row.phone, _body(row))


def _body(row: Row[Any]) -> str:
    """One word for whom a person represents."""
    if row.represents == "country":
        return f"country:{row.country_code}"
    return f"body:{row.body_id}" if row.body_id else f"typed:{sort_key(row.organisation)}"


def look(task: Task, folder: Path, told: Callable[[int], None]) -> Sequence[Pair]:
    """Read everybody and have them compared, outside of any lock: nobody who registers waits for it.

    `told` hears how many people have been handed over.
    """
    known = _known_keys(task.edition_id)
    return likeness.search_apart(
        folder, _people(task.edition_id), task.only, told=told, choose=lambda found: _noted(found, known)
    )


def _known_keys(edition_id: int) -> set[Key]:
    query = select(DuplicatePair.first_id, DuplicatePair.second_id)
    found = db.session.execute(query.where(DuplicatePair.edition_id == edition_id))
    return {(first, second) for first, second in found}


def _noted(found: Iterable[Pair], known: Collection[Key]) -> Sequence[Pair]:
    """The pairs that are known already, and of the others as many of the most alike as are noted at all."""
    kept: list[Pair] = []

    def others() -> Iterator[Pair]:
        for pair in found:
            if _key_of(pair) in known:
                kept.append(pair)
            else:
                yield pair

    best = nsmallest(MOST_PAIRS, others(), key=lambda pair: (-pair.likeness.score, _key_of(pair)))
    return kept + best


def _key_of(pair: Pair) -> Key:
    return (pair.first, pair.second) if pair.first < pair.second else (pair.second, pair.first)


def note_progress(task: Task, done: int) -> None:
    """How many people have been looked at so far."""
    wanted = (DuplicateSearch.edition_id == task.edition_id, DuplicateSearch.leased_until == task.until)
    db.session.execute(update(DuplicateSearch).where(*wanted).values(done=done))


def give_up(task: Task, *, now: datetime) -> None:
    """The search failed; the next one looks at everybody."""
    search = _mine(task)
    if search is not None:
        search.state, search.is_whole, search.leased_until, search.finished_at = "failed", True, None, now


def finish(task: Task, found: Iterable[Pair], *, now: datetime) -> None:
    """Write down which pairs there are now.

    A pair of which somebody said that it is not the same person comes back only if a name has changed since.
    """
    search = _mine(task)
    if search is None:
        return
    wanted, names = _still_there(task.edition_id, found)
    waiting = _update_known(task, wanted, names)
    best = sorted(wanted, key=lambda key: (-wanted[key].score, key))[: max(0, MOST_PAIRS - waiting)]
    for start in range(0, len(best), AT_ONCE):
        made = [_made(task, key, wanted[key], names, now) for key in best[start : start + AT_ONCE]]
        db.session.execute(insert(DuplicatePair), made)
    search.state, search.is_whole, search.done = "done", False, search.people
    search.leased_until, search.finished_at = None, now


def _made(task: Task, key: Key, likeness: Likeness, names: Names, now: datetime) -> dict[str, Any]:
    return {
        "edition_id": task.edition_id,
        "first_id": key[0],
        "second_id": key[1],
        "score": likeness.score,
        "reasons": list(likeness.reasons),
        "names": names_hash(*(names[one] for one in key)),
        "state": "open",
        "found_at": now,
    }


def _mine(task: Task) -> DuplicateSearch | None:
    """The search under the edition's lock, unless it took too long and somebody else has taken it."""
    lock_edition(task.edition_id)
    search = db.session.get(DuplicateSearch, task.edition_id, populate_existing=True)
    is_mine = search is not None and search.state == "running" and search.leased_until == task.until
    return search if is_mine else None


def _still_there(edition_id: int, found: Iterable[Pair]) -> tuple[dict[Key, Likeness], Names]:
    """The pairs by their numbers in order, without who was merged or erased meanwhile, and everybody's names."""
    by_key = {_key_of(pair): pair.likeness for pair in found}
    names: Names = {}
    for some in chunks(sorted({one for key in by_key for one in key})):
        wanted = (Registration.edition_id == edition_id, Registration.id.in_(some), *_alive())
        query = select(Registration.id, Registration.given_name, Registration.family_name).where(*wanted)
        names |= {number: f"{given}\n{family}" for number, given, family in db.session.execute(query)}
    return {key: one for key, one in by_key.items() if key[0] in names and key[1] in names}, names


def _update_known(task: Task, wanted: dict[Key, Likeness], names: Names) -> int:
    """Bring the pairs that are known up to date and take them out of what is wanted; open ones that are not alike go.

    Gives how many wait.
    """
    gone: list[int] = []
    waiting = 0
    for pair in db.session.scalars(select(DuplicatePair).where(DuplicatePair.edition_id == task.edition_id)):
        key = (pair.first_id, pair.second_id)
        if task.only is not None and not set(key) & set(task.only):
            waiting += pair.state == "open"
            continue
        now_alike = wanted.pop(key, None)
        if now_alike is None:
            gone += [pair.id] if pair.state == "open" else []
        elif pair.state == "open" or (
            pair.state == "different" and pair.names != names_hash(*(names[one] for one in key))
        ):
            pair.state, pair.names, pair.decided_at = "open", names_hash(*(names[one] for one in key)), None
            pair.score, pair.reasons = now_alike.score, list(now_alike.reasons)
            waiting += 1
    for some in chunks(gone):
        db.session.execute(delete(DuplicatePair).where(DuplicatePair.id.in_(some)))
    return waiting


def names_hash(first: str, second: str) -> str:
    """What two names are compared by later on without keeping them once more."""
    return hashlib.blake2s(f"{first}\n\n{second}".encode()).hexdigest()
