"""Texts are there whoever owns the product: compiled once where that is allowed, in memory where it is not."""

import shutil
from pathlib import Path

import pytest

from eventapp.web import locale


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The catalogues of French alone, not compiled yet."""
    kept = tmp_path / "fr" / "LC_MESSAGES"
    kept.mkdir(parents=True)
    shutil.copy(locale.TRANSLATIONS / "fr" / "LC_MESSAGES" / "messages.po", kept)
    monkeypatch.setattr(locale, "TRANSLATIONS", tmp_path)
    monkeypatch.setattr(locale, "_catalogues", {})
    return kept


def said() -> str:
    with locale.forced_language("fr"):
        return locale.catalogue().gettext("Skip to content")


def test_compiled_once_for_everybody(folder):
    locale.compile_catalogues()
    assert [path.name for path in folder.iterdir() if path.suffix != ".po"] == ["messages.mo"]
    assert (folder / "messages.mo").stat().st_mode & 0o444 == 0o444
    assert said() == "Aller au contenu"


def test_a_product_that_belongs_to_somebody_else(folder, monkeypatch):
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locale.tempfile, "NamedTemporaryFile", refuse)
    locale.compile_catalogues()
    assert not (folder / "messages.mo").exists()
    assert said() == "Aller au contenu"


def test_a_compiled_file_that_may_not_be_read(folder, monkeypatch):
    locale.compile_catalogues()
    opened = Path.open

    def guarded(path: Path, *args: object, **kwargs: object) -> object:
        if path.suffix == ".mo":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    assert said() == "Aller au contenu"


def test_the_english_messages_stand_once_for_all_languages(app, monkeypatch):
    monkeypatch.setattr(locale, "_catalogues", {})
    with locale.forced_language("fr"):
        french = vars(locale.catalogue())["_catalog"]
    with locale.forced_language("ar"):
        arabic = vars(locale.catalogue())["_catalog"]
        assert locale.catalogue().gettext("Skip to content") != "Skip to content"

    known = {key: key for key in french}
    both = [key for key in arabic if key in known]
    assert len(both) > 1000
    assert all(key is known[key] for key in both)
