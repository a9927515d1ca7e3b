"""Settings: the environment over the file over the default; each says where it comes from; wrong ones stop the start."""

from pathlib import Path

import pytest

from eventapp import config
from eventapp.config import SettingError, load_settings, masked_url

SECRET = "s" * 40


def load(tmp_path, **environ):
    return load_settings(
        {"EVENTAPP_INSTANCE": str(tmp_path), **{f"EVENTAPP_{key}": value for key, value in environ.items()}}
    )


def test_defaults(tmp_path):
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'eventapp.sqlite3'}"
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.sources["port"] == "default"
    assert not settings.is_secure


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////var/lib/x.sqlite3", "/var/lib/x.sqlite3"),
        ("sqlite:////var/lib/x.sqlite3?timeout=5", "/var/lib/x.sqlite3"),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://u:p@h/d", None),
    ],
)
def test_the_file_of_the_database(tmp_path, url, file):
    found = load(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET).database_file
    assert found == (Path(file) if file else None)


def test_environment_over_file_over_default(tmp_path):
    (tmp_path / "eventapp.toml").write_text('port = 9000\nthreads = 4\nmail_from = "desk@example.org"\n')
    settings = load(tmp_path, PORT="9001")
    assert (settings.port, settings.threads, settings.mail_from) == (9001, 4, "desk@example.org")
    assert settings.sources["port"] == "environment"
    assert settings.sources["threads"] == "instance/eventapp.toml"


def test_the_secret_is_made_once_and_kept(tmp_path):
    first = load(tmp_path)
    assert len(first.secret_key) >= 32
    assert load(tmp_path).secret_key == first.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_an_empty_setting_is_none(tmp_path):
    assert load(tmp_path, PORT="", SMTP_URL="").port == 8000


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"PORT": "http"}, "EVENTAPP_PORT"),
        ({"PORT": "0"}, "EVENTAPP_PORT"),
        ({"PORT": "70000"}, "EVENTAPP_PORT"),
        ({"WORKERS": "-1"}, "EVENTAPP_WORKERS"),
        ({"THREADS": "1.5"}, "EVENTAPP_THREADS"),
        ({"WORKERS": "2"}, "EVENTAPP_REDIS_URL"),
        ({"DATABASE_URL": "mysql://x"}, "EVENTAPP_DATABASE_URL"),
        ({"DATABASE_URL": "postgresql+psycopg://u:p@h/d"}, "EVENTAPP_SECRET_KEY"),
        ({"DATABASE_URL": "postgresql+psycopg://u:p@h/d", "SECRET_KEY": "short"}, "EVENTAPP_SECRET_KEY"),
        ({"SECRET_KEY": "change-me"}, "EVENTAPP_SECRET_KEY"),
        ({"BASE_URL": "conference.example.org"}, "EVENTAPP_BASE_URL"),
        ({"SMTP_URL": "mail.example.org"}, "EVENTAPP_SMTP_URL"),
        ({"REDIS_URL": "http://x"}, "EVENTAPP_REDIS_URL"),
        ({"TRUSTED_PROXIES": "all"}, "EVENTAPP_TRUSTED_PROXIES"),
        (
            {"DATABASE_URL": "postgresql+psycopg://u:p@h:port/d", "SECRET_KEY": SECRET},
            "EVENTAPP_DATABASE_URL",
        ),
        ({"SMTP_URL": "smtp://host:port"}, "EVENTAPP_SMTP_URL"),
        ({"SMTP_URL": "smtp://:25"}, "EVENTAPP_SMTP_URL"),
        ({"REDIS_URL": "redis://host:99999"}, "EVENTAPP_REDIS_URL"),
        ({"BASE_URL": "https://[bad"}, "EVENTAPP_BASE_URL"),
        ({"BASE_URL": "https://exa mple.org"}, "EVENTAPP_BASE_URL"),
        ({"BASE_URL": "https://example.org/conference"}, "EVENTAPP_BASE_URL"),
        ({"BASE_URL": "https://example.org?x=1"}, "EVENTAPP_BASE_URL"),
        ({"BASE_URL": "https://me:word@example.org"}, "EVENTAPP_BASE_URL"),
        ({"MAIL_FROM": "the secretariat"}, "EVENTAPP_MAIL_FROM"),
        ({"MAIL_FROM": "a@example.org\nBcc: b@example.org"}, "EVENTAPP_MAIL_FROM"),
    ],
)
def test_wrong_settings_stop_the_start_with_one_line(tmp_path, environ, word):
    with pytest.raises(SettingError) as refusal:
        load(tmp_path, **environ)
    assert word in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["port = ", "colour = 'red'", "port = 'x'", "host = ['127.0.0.1']", "port = true"]
)
def test_a_wrong_file_stops_the_start(tmp_path, text):
    (tmp_path / "eventapp.toml").write_text(text)
    with pytest.raises(SettingError):
        load(tmp_path)


def test_several_workers_with_shared_limits(tmp_path):
    assert load(tmp_path, WORKERS="2", REDIS_URL="redis://127.0.0.1:6379/0").workers == 2


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"DATABASE_URL": "postgresql+psycopg://u:p@h/d", "SECRET_KEY": SECRET},
            ("DATABASE_URL", "postgres"),
        ),
        ({"REDIS_URL": "redis://127.0.0.1:6379/0"}, ("REDIS_URL", "redis")),
    ],
)
def test_a_package_that_is_not_installed_is_named(tmp_path, monkeypatch, environ, words):
    monkeypatch.setattr(config, "find_spec", lambda _: None)
    with pytest.raises(SettingError) as refusal:
        load(tmp_path, **environ)
    assert f"EVENTAPP_{words[0]}" in str(refusal.value)
    assert f"[{words[1]}]" in str(refusal.value)


def test_passwords_are_never_shown(tmp_path):
    with pytest.raises(SettingError) as refusal:
        load(tmp_path, DATABASE_URL="mysql://user:geheim@host/db")
    assert "geheim" not in str(refusal.value)
    assert masked_url("postgresql+psycopg://u:geheim@h:5432/d") == "postgresql+psycopg://u:***@h:5432/d"
    assert masked_url("sqlite:////a/b.sqlite3") == "sqlite:////a/b.sqlite3"


def test_https_makes_cookies_secure(tmp_path):
    assert load(tmp_path, BASE_URL="https://conference.example.org/").is_secure
    assert load(tmp_path, SECRET_KEY=SECRET).secret_key == SECRET


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("desk.example.org", "http://desk.example.org:8000"),
    ],
)
def test_links_can_be_followed_whatever_the_host(tmp_path, host, address):
    settings = load(tmp_path, HOST=host)
    assert settings.base_url == address
    assert f"http://{settings.listens_on}" == address


def test_a_folder_that_is_made_is_its_owners_alone(tmp_path):
    load(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="EVENTAPP_INSTANCE"):
        load(tmp_path / "file" / "instance")


@pytest.mark.parametrize("sender", ["desk@example.org", "The Secretariat <desk@example.org>"])
def test_the_sender_may_carry_a_name(tmp_path, sender):
    assert load(tmp_path, MAIL_FROM=sender).mail_from == sender


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hunter2@h:5432/d",
        "postgresql+psycopg:///d?host=/tmp&user=me&password=hunter2&sslmode=require",
        "redis://:hunter2@h:port/0",
        "smtp://me:hunter2@[bad",
        "smtp://me:hunter2@also@h",
        "smtp://me:a/hunter2@h",
    ],
)
def test_no_password_is_ever_shown(url):
    assert "hunter2" not in masked_url(url)
    assert "***" in masked_url(url)
