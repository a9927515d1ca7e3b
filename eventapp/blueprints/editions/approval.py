"""What another way of approval means for the people who are under way."""

from eventapp.services.editions_manage import Saved
from eventapp.web.typed import translate_plural


def approval_sentences(saved: Saved) -> list[str]:
    """A sentence for each group of people whom the change concerns; none where nobody waits."""
    found = []
    if waiting := saved.under_way.get("submitted", 0):
        found.append(_waiting(saved.approval, waiting))
    if endorsed := saved.under_way.get("endorsed", 0):
        found.append(
            translate_plural(
                "One person is endorsed and stays so until the secretariat decides.",
                "%(num)s people are endorsed and stay so until the secretariat decides.",
                endorsed,
            )
        )
    return found


def _waiting(approval: str, count: int) -> str:
    if approval == "two_steps":
        return translate_plural(
            "One person who waits for a decision now needs the endorsement of the body they represent first.",
            "%(num)s people who wait for a decision now need the endorsement of the body they represent first.",
            count,
        )
    return translate_plural(
        "One person goes on waiting: the secretariat decides on them, without an endorsement.",
        "%(num)s people go on waiting: the secretariat decides on them, without an endorsement.",
        count,
    )
