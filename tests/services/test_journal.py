"""One line on standard output for each event: nothing that was asked for adds a line, no local variable stands there."""

import re

from eventapp.adapters import journal


def test_an_event_is_one_line_with_time_weight_and_facts(capsys):
    journal.warning("a message was not sent", number=3, problem="it is full")

    written = capsys.readouterr().out
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[warning\] a message was not sent number=3 problem='it is full'\n",
        written,
    )


def test_what_somebody_asked_for_adds_no_line(capsys):
    journal.error("request failed", path="/x\n2026-01-01 00:00:00 [info] all is well")

    assert capsys.readouterr().out.count("\n") == 1


def test_a_traceback_says_where_and_not_what_stood_in_the_variables(capsys):
    name = "Fictitious Delegate"
    try:
        int(name[:0])
    except ValueError:
        journal.exception("a list could not be made", job=7)

    written = capsys.readouterr().out
    assert "[error] a list could not be made job=7\nTraceback" in written
    assert "int(name[:0])" in written
    assert name not in written
