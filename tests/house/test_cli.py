"""The commands as somebody at a terminal sees them: what they print, how they end, what they leave alone."""

import csv
import io
import json
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

import pytest
from click.testing import CliRunner, Result

from eventapp import create_app
from eventapp.__main__ import begin
from eventapp.adapters import migrations
from eventapp.cli import Door, commands
from eventapp.config import load_settings
from eventapp.extensions import db
from eventapp.worker import run_worker

PACKAGE = Path(__file__).resolve().parents[2]


def environment(instance: Path, **more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("EVENTAPP_")}
    return bare | {"EVENTAPP_INSTANCE": str(instance), **more}


def eventapp(instance: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "eventapp", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
        cwd=PACKAGE,
        env=environment(instance, **more),
    )


def inside(instance: Path, *words: str, **more: str) -> Result:
    """The same command in this process, which is quicker; for those that neither serve nor set the environment."""
    door = Door(
        load_settings=lambda: load_settings(environment(instance, **more)),
        create_app=create_app,
        begin=begin,
        run_worker=run_worker,
    )
    result = CliRunner().invoke(commands, words, obj=door)
    if door._app is not None:
        with door._app.app_context():
            db.session.remove()
            db.engine.dispose()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """An instance with the demonstration in it; gives the folder above."""
    folder = tmp_path_factory.mktemp("cli")
    result = eventapp(
        folder, "demo", "--only-make", EVENTAPP_DATABASE_URL="postgresql+psycopg://u:p@127.0.0.1:1/real"
    )
    assert result.returncode == 0, result.stderr  # the real database was never asked
    assert len(re.findall(r"@example\.org +\S{16}$", result.stdout, re.MULTILINE)) == 3
    return folder


def rows_of(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "demo" / "eventapp.sqlite3") as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_help_lists_every_command(tmp_path):
    text = inside(tmp_path, "--help").stdout
    for word in (
        "run", "worker", "demo", "setup", "migrate", "load-archive", "settings", "export", "backup", "restore", "first-link",
    ):  # fmt: skip
        assert re.search(rf"^  {word} ", text, re.MULTILINE), word
    assert "..." not in text.partition("Commands:")[2]  # each line says the whole of it


def test_nobody_else_on_the_machine_reads_the_database(made):
    for path in (made / "demo").glob("eventapp.sqlite3*"):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_second_demonstration_changes_nothing(made):
    before = rows_of(made, "audit_entry")
    again = eventapp(made, "demo", "--only-make")
    assert again.returncode == 0
    assert "stands ready" in again.stdout and "@example.org" not in again.stdout
    assert rows_of(made, "audit_entry") == before


def test_counts(made):
    words = ("export", "counts", "--edition", "8", "--by", "sector,country", "--format")
    rows = list(csv.DictReader(io.StringIO(inside(made / "demo", *words, "csv").stdout)))
    document = json.loads(inside(made / "demo", *words, "json").stdout)
    assert sum(int(row["received"]) for row in rows) == 600 == document["totals"]["received"]
    namibia = [row for row in rows if row["country_name"] == "Namibia"]
    assert namibia and {row["country"] for row in namibia} == {"NA"}
    assert {row["country"] for row in document["rows"] if row["country_name"] == "Norway"} == {"NO"}
    assert [row["received"] for row in document["rows"]] == [int(row["received"]) for row in rows]


def test_counts_of_one_measure_in_another_language(made):
    words = (
        "export",
        "counts",
        "--edition",
        "8",
        "--by",
        "region",
        "--measure",
        "approved",
        "--language",
        "ar",
    )
    rows = list(csv.DictReader(io.StringIO(inside(made / "demo", *words).stdout)))
    assert "received" not in rows[0]
    assert "أفريقيا" in {row["region_name"] for row in rows}


@pytest.mark.parametrize(
    "words",
    [
        ("--edition", "99"),
        ("--edition", "8", "--by", "planet"),
        ("--edition", "8", "--by", ""),
        ("--edition", "8", "--measure", "liked"),
    ],
)
def test_what_cannot_be_counted_is_one_line(made, words):
    result = inside(made / "demo", "export", "counts", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("eventapp: ") and result.stderr.count("\n") == 1


def test_delegates_are_written_down(made):
    before = rows_of(made, "audit_entry")
    text = inside(made / "demo", "export", "delegates", "--edition", "8").stdout
    assert len(list(csv.DictReader(io.StringIO(text)))) == 600
    assert not re.search(r"(^|,)[=+@-]", text, re.MULTILINE)
    assert rows_of(made, "audit_entry") == before + 1


def test_backup_and_restore(made, tmp_path):
    file = tmp_path / "kept.tar.gz"
    taken = eventapp(made / "demo", "backup", str(file))
    assert taken.returncode == 0, taken.stderr
    assert "checked" in taken.stdout
    refused = inside(made / "demo", "restore", str(file))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    fresh = tmp_path / "fresh" / "demo"
    restored = eventapp(fresh, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert rows_of(tmp_path / "fresh", "registration") == 600
    for name in (tmp_path / "missing.tar.gz", Path(__file__)):
        wrong = inside(fresh, "restore", "--replace", str(name))
        assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)
    assert rows_of(tmp_path / "fresh", "registration") == 600


@pytest.mark.parametrize(
    "more",
    [
        {"EVENTAPP_PORT": "high"},
        {"EVENTAPP_WORKERS": "2"},
        {"EVENTAPP_DATABASE_URL": "postgresql+psycopg://u:geheim@127.0.0.1:1/d"},
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path, more):
    result = eventapp(tmp_path, "run", **more)
    assert result.returncode == 2
    assert result.stderr.startswith("eventapp: EVENTAPP_") and result.stderr.count("\n") == 1


def test_a_database_without_tables_is_one_line(tmp_path):
    result = inside(tmp_path, "export", "counts", "--edition", "8")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "eventapp migrate" in result.stderr


def test_a_package_without_its_migrations_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(migrations, "DIRECTORY", tmp_path / "nowhere")
    result = inside(tmp_path, "migrate")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "pip install -e" in result.stderr


def test_a_slip_in_the_name_of_a_setting_is_told(tmp_path):
    shown = eventapp(tmp_path, "settings", EVENTAPP_PROT="8001")
    assert shown.returncode == 0
    assert "EVENTAPP_PROT is no setting" in shown.stderr and "EVENTAPP_PORT" not in shown.stderr


def test_settings_hide_secrets(tmp_path):
    url = "postgresql+psycopg://user:geheim@127.0.0.1/db"
    text = inside(tmp_path, "settings", EVENTAPP_DATABASE_URL=url, EVENTAPP_SECRET_KEY="k" * 40).stdout
    assert "geheim" not in text and "kkk" not in text
    assert "user:***@127.0.0.1" in text and "environment" in text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`eventapp run` as a process, up when entered."""

    def __init__(self, instance: Path, port: int, **more: str) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eventapp", "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PACKAGE,
            env=environment(instance, EVENTAPP_PORT=str(port), **more),
        )

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.process.kill()
        raise AssertionError(self.process.stdout.read())

    def __exit__(self, *_: object) -> None:
        try:
            self.process.terminate()
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.stdout.close()


def test_serving_from_first_start_to_clean_end(tmp_path):
    assert eventapp(tmp_path, "setup").returncode == 0
    port = free_port()
    with Server(tmp_path, port) as server:
        assert server.get("/readyz") == (200, "ready\n")
        assert "<h1" in server.get("/editions")[1]
        busy = eventapp(tmp_path, "run", EVENTAPP_PORT=str(port))
        assert (busy.returncode, busy.stderr.count("\n")) == (2, 1)
        assert "in use" in busy.stderr
        nowhere = eventapp(tmp_path, "run", EVENTAPP_PORT=str(port), EVENTAPP_HOST="192.0.2.1")
        assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)
        assert "EVENTAPP_HOST" in nowhere.stderr
        fresh = inside(tmp_path, "first-link").stdout.strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome/[\w-]{43}", fresh)
        assert server.get(fresh.partition(":8000")[2])[0] == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        printed = server.process.stdout.read()
    assert f"serves on http://127.0.0.1:{port}" in printed
    assert re.search(rf"http://127\.0\.0\.1:{port}/welcome/[\w-]{{43}}", printed)
    assert "Traceback" not in printed


def test_a_main_process_that_is_killed_takes_its_worker_with_it(made):
    with Server(made / "demo", free_port()) as server:
        main = server.process.pid
        (worker,) = map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())
        end = os.pidfd_open(worker)  # can be read once that process has closed whatever it held
        server.process.kill()
        server.process.wait()
        ended, *_ = select.select([end], [], [], 30)
        if not ended:
            signal.pidfd_send_signal(end, signal.SIGKILL)
        os.close(end)
        assert ended
        socket.create_server(("127.0.0.1", server.port)).close()


def test_with_an_organiser_no_link_is_printed(made):
    refused = inside(made / "demo", "first-link")
    assert (refused.exit_code, refused.stdout) == (2, "")
    with Server(made / "demo", free_port()) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0
        assert "welcome" not in server.process.stdout.read()


def test_a_redis_that_does_not_answer_stops_the_start(made):
    more = {"EVENTAPP_REDIS_URL": "redis://:geheim@127.0.0.1:1/0", "EVENTAPP_PORT": str(free_port())}
    result = eventapp(made / "demo", "run", **more)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "EVENTAPP_REDIS_URL" in result.stderr and "geheim" not in result.stderr


def test_a_second_setup_changes_nothing(tmp_path):
    assert eventapp(tmp_path, "setup").returncode == 0
    before = (tmp_path / "eventapp.sqlite3").read_bytes()
    again = eventapp(tmp_path, "setup")
    assert "Everything stands ready" in again.stdout
    assert (tmp_path / "eventapp.sqlite3").read_bytes() == before


def test_the_worker_ends_when_told(made):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from eventapp.__main__ import main; sys.argv = ['eventapp', 'worker']; main()",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PACKAGE,
        env=environment(made / "demo"),
    )
    try:
        for line in process.stdout:
            if "running" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout.close()
