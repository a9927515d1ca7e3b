"""Settings: frozen, from the environment or instance/eventapp.toml, each with its source; wrong ones stop the start."""

import contextlib
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

PREFIX = "EVENTAPP_"
MINIMUM_SECRET = 32
LANGUAGES = ("en", "fr", "es", "ar")


class SettingError(Exception):
    """A setting is missing or wrong; the text is one clear line."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the application may be told from outside; see docs/how-to/settings.md."""

    instance: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 8
    secret_key: str
    smtp_url: str = ""
    redis_url: str = ""
    base_url: str = ""
    trusted_proxies: int = 0
    mail_from: str = "secretariat@localhost"
    clamav: str = ""
    largest_document: int = 50  # megabytes
    stalled_seconds: int = 60  # after which whoever takes nothing more of an answer loses the connection
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for another one and for one in memory."""
        name = self.database_url.removeprefix("sqlite:///").partition("?")[0]
        return Path(name) if self.is_sqlite and name not in ("", ":memory:") else None

    @property
    def is_secure(self) -> bool:
        """Whether the public address is https, so that cookies are Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    @property
    def listens_on(self) -> str:
        """Host and port as they stand in an address."""
        return host_and_port(self.host, self.port)

    @property
    def uploads(self) -> Path:
        return self.instance / "uploads"

    @property
    def credentials(self) -> Path:
        """Where the papers of delegations lie; nothing ever serves this folder."""
        return self.instance / "credentials"

    @property
    def documents(self) -> Path:
        """Where the documents of programmes lie; nothing ever serves this folder."""
        return self.instance / "documents"

    @property
    def kept_mail(self) -> Path:
        return self.instance / "mail"

    @property
    def exports(self) -> Path:
        """Where files are made before they go out, and lists wait to be fetched."""
        return self.instance / "exports"

    @property
    def imports(self) -> Path:
        """Where lists that somebody brought wait to be confirmed."""
        return self.instance / "imports"


def _number(name: str, low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise SettingError(f"{PREFIX}{name} must be a whole number, not {text!r}") from None
        if not low <= value <= high:
            raise SettingError(f"{PREFIX}{name} must be between {low} and {high}, not {value}")
        return value

    return read


def _parts(name: str, text: str) -> SplitResult:
    """The parts of an address; raises SettingError for one that no program could read. Never repeats it: it may hold a password."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # read when it is asked for
    except ValueError:
        raise SettingError(f"{PREFIX}{name} is not an address: its host or its port cannot be read") from None
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise SettingError(f"{PREFIX}{name} is not an address: there is a space or a control character in it")
    return parts


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingError(
            f"{PREFIX}DATABASE_URL must start with sqlite:/// or postgresql+psycopg://, not {masked_url(text)!r}"
        )
    if not text.startswith("sqlite"):
        _parts("DATABASE_URL", text)
    return text


def _url(name: str, schemes: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = _parts(name, text)
        if parts.scheme not in schemes or not parts.hostname:
            known = " or ".join(f"{scheme}://" for scheme in schemes)
            raise SettingError(f"{PREFIX}{name} must be an address that starts with {known}")
        return text.rstrip("/")

    return read


def _base_url(text: str) -> str:
    """Scheme, host and port: whatever else stood here would stand in every link."""
    parts = urlsplit(_url("BASE_URL", ("http", "https"))(text))
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingError(f"{PREFIX}BASE_URL must be scheme, host and port only, as in https://example.org")
    return text.rstrip("/")


def _sender(text: str) -> str:
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not (text.isprintable() and name.isprintable() and local and domain) or " " in address:
        raise SettingError(f"{PREFIX}MAIL_FROM must be one e-mail address, not {text!r}")
    return text


def _scanner(text: str) -> str:
    parts = _parts("CLAMAV", text)
    if not ((parts.scheme == "unix" and parts.path) or (parts.scheme == "tcp" and parts.hostname)):
        raise SettingError(f"{PREFIX}CLAMAV must be unix:/path/of/the/socket or tcp://host:port")
    return text


READERS: Mapping[str, Callable[[str], object]] = {
    "database_url": _database_url,
    "host": str,
    "port": _number("PORT", 1, 65535),
    "workers": _number("WORKERS", 1, 64),
    "threads": _number("THREADS", 1, 256),
    "secret_key": str,
    "smtp_url": _url("SMTP_URL", ("smtp", "smtps", "smtp+starttls")),
    "redis_url": _url("REDIS_URL", ("redis", "rediss")),
    "base_url": _base_url,
    "trusted_proxies": _number("TRUSTED_PROXIES", 0, 10),
    "mail_from": _sender,
    "clamav": _scanner,
    "largest_document": _number("LARGEST_DOCUMENT", 1, 1024),
    "stalled_seconds": _number("STALLED_SECONDS", 1, 3600),
}
SECRET_SETTINGS = frozenset({"secret_key", "database_url", "smtp_url", "redis_url"})


def instance_folder(environ: Mapping[str, str]) -> Path:
    """The folder of database, kept mail, uploads and secret."""
    default = Path(__file__).resolve().parent.parent / "instance"
    return Path(environ.get(f"{PREFIX}INSTANCE") or default).expanduser().resolve()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read environment over instance/eventapp.toml over defaults; raises SettingError with one clear line."""
    environ = os.environ if environ is None else environ
    instance = instance_folder(environ)
    sources = {"instance": "environment" if environ.get(f"{PREFIX}INSTANCE") else "default"}
    given = _read_file(instance / "eventapp.toml")
    values: dict[str, object] = {}
    for name, read in READERS.items():
        key = f"{PREFIX}{name.upper()}"
        if environ.get(key):
            values[name], sources[name] = read(environ[key]), "environment"
        elif name in given:
            values[name], sources[name] = read(given[name]), "instance/eventapp.toml"
        else:
            sources[name] = "default"
    values.setdefault("database_url", f"sqlite:///{instance / 'eventapp.sqlite3'}")
    _complete(values, sources, instance)
    _check_together(values)
    return Settings(instance=instance, sources=sources, **values)  # type: ignore[arg-type]  # each value passed its reader


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingError(f"instance/eventapp.toml cannot be read: {error}") from None
    unknown = sorted(set(content) - set(READERS))
    if unknown:
        raise SettingError(f"instance/eventapp.toml has an unknown setting: {unknown[0]}")
    for name, value in content.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise SettingError(f"instance/eventapp.toml: {name} must be a text or a whole number")
    return {name: str(value) for name, value in content.items()}


def _complete(values: dict[str, object], sources: dict[str, str], instance: Path) -> None:
    """Fill in what has a derived default: the kept secret of the embedded default and the base address."""
    if not values.get("secret_key"):
        if sources["database_url"] != "default":
            raise SettingError(
                f"{PREFIX}SECRET_KEY is missing: it is needed as soon as {PREFIX}DATABASE_URL is set"
            )
        values["secret_key"] = _kept_secret(instance)
        sources["secret_key"] = "instance/secret_key"  # noqa: S105 - the name of its file
    if len(str(values["secret_key"])) < MINIMUM_SECRET:
        raise SettingError(f"{PREFIX}SECRET_KEY is too weak: at least {MINIMUM_SECRET} characters are needed")
    if not values.get("base_url"):
        values["base_url"] = (
            f"http://{host_and_port(values.get('host', '127.0.0.1'), values.get('port', 8000))}"
        )


def host_and_port(host: object, port: object) -> str:
    """Host and port as they stand in an address: IPv6 in brackets, and "all of them" as this machine."""
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(str(host), str(host))  # noqa: S104 - read, not bound
    return f"[{named}]:{port}" if ":" in named else f"{named}:{port}"


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """Names in the environment that look like settings and are none: most often a slip of the pen."""
    known = {f"{PREFIX}{name.upper()}" for name in (*READERS, "instance")}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def _kept_secret(instance: Path) -> str:
    """The secret of the embedded default, made where there is none."""
    try:
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)  # it will hold people's data
        return _read_or_make_secret(instance)
    except OSError as error:
        raise SettingError(f"{PREFIX}INSTANCE={instance} cannot be used: {error.strerror}") from None


def _read_or_make_secret(instance: Path) -> str:
    """Make the secret once; of several processes that start together exactly one wins, and all read the same."""
    path = instance / "secret_key"
    if not path.exists():
        made = instance / f"secret_key.{os.getpid()}"
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text(encoding="ascii").strip()


def _check_together(values: Mapping[str, object]) -> None:
    _check_installed(
        "DATABASE_URL", str(values["database_url"]).startswith("postgresql"), "psycopg", "postgres"
    )
    _check_installed("REDIS_URL", bool(values.get("redis_url")), "redis", "redis")
    workers = values.get("workers", 1)
    assert isinstance(workers, int)
    if workers > 1 and not values.get("redis_url"):
        raise SettingError(
            f"{PREFIX}WORKERS={workers} needs {PREFIX}REDIS_URL: limits against abuse must be shared by all workers"
        )


def _check_installed(name: str, is_wanted: bool, module: str, extra: str) -> None:
    if is_wanted and find_spec(module) is None:
        raise SettingError(f"{PREFIX}{name} needs a package that is not installed: pip install '.[{extra}]'")


def masked_url(url: str) -> str:
    """Give the address with its passwords replaced, for pages, logs and error lines; works for wrong ones too."""
    hidden = re.sub(r"^([^/]*//[^:/?#@]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&][^=&]*pass[^=&]*=)[^&]*", r"\1***", hidden)
