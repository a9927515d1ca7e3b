"""Words that go with counted codes and measures, in the reader's language."""

from eventapp.rules.dimension import NOTHING, UNASSIGNED
from eventapp.rules.measure import BASES
from eventapp.web.typed import translate


def words() -> dict[str, str]:
    """What stands for codes that have no record: "unassigned", and "none of them" by dimension."""
    return {name: translate(text) for name, text in NOTHING.items()} | {"unassigned": translate(UNASSIGNED)}


def bases() -> dict[str, str]:
    """What each measure counts, in the reader's language."""
    return {measure: translate(text) for measure, text in BASES.items()}
