"""A delegation as its page shows it: groups of people, places in words, and what may be done now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from eventapp.errors import DomainError
from eventapp.models import Registration
from eventapp.rules.edition import check_registration_open
from eventapp.rules.registration import may_change
from eventapp.rules.workspace import INSIDE, Tally, may_work, rank
from eventapp.services.editions import window_of
from eventapp.services.registrations_places import explain_waiting
from eventapp.services.workspace import Workspace, tally_of
from eventapp.web.quota_words import QuotaWords
from eventapp.web.typed import translate, translate_plural


def lines_of(place: Workspace, people: Sequence[Registration]) -> Mapping[int, Sequence[str]]:
    """For whoever waits for a place: the number in line, and whose places those are; they may be others than the delegation's."""
    found = explain_waiting(place.edition, people)
    words = QuotaWords.of_places(found.values())
    return {one: [words.line(each) for each in places] for one, places in found.items()}


class View:
    """Everybody of one delegation, read once."""

    def __init__(self, place: Workspace, members: Sequence[Registration], now: datetime) -> None:
        self._window, self._now = window_of(place.edition), now
        self.tally: Tally = tally_of(place, members)
        self.waiting = [one for one in members if one.state == "submitted"]
        self.inside = [one for one in members if one.state in INSIDE]
        self._last = {rank(one.role): one.id for one in self.inside}
        self._first = {rank(one.role): one.id for one in reversed(self.inside)}
        self.left = [one for one in members if one.state not in (*INSIDE, "submitted")]
        self.may_work = may_work(self._window)
        self.may_enter = self.may_work and self._is_open()
        self.may_order = self.may_work and may_change("approved", self._window, now)

    def ends(self, one: Registration) -> tuple[bool, bool]:
        """Whether somebody is the first, and the last, of those among whom the order moves them."""
        peers = rank(one.role)
        return one.id == self._first[peers], one.id == self._last[peers]

    def _is_open(self) -> bool:
        try:
            check_registration_open(self._window, self._now)
        except DomainError:
            return False
        return True

    @property
    def is_full(self) -> bool:
        return self.tally.free is not None and self.tally.free <= 0

    def line(self) -> str:
        """What there is to do, in one sentence."""
        count = len(self.waiting)
        if not count:
            return translate("Nobody waits for your endorsement.")
        return translate_plural(
            "One person waits for your endorsement.", "%(num)s people wait for your endorsement.", count
        )

    def places(self) -> str:
        """The quota in one sentence."""
        tally = self.tally
        if tally.limit is None or tally.free is None:
            return translate("Your delegation has no limit of places.")
        if tally.free > 0:
            return translate_plural(
                "One of %(limit)s places is free.",
                "%(num)s of %(limit)s places are free.",
                tally.free,
                limit=tally.limit,
            )
        return translate_plural("Your one place is taken.", "All %(num)s places are taken.", tally.limit)
