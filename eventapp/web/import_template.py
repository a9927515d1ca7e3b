"""The empty list to fill in: headings in the reader's language, and in the workbook a sheet that explains them."""

from collections.abc import Sequence
from typing import Final

from flask import Response

from eventapp.adapters.workbooks import Sheet, write_workbook
from eventapp.errors import message
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, csv_text
from eventapp.web import clock
from eventapp.web.import_words import title
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.made_files import XLSX, attached
from eventapp.web.options import reference
from eventapp.web.typed import translate

_EXPLAINED: Final = {
    "represents": message(
        "A country or an organisation. May stay empty where only one of the two is filled in."
    ),
    "country": message("Name in any of the four languages, or code: NA, NAM or Namibia."),
    "organisation": message(
        "Name or acronym. With a country: the ministry or service, if you want it to be known."
    ),
    "seat_country": message(
        "Only for organisations: the country of their seat. Not for international organizations."
    ),
    "sector": message("Name or code; the codes stand below."),
    "honorific": message("May stay empty."),
    "given_name": message("Must be filled in."),
    "family_name": message("Must be filled in; a dash for somebody who has none."),
    "badge_name": message("May stay empty: then it is given name and family name."),
    "functional_title": message("Must be filled in."),
    "email": message("Must be filled in. Several people may have the same."),
    "phone": message("With the country code. The cells are texts, so that + and leading zeros stay."),
    "language": message(
        "English, French, Spanish or Arabic, or en, fr, es, ar. Empty: as chosen when the list is brought."
    ),
    "role": message("The roles stand below. Empty: delegate."),
    "languages": message("Languages the person works in, with commas between them."),
    "is_listed": message("yes or no: whether the person agreed to appear in the list of participants."),
    "dietary_needs": message("May stay empty."),
    "accessibility_needs": message("May stay empty."),
}


def as_csv(columns: Sequence[str]) -> Response:
    """Nothing but the headings."""
    text = BYTE_ORDER_MARK + csv_text([title(name) for name in columns], [])
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="import.csv"'
    return response


def as_workbook(columns: Sequence[str]) -> Response:
    """The headings, and a sheet that explains them."""
    titles = [title(name) for name in columns]
    sheets = [
        Sheet(
            name=translate("People"),
            head=titles,
            batches=(),
            widths=[max(16, len(one) + 2) for one in titles],
            is_text=True,
        ),
        Sheet(
            name=translate("Explanation"),
            head=[translate("Column"), translate("Explanation")],
            batches=[_explanation(columns)],
            widths=[36, 90],
            wraps=True,
        ),
    ]
    told, is_rtl = translate("Import a list"), language() == "ar"
    return attached(
        lambda path: write_workbook(path, sheets, title=told, made_at=clock.now(), is_rtl=is_rtl),
        "import.xlsx",
        XLSX,
    )


def _explanation(columns: Sequence[str]) -> list[list[str]]:
    lines = [[title(name), translate(_EXPLAINED[name])] for name in columns]
    lines += [["", ""], [title("role"), ""], *([word, text] for word, text in labels("role"))]
    lines += [["", ""], [title("sector"), ""]]
    known = reference()
    chosen = [one for code, one in known.sectors.items() if code in known.choices.sectors]
    return lines + [[one.code, one.names.get(language(), one.names["en"])] for one in chosen]
