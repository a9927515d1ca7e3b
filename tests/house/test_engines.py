"""What is run on one engine only must be what no database can change."""

import inspect
from types import SimpleNamespace

import pytest

from tests import conftest, engines


@pytest.mark.parametrize("fixture", ["template", "app", "ctx", "client", "fresh_app"])
def test_whoever_is_given_a_database_is_asked_on_both(request, fixture):
    definitions = request.session._fixturemanager
    closure = definitions.getfixtureclosure(request.node, [fixture], ignore_args=())[0]
    assert engines.depends_on_engine(SimpleNamespace(fixturenames=closure, module=engines.create_app))


@pytest.mark.parametrize("name", engines.BY_HAND)
def test_so_is_whoever_asks_for_one_by_hand(name):
    module = SimpleNamespace(**{name: getattr(engines, name)})
    assert engines.depends_on_engine(SimpleNamespace(fixturenames=["tmp_path"], module=module))


def test_the_others_are_asked_once(request):
    assert not engines.depends_on_engine(request.node)


def test_nothing_else_leads_to_a_database():
    """Whatever of the module reads the engine, or makes a database, counts; the secret and the rule itself do not."""
    asks = {
        name
        for name, one in vars(engines).items()
        if inspect.isfunction(one) or inspect.isclass(one)
        if one.__module__ == engines.__name__
        and any(word in inspect.getsource(one) for word in ("ENGINE", "SERVER"))
    }
    assert asks <= {*engines.BY_HAND, "_admin"}


@pytest.mark.parametrize(("engine", "kept"), [("sqlite", 2), ("postgresql", 1)])
def test_only_the_second_engine_leaves_out(monkeypatch, request, engine, kept):
    told = []

    def deselected(items):
        told.extend(items)

    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=deselected))
    database = SimpleNamespace(
        fixturenames=["template"], module=None, get_closest_marker=request.node.get_closest_marker
    )
    items = [database, request.node]
    monkeypatch.setattr(conftest, "ENGINE", engine)
    conftest.pytest_collection_modifyitems(config, items)
    assert len(items) == kept
    assert items[0] is database
    assert len(told) == 2 - kept


def test_whoever_is_given_more_time_begins(monkeypatch):
    short, long = (
        SimpleNamespace(get_closest_marker={"timeout": marker}.get, fixturenames=["template"], module=None)
        for marker in (None, pytest.mark.timeout(300))
    )
    items = [short, long, short]
    monkeypatch.setattr(conftest, "ENGINE", "sqlite")
    conftest.pytest_collection_modifyitems(None, items)
    assert items == [long, short, short]
