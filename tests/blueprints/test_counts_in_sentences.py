"""Counts, days and arrows inside sentences are written as the language writes and reads them."""

from datetime import date

import pytest
from flask import render_template_string

from eventapp.web.filters import dates
from eventapp.web.locale import environ_in
from eventapp.web.typed import translate_plural

PEOPLE = ("One person", "%(num)s people")


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "25,000"), ("fr", "25\u202f000"), ("es", "25.000"), ("ar", "25,000")]
)
def test_separators_of_the_language(app, language, shown):
    with app.test_request_context("/", environ_overrides=environ_in(language)):
        page = render_template_string("{{ ngettext(one, many, 25000) }}", one=PEOPLE[0], many=PEOPLE[1])
        assert shown in page
        assert shown in translate_plural(*PEOPLE, 25000)
        assert "999" in translate_plural(*PEOPLE, 999)


@pytest.mark.parametrize(("language", "shown"), [("en", "26-28 January"), ("ar", "26–28 يناير")])
def test_days_of_one_month_are_read_in_the_direction_of_the_language(app, language, shown):
    """A hyphen between two figures is part of one number in Arabic, and so stands the wrong way round."""
    with app.test_request_context("/", environ_overrides=environ_in(language)):
        assert dates(date(2027, 1, 26), date(2027, 1, 28), "day").startswith(shown)


@pytest.mark.parametrize(("language", "arrow"), [("en", "→"), ("ar", "←")])
def test_an_old_value_leads_to_its_new_one_in_the_direction_of_the_language(app, language, arrow):
    with app.test_request_context("/", environ_overrides=environ_in(language)):
        shown = render_template_string(
            "{% from 'components/desk.html' import became with context %}{{ became() }}"
        )
        assert arrow in shown
