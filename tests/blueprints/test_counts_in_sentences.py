"""Counts inside sentences are written like every other number: with the separators of the language."""

import pytest
from flask import render_template_string

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
