"""Texts are there whoever owns the product: compiled once where that is allowed, in memory where it is not."""

import io
import shutil
from gettext import GNUTranslations
from pathlib import Path

import pytest

from eventapp.web import catalogues, locale


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


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_every_text_is_found_as_the_standard_library_finds_it(language):
    locale.compile_catalogues()
    compiled = (locale.TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    ours, theirs = catalogues.Catalogue(compiled), GNUTranslations(io.BytesIO(compiled))
    known = vars(theirs)["_catalog"]
    texts = [key if isinstance(key, str) else key[0] for key in known]

    assert len(texts) > 3000
    for text in texts:
        subject, mark, plain = text.rpartition("\x04")
        if mark:
            assert ours.pgettext(subject, plain) == theirs.pgettext(subject, plain)
        # Older releases of Python 3.11 do not find the form for one by this call.
        assert ours.gettext(text) == (
            theirs.gettext(text) if text in known else theirs.ngettext(text, "many", 1)
        )
        for count in (0, 1, 2, 3, 11, 100, 1000):
            assert ours.ngettext(text, "many", count) == theirs.ngettext(text, "many", count), (text, count)


def test_what_is_not_known_stays_as_it_is(folder):
    with locale.forced_language("fr"):
        french = locale.catalogue()
    assert french.gettext("Nobody wrote this") == "Nobody wrote this"
    assert french.gettext("") != "", "as the standard library: the header"
    assert french.pgettext("a subject", "Skip to content") == "Skip to content"
    assert [french.ngettext("a cat", "cats", count) for count in (0, 1, 2)] == ["cats", "a cat", "cats"]
    assert [french.ngettext("Skip to content", "many", count) for count in (1, 2)] == [
        "Skip to content",
        "many",
    ]


def test_few_texts_stand_ready(folder, monkeypatch):
    monkeypatch.setattr(catalogues, "MOST_KEPT", 3)
    with locale.forced_language("fr"):
        french = locale.catalogue()
    for number in range(10):
        assert french.gettext(f"Nobody wrote {number}") == f"Nobody wrote {number}"
        assert french.gettext("Skip to content") == "Aller au contenu"
    assert len(french._kept) <= 3


def test_english_keeps_nothing(folder):
    english = catalogues.Catalogue()
    assert english.gettext("Skip to content") == "Skip to content"
    assert english.pgettext("a subject", "Open") == "Open"
    assert [english.ngettext("a cat", "cats", count) for count in (0, 1, 2)] == ["cats", "a cat", "cats"]
    assert not english._kept
