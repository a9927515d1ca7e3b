"""Every kind of mail stands in rules/mail_kind with what an edition may write in it, and has a name."""

from eventapp.rules.mail_kind import KINDS
from eventapp.web.labels import LABELS
from eventapp.web.mail_preview import OWN_NAMES
from tests.house.test_sizes import PACKAGE


def templates() -> set[str]:
    return {path.stem for path in (PACKAGE / "templates" / "mail").glob("*.txt")}


def test_every_kind_of_mail_stands_in_the_list():
    listed = {kind.outbox_kind for kind in KINDS.values()}
    assert not templates() - listed, (
        "add these to rules/mail_kind.KINDS, with who gets them and their placeholders"
    )
    assert not listed - templates(), "these have no template"


def test_every_kind_of_mail_has_a_name():
    assert templates() == set(LABELS["mail_kind"])


def test_every_text_that_can_be_edited_has_a_name():
    nameless = KINDS.keys() - LABELS["mail_kind"].keys() - OWN_NAMES.keys()

    assert not nameless, "name these in web/mail_preview.OWN_NAMES"
