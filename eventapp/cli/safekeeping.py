"""Commands that take a backup and put one back."""

import tempfile
from pathlib import Path

import click
from flask import Flask

from eventapp.adapters.migrations import upgrade
from eventapp.cli.door import Door, Stop, commands, pass_door
from eventapp.config import Settings
from eventapp.rules.access import COMMAND
from eventapp.services import backup as service
from eventapp.services import backup_restore
from eventapp.services.backup import Manifest
from eventapp.web import clock
from eventapp.web.transaction import writing


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_door
def backup(door: Door, file: Path) -> None:
    """Back up database and files while the service runs."""
    target = file.absolute()
    if not target.parent.is_dir():
        raise Stop(f"there is no folder {target.parent}")
    with door.ready() as app:
        with writing():
            service.note(COMMAND, "backup.write", now=clock.now())
        try:
            settings: Settings = app.config["SETTINGS"]
            manifest = service.write(
                target,
                uploads=settings.uploads,
                credentials=settings.credentials,
                documents=settings.documents,
                now=clock.now(),
            )
        except OSError as error:
            raise Stop(f"{target} cannot be written: {error.strerror}") from None
    files = len(manifest.files) - 1
    click.echo(f"{target}: database and {files} files, {target.stat().st_size:,} bytes, checked.")


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace what the database holds.")
@pass_door
def restore(door: Door, file: Path, *, replace: bool) -> None:
    """Put a backup back, as a rule into an empty database."""
    with door.context() as app:
        settings: Settings = app.config["SETTINGS"]
        manifest = service.check(file)
        backup_restore.check_may_restore(manifest, replace=replace)
        settings.instance.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.instance, prefix=".restore.") as folder:
            service.unpack(file, Path(folder))
            _put_back(app, Path(folder), manifest)
    click.echo(
        f"The backup of {manifest.taken_at} is restored: database and {len(manifest.files) - 1} files."
    )


def _put_back(app: Flask, folder: Path, manifest: Manifest) -> None:
    before = backup_restore.content_number()
    if manifest.engine == "sqlite":
        backup_restore.check_database(folder, manifest)
        backup_restore.replace_sqlite(folder)
    else:
        upgrade(app, manifest.revision)
        with writing():
            backup_restore.replace_rows(folder)
    backup_restore.replace_uploads(folder, app.config["SETTINGS"].uploads)
    backup_restore.replace_credentials(folder, app.config["SETTINGS"].credentials)
    backup_restore.replace_documents(folder, app.config["SETTINGS"].documents)
    upgrade(app)
    with writing():
        backup_restore.move_content_on(before)
        service.note(COMMAND, "backup.restore", now=clock.now())
