"""What a list would do, as a page shows it: tabs by outcome, rows with the cell that is wrong, changes old and new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eventapp.adapters import kept_tables
from eventapp.errors import DomainError
from eventapp.models import ImportJob
from eventapp.rules.import_plan import OUTCOMES, PlannedRow, Problem
from eventapp.rules.import_words import MissingColumnsError
from eventapp.services import imports
from eventapp.web.errors import error_text
from eventapp.web.import_words import title
from eventapp.web.locale import language
from eventapp.web.paging import Paging
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.typed import translate

SIZE: Final = 50


def _isolated(text: str) -> str:
    """In Arabic the groups of a telephone number would stand the other way round."""
    return f"\u2068{text}\u2069" if language() == "ar" else text


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list's rows; `rows` is None once they are gone."""

    shown: str
    rows: Sequence[PlannedRow] | None
    paging: Paging
    done: int
    words: RegistrationWords
    notes: Sequence[str]
    choices: Mapping[str, str]

    def problem(self, row: PlannedRow, problem: Problem) -> str:
        """Row, column and what is wrong, in one sentence."""
        told = translate(problem.text, **problem.values)
        if not problem.column:
            return translate("Row %(row)s: %(problem)s", row=row.number, problem=told)
        return translate(
            "Row %(row)s, column %(column)s (%(heading)s): %(problem)s",
            row=row.number,
            column=problem.column,
            heading=problem.heading,
            problem=told,
        )

    def change(self, name: str, values: Sequence[Any]) -> str:
        """A field with its old and new value."""
        old, new = (_isolated(self.words.value(name, value)) for value in values)
        return translate("%(field)s: %(old)s → %(new)s", field=self.words.field(name), old=old, new=new)

    def whom(self, row: PlannedRow) -> str:
        """Whom the person of a row represents."""
        country = self.words.country(row.country) if row.country else ""
        return " · ".join(part for part in (country, row.organisation) if part)

    def choice(self, row: PlannedRow) -> str:
        """What was chosen for a row that may be somebody's second; left out unless somebody says otherwise."""
        return self.choices.get(str(row.number), "skip")


def seen_page(job: ImportJob, folder: Path, wanted: str, number: int) -> Page:
    """The rows of one outcome, a page at a time: first of all what keeps the list from being imported."""
    rows = imports.list_planned(job, folder) if job.state == "ready" else None
    first = next((one for one in OUTCOMES[:2] if job.counts.get(one)), "all")
    shown = wanted or first
    listed = [row for row in rows or () if shown in ("all", row.outcome)]
    paging = Paging(number, SIZE, len(listed))
    return Page(
        shown=shown,
        rows=None if rows is None else listed[paging.offset : paging.offset + SIZE],
        paging=paging,
        done=min(kept_tables.find_progress(folder, str(job.public_id)), job.rows),
        words=RegistrationWords(),
        notes=[translate(text, **values) for text, values in job.notes],
        choices=job.choices,
    )


def refusal_text(refused: DomainError) -> str:
    """Why a list is not taken; columns that are missing are named as the template has them."""
    if isinstance(refused, MissingColumnsError):
        return translate(
            refused.text, names=translate(", ").join(f"“{title(name)}”" for name in refused.names)
        )
    return error_text(refused)
