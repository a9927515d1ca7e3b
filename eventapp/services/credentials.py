"""Credentials of a delegation: their state, what the body is told about them, and the papers in a folder of their own.

How a paper's file comes and goes is told in services/private_files.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from eventapp.adapters.papers import ReadyPaper
from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import CredentialDocument, Delegation
from eventapp.rules.access import Actor
from eventapp.rules.delegation import MOST_DOCUMENTS, check_credentials
from eventapp.services import audit, delegations, private_files, versions
from eventapp.services.delegations_manage import record
from eventapp.services.editions import get_edition_to_edit, hold_edition

ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class PlacedPaper:
    """A paper whose file lies in the folder already, under a random name; its row is still to be written."""

    paper: ReadyPaper
    stored_name: str


@contextmanager
def placed(paper: ReadyPaper, folder: Path) -> Iterator[PlacedPaper]:
    """Write a paper's file, whole and to the disk; it is gone again if the block raises. Outside of any transaction.

    with credentials.placed(paper, folder) as ready, writing(): credentials.keep(actor, delegation, ready, now=now)
    """
    with private_files.placed(paper.content, folder, ENDINGS[paper.media_type]) as name:
        yield PlacedPaper(paper, name)


def keep(actor: Actor, delegation: Delegation, ready: PlacedPaper, *, now: datetime) -> CredentialDocument:
    """Keep a paper of a delegation's credentials; missing ones become a copy. The caller has checked who may.

    Refuses more than MOST_DOCUMENTS, and the same paper twice. The caller holds the edition.
    """
    db.session.execute(select(Delegation.id).where(Delegation.id == delegation.id).with_for_update())
    paper = ready.paper
    there = list_documents(delegation)
    if len(there) >= MOST_DOCUMENTS:
        raise _refused(
            Refused(
                "A delegation keeps at most %(limit)s documents. Remove one first.",
                code="too-many",
                limit=MOST_DOCUMENTS,
            )
        )
    if any(one.sha256 == paper.sha256 for one in there):
        raise _refused(Refused("This document is there already.", code="there"))
    made = CredentialDocument(
        delegation_id=delegation.id,
        stored_name=ready.stored_name,
        file_name=paper.file_name,
        media_type=paper.media_type,
        size=len(paper.content),
        sha256=paper.sha256,
        uploaded_at=now,
        uploaded_by=actor.name,
    )
    db.session.add(made)
    new: dict[str, Any] = {"document": paper.file_name}
    old: dict[str, Any] = {}
    if delegation.credentials == "missing":
        old, new = {"credentials": "missing", "version": delegation.version}, new | {"credentials": "copy"}
        delegation.credentials = "copy"
    db.session.flush()
    record(actor, "credentials.add_document", delegation, now=now, old=old, new=new)
    return made


def _refused(problem: Refused) -> Invalid:
    return Invalid({"document": problem})


def add(
    actor: Actor, ordinal: int, public_id: UUID, ready: PlacedPaper, *, now: datetime
) -> CredentialDocument:
    """The same by the secretariat; refuses readers."""
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    return keep(actor, delegations.get_delegation(edition, public_id), ready, now=now)


def list_documents(delegation: Delegation) -> Sequence[CredentialDocument]:
    """The papers of a delegation that are there, the latest first; one query. The caller has checked who may."""
    wanted = (CredentialDocument.delegation_id == delegation.id, CredentialDocument.removed_at.is_(None))
    query = select(CredentialDocument).where(*wanted)
    return db.session.scalars(
        query.order_by(CredentialDocument.uploaded_at.desc(), CredentialDocument.id.desc())
    ).all()


def get_document(delegation: Delegation, number: UUID) -> CredentialDocument:
    """One paper of this delegation; raises NotFound for another one's and for one that was removed."""
    wanted = (
        CredentialDocument.delegation_id == delegation.id,
        CredentialDocument.public_id == number,
        CredentialDocument.removed_at.is_(None),
    )
    found = db.session.scalar(select(CredentialDocument).where(*wanted))
    if found is None:
        raise NotFound("There is no such document.")
    return found


def hand_out(actor: Actor, delegation: Delegation, number: UUID, *, now: datetime) -> CredentialDocument:
    """A paper that is about to be sent, and who asked for it written down. The caller has checked who may."""
    found = get_document(delegation, number)
    record(actor, "credentials.fetch", delegation, now=now, new={"document": found.file_name})
    return found


def fetch(actor: Actor, ordinal: int, public_id: UUID, number: UUID, *, now: datetime) -> CredentialDocument:
    """The same for the secretariat: organisers of the edition; refuses readers."""
    edition = get_edition_to_edit(actor, ordinal)
    return hand_out(actor, delegations.get_delegation(edition, public_id), number, now=now)


def discard(actor: Actor, delegation: Delegation, number: UUID, *, now: datetime) -> None:
    """Remove a paper; its name goes with it, and `tidy` takes the file after the commit. The caller has checked who may."""
    found = get_document(delegation, number)
    record(actor, "credentials.remove_document", delegation, now=now, old={"document": found.file_name})
    found.removed_at, found.file_name = now, ""
    db.session.flush()


def remove(actor: Actor, ordinal: int, public_id: UUID, number: UUID, *, now: datetime) -> None:
    """The same by the secretariat; refuses readers."""
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    discard(actor, delegations.get_delegation(edition, public_id), number, now=now)


def forget(ids: Sequence[int], *, now: datetime) -> None:
    """Remove papers of an edition whose time is over, and who brought them; `tidy` takes the files after the commit."""
    gone = {"removed_at": now, "file_name": "", "uploaded_by": ""}
    change = update(CredentialDocument).where(CredentialDocument.id.in_(ids)).values(**gone)
    db.session.execute(change, execution_options={"synchronize_session": False})


def forget_notes(edition_id: int) -> None:
    """Empty what was said about credentials of an edition whose time is over, and who brought papers that were removed.

    How the credentials stood stays. The caller holds the edition's lock; three statements for any number.
    """
    theirs = select(Delegation.id).where(Delegation.edition_id == edition_id)
    removed = (CredentialDocument.delegation_id.in_(theirs), CredentialDocument.removed_at.is_not(None))
    change = update(CredentialDocument).where(*removed, CredentialDocument.uploaded_by != "")
    db.session.execute(change.values(uploaded_by=""), execution_options={"synchronize_session": False})
    noted = update(Delegation).where(Delegation.edition_id == edition_id, Delegation.credentials_note != "")
    changed = {"credentials_note": "", "version": Delegation.version + 1}
    db.session.execute(noted.values(**changed), execution_options={"synchronize_session": "fetch"})
    audit.forget_actions(edition_id, "credentials.")


def set_state(
    actor: Actor, ordinal: int, public_id: UUID, state: str, note: str, *, version: int, now: datetime
) -> None:
    """Say how the credentials stand, and what the body is told about them; deficient ones need a note.

    Refuses readers, and with Stale a delegation that somebody saved since it was read at `version`.
    """
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    delegation = delegations.get_delegation(edition, public_id)
    check_credentials(state, note)
    values = {"credentials": state, "credentials_note": note}
    old, new = versions.write(delegation, values, version=version)
    if new:
        record(actor, "credentials.set_state", delegation, now=now, old=old, new=new)


def path_of(document: CredentialDocument, folder: Path) -> Path:
    """Where a paper's file lies; raises NotFound for a name that none can have."""
    return private_files.path_of(document.stored_name, folder)


def tidy(folder: Path, released: Collection[str] = ()) -> int:
    """Take away the files that no paper has any more, and say how many; none while a backup is taken.

    After the commit of whatever removed them; `released` are those whose rows went with their delegation.
    """

    def list_names() -> tuple[Collection[str], Collection[str]]:
        there = CredentialDocument.removed_at.is_(None)
        kept = set(db.session.scalars(select(CredentialDocument.stored_name).where(there)))
        gone = set(db.session.scalars(select(CredentialDocument.stored_name).where(~there)))
        return kept, gone | set(released)

    return private_files.tidy(folder, list_names)
