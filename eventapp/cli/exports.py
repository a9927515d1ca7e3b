"""Commands that print counts and the list of delegates; the same code and names as the dashboard's files."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from eventapp.adapters.own_process import workplace
from eventapp.cli.door import Door, Stop, commands, pass_door
from eventapp.rules.access import COMMAND
from eventapp.rules.delegate_list import DEFAULT
from eventapp.rules.dimension import DIMENSIONS, read_code
from eventapp.rules.listing import Filter, read_filter
from eventapp.rules.measure import MEASURES
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import editions, exports, exports_columns, exports_delegates
from eventapp.services.exports import CountsExport
from eventapp.services.exports_delegates import DelegateList
from eventapp.services.exports_report import get_report
from eventapp.services.exports_workbook import write_counts_sheet
from eventapp.web import clock
from eventapp.web.counting_words import bases, words
from eventapp.web.labels import edition_name
from eventapp.web.report import write as write_report
from eventapp.web.taken_along import mark
from eventapp.web.transaction import writing
from eventapp.web.typed import speaking, translate

FILTERS = ("q", "state", "country", "basis", "sector", "role", "flag", "came", "exported")
FORMS = ("csv", "json", "xlsx")
edition_option = click.option("--edition", "ordinal", type=int, required=True, help="The edition's ordinal.")
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; it is there whole or not at all.",
)
bom_option = click.option(
    "--bom", is_flag=True, help="Begin CSV with a byte order mark, for old spreadsheets."
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of names."
)


@commands.group()
def export() -> None:
    """Write counts or the list of delegates."""


@export.command()
@edition_option
@click.option(
    "--by",
    default="sector,country",
    show_default=True,
    help=f"One or more of {', '.join(DIMENSIONS)}, or the code of a scheme of regions.",
)
@click.option("--measure", default=None, help=f"Only one of {', '.join(MEASURES)}.")
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@output_option
@bom_option
@click.option("--without-host", is_flag=True, help="Leave out everybody counted under the host country.")
@click.option(
    "--where",
    "wanted",
    multiple=True,
    metavar="DIMENSION=CODE[,CODE]",
    help='Only these people, as in role=head,deputy_head; "none" stands for no code. May be given several times.',
)
@language_option
@pass_door
def counts(
    door: Door,
    ordinal: int,
    by: str,
    measure: str | None,
    form: str,
    *,
    output: Path | None,
    bom: bool,
    wanted: tuple[str, ...],
    language: str,
    without_host: bool,
) -> None:
    """Count an edition's people by sector, country and more."""
    _check_output(form, output)
    with door.ready(), speaking(language):
        found = exports.export_counts(
            COMMAND,
            ordinal,
            by=[name.strip() for name in by.split(",") if name.strip()],
            measure=measure,
            where=_filters(wanted),
            now=clock.now(),
            words=words(),
            bases=bases(),
            language=language,
            with_host=not without_host,
        )
        _write_counts(found, form, output, language, with_mark=bom)


@export.command()
@edition_option
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@output_option
@bom_option
@click.option("--columns", default="", metavar="NAME[,NAME]", help="The columns, separated by commas.")
@click.option("--set", "set_name", default="", help="The columns of a set that was kept under this name.")
@click.option(
    "--where",
    "wanted",
    multiple=True,
    metavar="FILTER=CODE",
    help=f"Only these people: {', '.join(FILTERS)}. May be given several times.",
)
@click.option(
    "--changed-since",
    default="",
    metavar="MOMENT",
    help="Only who changed from then on, as in 2027-06-08T06:12:00Z; the erased are among them.",
)
@language_option
@pass_door
def delegates(
    door: Door,
    ordinal: int,
    form: str,
    *,
    output: Path | None,
    bom: bool,
    columns: str,
    set_name: str,
    wanted: tuple[str, ...],
    changed_since: str,
    language: str,
) -> None:
    """List an edition's delegates; written down in the audit list before the first line."""
    _check_output(form, output)
    with door.ready():
        chosen = _columns(ordinal, columns, set_name)
        where = _filter(wanted, changed_since)
        with writing():
            found = exports_delegates.begin_delegates(
                COMMAND,
                ordinal,
                now=clock.now(),
                form=form,
                columns=chosen,
                where=where,
                language=language,
            )
        _write_delegates(found, form, output, with_mark=bom)
        mark(found.taken)


@export.command()
@edition_option
@language_option
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write."
)
@pass_door
def report(door: Door, ordinal: int, language: str, output: Path) -> None:
    """Set an edition's figures as a PDF of a few pages."""
    _check_output("pdf", output)
    with door.ready(), speaking(language):
        found = get_report(COMMAND, ordinal, now=clock.now(), language=language, words=words())
        write_report(found, output)


def _write_counts(
    found: CountsExport, form: str, output: Path | None, language: str, *, with_mark: bool
) -> None:
    if form == "csv":
        _write(output, [(BYTE_ORDER_MARK if with_mark else "") + found.csv()])
    elif form == "json":
        _write(output, [json.dumps(found.document(), ensure_ascii=False, indent=2) + "\n"])
    else:
        assert output is not None
        title = f"{translate('Counts')} · {edition_name(found.counts.ordinal)}"
        write_counts_sheet(found, output, title=title, language=language, words=words(), say=translate)


def _write_delegates(found: DelegateList, form: str, output: Path | None, *, with_mark: bool) -> None:
    if form == "csv":
        _write(output, exports_delegates.stream_csv(found, with_mark=with_mark))
    elif form == "json":
        _write(output, exports_delegates.stream_json(found))
    else:
        assert output is not None
        with speaking(found.language):
            title = f"{translate('List of delegates')} · {edition_name(found.ordinal)}"
            exports_delegates.write_sheet(found, output, title=title, say=translate)


def _columns(ordinal: int, columns: str, set_name: str) -> Sequence[str]:
    """The columns as typed or as kept; the usual ones where neither is asked for."""
    if not set_name:
        return [name.strip() for name in columns.split(",") if name.strip()] or DEFAULT
    kept = exports_columns.find_set(COMMAND, editions.get_edition(COMMAND, ordinal), set_name)
    if kept is None:
        raise Stop(f'there is no set of columns named "{set_name}"')
    return kept.columns


def _filter(wanted: tuple[str, ...], changed_since: str) -> Filter:
    """The filters as typed; one that means nothing stops the command, where a page would leave it out."""
    pairs = [one.partition("=") for one in wanted]
    found = read_filter(
        {name.strip(): value.strip() for name, _, value in pairs} | {"changed_since": changed_since}
    )
    if changed_since and not found.changed_since:
        raise Stop("--changed-since needs a moment with its zone, as in 2027-06-08T06:12:00Z")
    unread = [name for name, _, _ in pairs if name.strip() not in found.args()]
    if unread:
        raise Stop(f"--where {unread[0]} is no filter of the list: {', '.join(FILTERS)}")
    return found


def _check_output(form: str, output: Path | None) -> None:
    """A workbook goes into a file, and a file into a folder that is there."""
    if form == "xlsx" and output is None:
        raise Stop("--format xlsx needs --output FILE")
    if output is not None and not output.parent.is_dir():
        raise Stop(f"there is no folder {output.parent}")


def _write(output: Path | None, parts: Iterable[str]) -> None:
    """To standard output, or into a file for its owner's eyes that is there whole or not at all."""
    if output is None:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
        return
    with workplace(output.parent) as folder:
        with (folder / "part").open("x", encoding="utf-8", newline="") as file:
            file.writelines(parts)
        (folder / "part").chmod(0o600)
        (folder / "part").replace(output)


def _filters(wanted: tuple[str, ...]) -> dict[str, list[str]]:
    """The filters as typed; a word without its equals sign stops the command."""
    found: dict[str, list[str]] = {}
    for one in wanted:
        name, sign, codes = one.partition("=")
        if not sign or not codes:
            raise Stop(f"--where {one} is not of the form dimension=code")
        found.setdefault(name.strip(), []).extend(
            read_code(name.strip(), code.strip()) for code in codes.split(",")
        )
    return found
