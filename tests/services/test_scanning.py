"""Virus scanning: a file goes to the scanner in pieces, and only what it finds clean is kept."""

import io

import pytest

from eventapp.adapters import clamav
from eventapp.adapters.clamav import check_clean
from eventapp.config import SettingError, load_settings
from eventapp.errors import Refused
from eventapp.services import documents_files, private_files
from tests.factories.documents import pdf
from tests.factories.scanner import Scanner

EICAR = "stream: Eicar-Signature FOUND"


@pytest.fixture
def scanner(tmp_path):
    found = Scanner(tmp_path)
    yield found
    found.close()


def test_clean(scanner):
    content = bytes(range(256)) * 1000
    check_clean(io.BytesIO(content), scanner.address)
    assert scanner.streams == [content]


def test_something_is_found(scanner):
    scanner.answer = EICAR
    with pytest.raises(Refused, match="found something"):
        check_clean(io.BytesIO(b"x"), scanner.address)


def test_it_cannot_look_at_it(scanner):
    scanner.answer = "stream: Can't allocate memory ERROR"
    with pytest.raises(Refused, match="does not answer"):
        check_clean(io.BytesIO(b"x"), scanner.address)


def test_it_has_had_enough(scanner):
    """Its own limit is lower than ours: it hangs up in the middle, and nothing is taken unseen."""
    scanner.most = 100_000
    with pytest.raises(Refused, match="does not answer"):
        check_clean(io.BytesIO(bytes(5_000_000)), scanner.address)


@pytest.mark.parametrize("address", ["unix:{}/nobody", "tcp://127.0.0.1:1"])
def test_it_is_away(tmp_path, address):
    with pytest.raises(Refused, match="does not answer"):
        check_clean(io.BytesIO(b"x"), address.format(tmp_path))


def test_it_does_not_answer_in_time(scanner, monkeypatch):
    monkeypatch.setattr(clamav, "_SECONDS", 0.2)
    monkeypatch.setattr(Scanner, "_one", lambda self, there, said: said.read())
    with pytest.raises(Refused, match="does not answer"):
        check_clean(io.BytesIO(b"x"), scanner.address)


def test_without_the_setting_nothing_is_asked():
    check_clean(io.BytesIO(b"x"), "")


@pytest.mark.parametrize("answer", ["stream: OK", EICAR])
def test_what_is_not_clean_leaves_nothing(scanner, tmp_path, answer):
    scanner.answer, folder = answer, tmp_path / "documents"
    kept = []
    try:
        with private_files.arriving(folder, most_bytes=10_000) as begin:
            part = begin()
            part.write(pdf())
            with documents_files.received(part, "a.pdf", begin=begin, scanner=scanner.address) as ready:
                kept.append(ready.stored_name)
    except Refused:
        assert answer == EICAR
    assert [path.name for path in folder.iterdir()] == kept
    assert bool(kept) == (answer != EICAR)


@pytest.mark.parametrize("address", ["/run/clamav", "http://127.0.0.1", "tcp://", "unix:"])
def test_a_wrong_setting(tmp_path, address):
    with pytest.raises(SettingError, match="CLAMAV"):
        load_settings({"EVENTAPP_INSTANCE": str(tmp_path), "EVENTAPP_CLAMAV": address})


def test_a_right_setting(tmp_path):
    for address in ("unix:/run/clamav/clamd.ctl", "tcp://scanner:3310"):
        found = load_settings({"EVENTAPP_INSTANCE": str(tmp_path), "EVENTAPP_CLAMAV": address})
        assert found.clamav == address
