"""Whatever any test writes into the audit list has words there: a field without a wording fails the test that wrote it."""

from sqlalchemy import event

from eventapp.models import AuditEntry
from eventapp.web.audit_words import has_words

INVENTED = frozenset({"unheard_of"})  # what the tests of the page itself write


def check(subject_type, old, new):
    nameless = sorted(
        name for name in {**old, **new} if name not in INVENTED and not has_words(subject_type, name)
    )
    if nameless:
        raise AssertionError(f"the audit list has no words for {nameless} of a {subject_type}")


def watch_for_nameless_fields(session_class):
    """Look at every entry on its way into the database, one by one or in bulk."""

    @event.listens_for(session_class, "before_flush")
    def flush(session, *_):
        for one in session.new:
            if isinstance(one, AuditEntry):
                check(one.subject_type, one.old or {}, one.new or {})

    @event.listens_for(session_class, "do_orm_execute")
    def execute(state):
        mapper = state.bind_mapper
        if state.is_insert and mapper is not None and mapper.class_ is AuditEntry:
            rows = state.parameters
            for one in rows if isinstance(rows, list) else [rows or {}]:
                check(one.get("subject_type", ""), one.get("old") or {}, one.get("new") or {})
