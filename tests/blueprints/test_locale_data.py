"""The lightened data of a language still writes every date and number as Babel does, and never a wrong name."""

import json
import subprocess
import sys
from datetime import date

import pytest
from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal

from eventapp.web.locale_data import LOCALES, locale_of

PLAIN = """
import json
from datetime import date
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal
locales, forms = {locales!r}, {forms!r}
print(json.dumps([
    [format_date(date(2026, month, month), form, locale=name) for month in range(1, 13) for form in forms]
    + [format_interval(date(2026, 1, 30), date(2026, 2, 2), "yMMMMd", locale=name), format_decimal(1234567.5, locale=name)]
    for name in locales
]))
"""
FORMS = ["d MMMM y", "EEEE d MMM", "full", "long", "medium", "short"]


def test_dates_and_numbers_are_babels_own():
    script = PLAIN.format(locales=list(LOCALES.values()), forms=FORMS)
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours = [
        [
            format_date(date(2026, month, month), form, locale=locale_of(code))
            for month in range(1, 13)
            for form in FORMS
        ]
        + [
            format_interval(date(2026, 1, 30), date(2026, 2, 2), "yMMMMd", locale=locale_of(code)),
            format_decimal(1234567.5, locale=locale_of(code)),
        ]
        for code in LOCALES
    ]
    assert ours == json.loads(found.stdout)


def test_what_was_let_go_is_refused_and_not_guessed():
    with pytest.raises(KeyError):
        Locale.parse(locale_of("fr")).territories["DE"]
