"""Small files of office programs, and what pretends to be one."""

import io
import zipfile

WORDS = "application/vnd.openxmlformats-officedocument."
DOCX = f"{WORDS}wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with these members, in this order; the same bytes whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name, (2027, 4, 14, 12, 0, 0)), content, method)
    return out.getvalue()


def types(main: str = DOCX, more: str = "") -> bytes:
    """The list of its parts that an OOXML file has."""
    return f'<Types><Override PartName="/x" ContentType="{main}.main+xml"/>{more}</Types>'.encode()


def docx(main: str = DOCX, **members: bytes) -> bytes:
    """The smallest OOXML file."""
    return archive({"[Content_Types].xml": types(main), "word/document.xml": b"<w/>", **members})


def odf(kind: str = ODT, **members: bytes) -> bytes:
    """The smallest ODF file."""
    return archive({"mimetype": kind.encode(), "content.xml": b"<o/>", **members}, zipfile.ZIP_STORED)
