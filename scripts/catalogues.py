"""Bring the translation catalogues up to date with the texts of the code.

    python scripts/catalogues.py

New texts come in untranslated (the check names them), texts that are gone leave, nothing becomes fuzzy; French signs get
their spaces. What counts as a
text is said once, in tests/house/test_translations.py, so that the check and this script never differ.
"""

import io
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.house.test_translations import KEYWORDS, METHODS, OPTIONS, PACKAGE

NOISE = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Last-Translator: FULL',
    '"Language-Team',
)


def texts() -> Catalog:
    found = Catalog(project="eventapp", charset="utf-8")
    for file, line, text, comments, context in extract_from_dir(str(PACKAGE), METHODS, OPTIONS, KEYWORDS):
        found.add(text, None, [(f"eventapp/{file}", line)], auto_comments=comments, context=context)
    return found


def set_signs(catalogue: Catalog) -> None:
    """In French a space stands before some signs; it does not break, so that no line begins with the sign."""
    for one in catalogue:
        strings = one.string if one.pluralizable else (one.string,)
        kept = tuple(
            re.sub(r"(?<=\S) ([:;?!»])", "\u00a0\\1", text or "").replace("« ", "«\u00a0") for text in strings
        )
        if one.id:
            one.string = kept if one.pluralizable else kept[0]


def update(path: Path, language: str) -> int:
    """Rewrite one catalogue; says how many texts are not translated."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    catalogue.update(texts(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if language == "fr":
        set_signs(catalogue)
    written = io.BytesIO()
    write_po(written, catalogue, sort_output=True, width=100, no_location=True)
    lines = written.getvalue().decode().split("\n")
    path.write_text("\n".join(line for line in lines if not line.startswith(NOISE)), encoding="utf-8")
    return sum(1 for one in catalogue if one.id and not (all(one.string) if one.pluralizable else one.string))


for folder in sorted((PACKAGE / "translations").iterdir()):
    if folder.is_dir():
        print(folder.name, update(folder / "LC_MESSAGES" / "messages.po", folder.name), "not translated")
