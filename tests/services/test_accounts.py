"""Accounts: the first organiser, links raced for, rights, and the administrator who always remains."""

import threading

import pytest

from eventapp.errors import Conflict, DomainError, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, User
from eventapp.rules.access import COMMAND
from eventapp.services import accounts, accounts_manage, links
from eventapp.services.accounts import as_actor
from eventapp.services.accounts_manage import Rights
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.accounts import PASSWORD, make_user, quick_hash
from tests.factories.editions import make_edition

FIRST = {"name": "First", "email": "First@Office.example", "hashed": "x", "language": "fr"}


def test_the_first_organiser(ctx, clock):
    token = accounts.first_organiser_link(now=clock(), secret=SECRET)
    user = accounts.become_first_organiser(token, **FIRST, now=clock())
    assert (user.role, user.email, user.all_editions) == ("administrator", "first@office.example", True)
    assert accounts.first_organiser_link(now=clock(), secret=SECRET) is None
    entry = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.action == "account.first_organiser")
    ).one()
    assert entry.actor_name == "First"


def test_the_link_of_the_first_organiser_ends(ctx, clock):
    older = accounts.first_organiser_link(now=clock(), secret=SECRET)
    token = accounts.first_organiser_link(now=clock(), secret=SECRET)
    accounts.check_first_organiser_link(token, now=clock())
    for wrong in (older, token + "x", ""):
        with pytest.raises(NotFound):
            accounts.become_first_organiser(wrong, **FIRST, now=clock())
    clock.move(minutes=61)
    with pytest.raises(NotFound):
        accounts.become_first_organiser(token, **FIRST, now=clock())


def test_a_reader_with_a_password_is_no_administrator(ctx, clock):
    make_user("reader", password=PASSWORD)
    make_user("administrator")  # invited, without a password yet
    make_user("administrator", password=PASSWORD, is_active=False)
    assert accounts.first_organiser_link(now=clock(), secret=SECRET)


@pytest.mark.race
@pytest.mark.parametrize("purpose", ["first_organiser", "password_reset"])
def test_of_many_who_use_one_link_one_succeeds(fresh_app, clock, purpose):
    with fresh_app.app_context(), writing():
        if purpose == "first_organiser":
            token = accounts.first_organiser_link(now=clock(), secret=SECRET)
        else:
            user = make_user(password=PASSWORD)
            token = links.token_of(
                links.make_link(purpose, secret=SECRET, now=clock(), user_id=user.id), SECRET
            )
    together, outcomes = threading.Barrier(6), []

    def use(number):
        with fresh_app.app_context():
            together.wait()
            try:
                with writing():
                    if purpose == "first_organiser":
                        values = {**FIRST, "email": f"first{number}@office.example"}
                        accounts.become_first_organiser(token, **values, now=clock())
                    else:
                        accounts.set_password(token, hashed=f"hash {number}", now=clock())
                outcomes.append(number)
            except DomainError as problem:
                outcomes.append(problem.code)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    winners = [one for one in outcomes if isinstance(one, int)]
    assert len(winners) == 1
    assert len(outcomes) == 6
    with fresh_app.app_context():
        if purpose == "first_organiser":
            assert db.session.scalars(db.select(User.email)).all() == [f"first{winners[0]}@office.example"]
        else:
            assert db.session.scalars(db.select(User.password_hash)).all() == [f"hash {winners[0]}"]


def test_a_new_password_ends_sessions_and_other_links(ctx, clock):
    user = make_user(password=PASSWORD)
    epoch = user.session_epoch
    made = [links.make_link("password_reset", secret=SECRET, now=clock(), user_id=user.id) for _ in range(2)]
    accounts.set_password(links.token_of(made[0], SECRET), hashed=quick_hash("new"), now=clock())
    assert user.session_epoch == epoch + 1
    db.session.expire_all()
    for link in made:
        with pytest.raises(NotFound):
            accounts.set_password(links.token_of(link, SECRET), hashed="x", now=clock())


def test_a_registration_link_sets_no_password(ctx, clock):
    user = make_user()
    link = links.make_link("first_organiser", secret=SECRET, now=clock(), user_id=user.id)
    with pytest.raises(NotFound):
        accounts.set_password(links.token_of(link, SECRET), hashed="x", now=clock())


def test_asking_for_a_password_leaves_one_trace_either_way(ctx, clock):
    user, closed = make_user(password=PASSWORD), make_user(password=PASSWORD, is_active=False)
    for email in (user.email, closed.email, "nobody@office.example", ""):
        accounts.ask_for_password(email, now=clock(), secret=SECRET)
    db.session.flush()
    entries = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.action == "account.ask_for_password")
    ).all()
    assert len(entries) == 4
    assert not any(entry.old or entry.new or entry.actor_name for entry in entries)
    messages = db.session.scalars(db.select(OutboxMessage)).all()
    assert [(one.kind, one.recipient) for one in messages] == [("password_reset", user.email)]
    assert not messages[0].values


def administrator(**more):
    user = make_user("administrator", password=PASSWORD, **more)
    return user, as_actor(user)


def rights(**more):
    return Rights(**{"name": "Somebody", "role": "organiser", "all_editions": True, **more})


def test_inviting(ctx, clock):
    _, actor = administrator()
    edition = make_edition()
    wanted = rights(all_editions=False, ordinals=frozenset({edition.ordinal}), language="es")
    user = accounts_manage.invite(
        actor, email="New@Office.example", rights=wanted, now=clock(), secret=SECRET
    )
    db.session.flush()
    assert user.email == "new@office.example"
    assert as_actor(user).may_edit(edition.id)
    assert not as_actor(user).may_read(1)
    message = db.session.scalars(db.select(OutboxMessage)).one()
    assert (message.kind, message.recipient, message.language) == ("invitation", user.email, "es")
    with pytest.raises(Conflict) as refused:
        accounts_manage.invite(actor, email="NEW@office.example", rights=rights(), now=clock(), secret=SECRET)
    assert refused.value.field == "email"


def test_inviting_again_ends_the_older_link(ctx, clock):
    _, actor = administrator()
    user = accounts_manage.invite(
        actor, email="new@office.example", rights=rights(), now=clock(), secret=SECRET
    )
    db.session.flush()
    accounts_manage.resend_invitation(actor, user.public_id, now=clock(), secret=SECRET)
    db.session.expire_all()
    open_links = db.session.scalars(
        db.select(links.PrivateLink).where(links.PrivateLink.revoked_at.is_(None))
    ).all()
    assert len(open_links) == 1
    accounts.set_password(links.token_of(open_links[0], SECRET), hashed="x", now=clock())
    with pytest.raises(Refused):
        accounts_manage.resend_invitation(actor, user.public_id, now=clock(), secret=SECRET)


@pytest.mark.parametrize("ordinals", [frozenset(), frozenset({999})])
def test_an_account_reaches_something_that_exists(ctx, clock, ordinals):
    _, actor = administrator()
    wanted = rights(all_editions=False, ordinals=ordinals)
    with pytest.raises(Invalid) as refused:
        accounts_manage.invite(actor, email="new@office.example", rights=wanted, now=clock(), secret=SECRET)
    assert set(refused.value.problems) == {"editions"}


def test_the_last_administrator_stays(ctx, clock):
    user, actor = administrator()
    administrator(is_active=False)
    make_user("administrator")  # invited only
    for confirmed in (False, True):
        with pytest.raises(Refused) as refused:
            accounts_manage.edit(actor, user.public_id, rights(), confirmed=confirmed, now=clock())
        assert refused.value.code == "last-administrator"
    with pytest.raises(Refused):
        accounts_manage.close(COMMAND, user.public_id, now=clock())


def test_giving_up_the_own_role_has_to_be_confirmed(ctx, clock):
    user, actor = administrator()
    administrator()
    with pytest.raises(Invalid) as refused:
        accounts_manage.edit(actor, user.public_id, rights(), now=clock())
    assert set(refused.value.problems) == {"confirmed"}
    accounts_manage.edit(actor, user.public_id, rights(), confirmed=True, now=clock())
    assert user.role == "organiser"


@pytest.mark.race
def test_two_administrators_who_demote_each_other_leave_one(fresh_app, clock):
    with fresh_app.app_context(), writing():
        people = [administrator() for _ in range(2)]
        pairs = [(people[0][1], people[1][0].public_id), (people[1][1], people[0][0].public_id)]
    together = threading.Barrier(2)

    def demote(actor, target):
        with fresh_app.app_context():
            together.wait()
            try:
                with writing():
                    accounts_manage.edit(actor, target, rights(), now=clock())
            except DomainError:
                pass

    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with fresh_app.app_context():
        assert sorted(db.session.scalars(db.select(User.role))) == ["administrator", "organiser"]


def test_closing_and_reopening(ctx, clock):
    _, actor = administrator()
    user = make_user(password=PASSWORD)
    link = links.make_link("password_reset", secret=SECRET, now=clock(), user_id=user.id)
    accounts_manage.close(actor, user.public_id, now=clock())
    assert accounts.find_active_user(user.id) is None
    db.session.expire_all()
    assert link.revoked_at is not None
    assert user.session_epoch == 2
    accounts_manage.reopen(actor, user.public_id, now=clock())
    assert accounts.find_active_user(user.id)
    db.session.flush()
    actions = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["account.close", "account.reopen"]


def test_nobody_closes_the_own_account(ctx, clock):
    user, actor = administrator()
    administrator()
    with pytest.raises(Refused) as refused:
        accounts_manage.close(actor, user.public_id, now=clock())
    assert refused.value.code == "own-account"


@pytest.mark.parametrize("role", ["organiser", "reader"])
def test_only_administrators_manage_accounts(ctx, clock, role):
    actor = as_actor(make_user(role))
    target, _ = administrator()
    for step in (
        lambda: accounts_manage.list_users(actor),
        lambda: accounts_manage.get_user(actor, target.public_id),
        lambda: accounts_manage.invite(
            actor, email="a@b.example", rights=rights(), now=clock(), secret=SECRET
        ),
        lambda: accounts_manage.edit(actor, target.public_id, rights(), now=clock()),
        lambda: accounts_manage.close(actor, target.public_id, now=clock()),
        lambda: accounts_manage.reopen(actor, target.public_id, now=clock()),
        lambda: accounts_manage.resend_invitation(actor, target.public_id, now=clock(), secret=SECRET),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "forbidden"


def test_a_change_is_written_down_with_old_and_new(ctx, clock):
    _, actor = administrator()
    edition, user = make_edition(), make_user("reader", name="Before")
    wanted = rights(name="After", all_editions=False, ordinals=frozenset({edition.ordinal}))
    accounts_manage.edit(actor, user.public_id, wanted, now=clock())
    db.session.flush()
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "account.edit")).one()
    assert entry.old == {"name": "Before", "role": "reader", "all_editions": True, "editions": []}
    assert entry.new == {
        "name": "After",
        "role": "organiser",
        "all_editions": False,
        "editions": [edition.ordinal],
    }
