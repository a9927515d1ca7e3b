"""Rules compile what builds an address when somebody asks for one, and then once."""

from werkzeug.routing import Map, Rule

from eventapp.web.late_rule import LateRule


def compiled(rule: Rule) -> bool:
    return rule._build_unknown.__func__.__name__ != "build"


def test_an_address_is_the_one_that_werkzeug_builds():
    rules = [
        (kind("/editions/<int:ordinal>/days/<day>", endpoint="day", defaults={"page": 1}),)
        for kind in (Rule, LateRule)
    ]
    plain, late = (Map(one).bind("localhost") for one in rules)
    for values in ({"ordinal": 6, "day": "a b/ü"}, {"ordinal": 6, "day": "x", "page": 1, "q": ["a", "b"]}):
        for unknown in (True, False):
            assert late.build("day", values, append_unknown=unknown) == plain.build(
                "day", values, append_unknown=unknown
            )


def test_it_is_compiled_at_its_first_use_alone():
    rule = LateRule("/editions/<int:ordinal>", endpoint="edition")
    addresses = Map([rule]).bind("localhost")
    assert addresses.match("/editions/7") == ("edition", {"ordinal": 7})
    assert not compiled(rule)
    assert addresses.build("edition", {"ordinal": 7}) == "/editions/7"
    assert compiled(rule)


def test_the_application_is_built_of_such_rules(app):
    rules = list(app.url_map.iter_rules())
    assert rules
    assert all(isinstance(rule, LateRule) for rule in rules)
