"""Office files by their content: which are taken, and what is refused before anything of it is unpacked."""

import io
import tracemalloc
import zipfile

import pytest

from eventapp.errors import Refused
from eventapp.rules import office_file
from eventapp.rules.office_file import check_office
from tests.factories.office import DOCX, ODT, WORDS, archive, docx, odf, types


def check(data: bytes) -> str:
    return check_office(io.BytesIO(data)).ending


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        ("wordprocessingml.document", "docx"),
        ("presentationml.presentation", "pptx"),
        ("presentationml.slideshow", "ppsx"),
        ("spreadsheetml.sheet", "xlsx"),
    ],
)
def test_ooxml(word, ending):
    found = check_office(io.BytesIO(docx(WORDS + word)))
    assert (found.media_type, found.ending) == (WORDS + word, ending)


@pytest.mark.parametrize(
    ("word", "ending"),
    [("text", "odt"), ("presentation", "odp"), ("spreadsheet", "ods"), ("graphics", "odg")],
)
def test_odf(word, ending):
    kind = f"application/vnd.oasis.opendocument.{word}"
    assert check_office(io.BytesIO(odf(kind))) == office_file.Kind(kind, ending)


@pytest.mark.parametrize(
    "data",
    [
        archive({"[Content_Types].xml": types(), "word/vbaProject.bin": b"x"}),
        archive({"[Content_Types].xml": types(), "word/activeX/activeX1.bin": b"x"}),
        archive({"[Content_Types].xml": types(), "xl/macrosheets/sheet1.xml": b"x"}),
        archive({"[Content_Types].xml": types(), "word/embeddings/oleObject1.bin": b"x"}),
        archive({"[Content_Types].xml": types(), "ppt/embeddings/Sheet.xlsm": b"x"}),
        archive({"[Content_Types].xml": types(more="application/vnd.ms-word.document.macroEnabled")}),
        odf(**{"Basic/Standard/Module1.xml": b"x"}),
        odf(**{"Scripts/python/x.py": b"x"}),
    ],
)
def test_macros(data):
    with pytest.raises(Refused, match="program or macros"):
        check(data)


def test_a_chart_with_its_figures_is_no_macro():
    assert check(docx(**{"ppt/embeddings/Microsoft_Excel_Sheet.xlsx": docx()})) == "docx"


@pytest.mark.parametrize(
    "data",
    [
        docx() + b"<script>alert(1)</script>",
        b"MZ a program before it" + docx(),
        docx()[:-30],
        docx()[:40],
        archive({"[Content_Types].xml": types("text/html")}),
        archive({"[Content_Types].xml": types(), "../../etc/cron.d/x": b"x"}),
        archive({"[Content_Types].xml": types(), "/etc/passwd": b"x"}),
        archive({"[Content_Types].xml": types(), "x": b"x"}, zipfile.ZIP_LZMA),
    ],
    ids=range(8),  # the archives hold the time of day: other names in each process
)
def test_not_whole_or_more_than_it_says(data):
    with pytest.raises(Refused, match="not whole"):
        check(data)


def test_another_archive():
    for data in (archive({"a.txt": b"x"}), odf("application/epub+zip")):
        with pytest.raises(Refused, match="archive"):
            check(data)


def test_a_password():
    data = odf(ODT, **{"META-INF/manifest.xml": b"<manifest:encryption-data/>"})
    with pytest.raises(Refused, match="password"):
        check(data)


def test_a_bomb_is_refused_by_its_directory(monkeypatch):
    monkeypatch.setattr(office_file, "PLAIN_UNPACKED", 1024 * 1024)
    data = docx(**{"word/media.xml": bytes(20 * 1024 * 1024)})
    assert len(data) < 30_000
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="beyond measure"):
            check(data)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    monkeypatch.setattr(office_file, "MOST_PACKED", 10_000)
    assert check(data) == "docx"  # so it is the measure that refuses it, and nothing else


def test_a_bomb_of_many_members(monkeypatch):
    data = docx(**{f"word/{number}.xml": b"" for number in range(60)})
    assert check(data) == "docx"
    monkeypatch.setattr(office_file, "MOST_MEMBERS", 50)
    with pytest.raises(Refused, match="beyond measure"):
        check(data)


def test_a_bomb_of_overlapping_members():
    """Many entries of the directory that all point at the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", types())
        made.writestr("word/a.xml", bytes(1_000_000))
        first = made.infolist()[1]
        for number in range(20):
            again = zipfile.ZipInfo(f"word/{number:05}.xml")
            for name in ("compress_size", "file_size", "CRC", "header_offset", "compress_type"):
                setattr(again, name, getattr(first, name))
            made.filelist.append(again)
            made.NameToInfo[again.filename] = again
        made._didModify = True
    with pytest.raises(Refused, match="beyond measure"):
        check(out.getvalue())


def test_a_directory_that_lies_about_a_list():
    """The list of parts is the only thing that is unpacked, and not beyond its limit."""
    data = archive({"[Content_Types].xml": b" " * (2 * 1024 * 1024) + types(DOCX)})
    with pytest.raises(Refused, match="beyond measure"):
        check(data)
