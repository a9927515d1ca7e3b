"""When personal data of an edition goes, in sentences: for organisers, and for the person it is about."""

from collections.abc import Sequence
from datetime import datetime

from eventapp.rules.keeping import Keeping
from eventapp.web.filters import day
from eventapp.web.typed import translate, translate_plural


def why_nothing_goes(keeping: Keeping) -> str:
    """Why no clock of an edition runs; empty where they do."""
    if keeping.counts_from is not None:
        return ""
    if keeping.state == "postponed":
        return translate("Nothing goes by itself while the edition is postponed: its end is not known.")
    return translate("Nothing goes by itself: the last day of the edition is not known.")


def counted_from(keeping: Keeping) -> str:
    """From which day the clocks count."""
    from_day = keeping.counts_from
    if from_day is None:
        return why_nothing_goes(keeping)
    if keeping.cancelled_on is not None:
        return translate(
            "Counted from the day on which the edition was cancelled, %(day)s.", day=day(from_day)
        )
    return translate("Counted from the last day of the edition, %(day)s.", day=day(from_day))


def when_it_goes(keeping: Keeping, clock: str, now: datetime) -> str:
    """When what one clock is about goes, for a table."""
    on = keeping.goes_on(clock)
    if on is None:
        return translate("Not by itself")
    if keeping.is_due(clock, now):
        return translate("Now: it goes within the hour")
    return translate("By itself on %(day)s", day=day(on))


def dates_that_follow(keeping: Keeping, now: datetime) -> Sequence[str]:
    """What follows from the two lengths, in plain sentences."""
    needs, record = keeping.goes_on("needs"), keeping.goes_on("record")
    if needs is None or record is None:
        return [why_nothing_goes(keeping)]
    return [
        translate("Needs went on %(day)s.", day=day(needs))
        if keeping.is_due("needs", now)
        else translate("Needs go on %(day)s.", day=day(needs)),
        translate("Everything else that says who somebody is went on %(day)s.", day=day(record))
        if keeping.is_due("record", now)
        else translate("Everything else that says who somebody is goes on %(day)s.", day=day(record)),
        counted_from(keeping),
    ]


def warning(keeping: Keeping, people: int) -> str:
    """That the record goes soon, for the page of the day."""
    on = keeping.goes_on("record")
    assert on is not None  # whoever asks has looked whether it is near
    return translate_plural(
        "On %(day)s everything goes that says who the people of this edition are: one person. Every count stays.",
        "On %(day)s everything goes that says who the people of this edition are: %(num)s people. Every count stays.",
        people,
        day=day(on),
    )


def kept_until(keeping: Keeping, now: datetime) -> str:
    """Until when somebody's data is kept, as the person is told; empty where nobody can say."""
    needs, record = keeping.goes_on("needs"), keeping.goes_on("record")
    if needs is None or record is None:
        return ""
    text = translate("Your data is kept until %(day)s.", day=day(record))
    if keeping.is_due("needs", now):
        return text
    more = translate("What you told us about food and assistance is kept until %(day)s.", day=day(needs))
    return f"{text} {more}"
