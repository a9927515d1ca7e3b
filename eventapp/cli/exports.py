"""Commands that print counts and the list of delegates; the same code and names as the dashboard's files."""

import json
import sys

import click

from eventapp.cli.door import Door, Stop, commands, pass_door
from eventapp.rules.access import COMMAND
from eventapp.rules.dimension import DIMENSIONS, NONE, NOTHING, UNASSIGNED
from eventapp.rules.measure import MEASURES
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import exports
from eventapp.web import clock
from eventapp.web.transaction import writing

WORDS = {**NOTHING, "unassigned": UNASSIGNED}
edition_option = click.option("--edition", "ordinal", type=int, required=True, help="The edition's ordinal.")
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of names."
)


@commands.group()
def export() -> None:
    """Write counts or the list of delegates to standard output."""


@export.command()
@edition_option
@click.option(
    "--by", default="sector,country", show_default=True, help=f"One or more of {', '.join(DIMENSIONS)}."
)
@click.option("--measure", default=None, help=f"Only one of {', '.join(MEASURES)}.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
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
    wanted: tuple[str, ...],
    language: str,
    without_host: bool,
) -> None:
    """Count an edition's people by sector, country and more."""
    with door.ready():
        found = exports.export_counts(
            COMMAND,
            ordinal,
            by=[name.strip() for name in by.split(",") if name.strip()],
            measure=measure,
            where=_filters(wanted),
            now=clock.now(),
            words=WORDS,
            language=language,
            with_host=not without_host,
        )
        if form == "json":
            sys.stdout.write(json.dumps(found.document(), ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(found.csv())


@export.command()
@edition_option
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, for old spreadsheets.")
@language_option
@pass_door
def delegates(door: Door, ordinal: int, form: str, language: str, *, bom: bool) -> None:
    """List an edition's delegates; written down in the audit list before the first line."""
    del form
    with door.ready():
        with writing():
            edition_id = exports.begin_delegates(COMMAND, ordinal, now=clock.now())
        for part in exports.stream_delegates(edition_id, language=language, with_mark=bom):
            sys.stdout.write(part)


def _filters(wanted: tuple[str, ...]) -> dict[str, list[str]]:
    """The filters as typed; a word without its equals sign stops the command."""
    found: dict[str, list[str]] = {}
    for one in wanted:
        name, sign, codes = one.partition("=")
        if not sign or not codes:
            raise Stop(f"--where {one} is not of the form dimension=code")
        found.setdefault(name.strip(), []).extend(
            NONE if code.strip() == "none" else code.strip() for code in codes.split(",")
        )
    return found
