"""axe finds nothing on any page, in English and Arabic, in the light and the dark scheme."""

import re
import uuid

import pytest

from eventapp.blueprints import PERMISSIONS
from eventapp.web.guards import Access
from eventapp.web.import_jobs import work_next
from tests.factories.accounts import PASSWORD
from tests.journeys.conftest import bring_axe, check_accessible, check_no_sideways_scrolling
from tests.journeys.furnished import ADMINISTRATOR, furnish

# Answers for machines, files, and pages that need a link of their own (walked in the other journeys).
NOT_PAGES = (
    ".json",
    ".csv",
    ".xlsx",
    ".pdf",
    ".ics",
    ".atom",
    ".xml",
    ".txt",
    "/static/",
    "/uploads/",
    "/speaker/<token>/picture",
    "/healthz",
    "/readyz",
    "/welcome/",
    "/set-password/",
    "/reset",
    "/totals",
    "/documents/files/",
    "/documents/<uuid:public_id>",  # files, for everybody and by private link
)

# Answers that are no page to look at, each with its reason.
REFUSED = {
    "/map.geojson": 404,  # the shipped layer stands under an address of its own
    "/dashboard/editions/8/delegations/many/preview": 422,  # without a choice there is nothing to look at
    "/dashboard/editions/8/publications/preview": 422,  # nor here
}


# What the walk must be able to find, in either scheme and direction.
SPOIL = """() => {
    document.documentElement.lang = "xx-nowhere";
    document.querySelector("main label[for=email]").remove();
    const link = document.querySelector("footer a");
    link.textContent = "";
    const rules = new CSSStyleSheet();
    rules.replaceSync("h1 { color: color-mix(in srgb, currentcolor 12%, var(--bs-body-bg)) }");
    document.adoptedStyleSheets = [rules];
}"""


@pytest.fixture
def furnished(site):
    """One of everything; gives the values for addresses."""
    values = furnish(site)
    for _ in range(2):
        assert work_next(site.app), "both lists that were brought are looked at"
    return values


def addresses(site, values: dict, *, signed_in: bool) -> list[str]:
    found = []
    with site.app.test_request_context():
        from flask import url_for

        for rule in site.app.url_map.iter_rules():
            is_public = PERMISSIONS[rule.endpoint] is Access.PUBLIC
            if (
                "GET" not in rule.methods
                or is_public == signed_in
                or any(part in rule.rule for part in NOT_PAGES)
            ):
                continue
            known = dict(values.get(rule.endpoint, {}))
            for name, converter in rule._converters.items():
                default = {"IntegerConverter": 1, "UUIDConverter": uuid.UUID(int=1)}.get(
                    type(converter).__name__, "x"
                )
                blueprint = values.get(rule.endpoint.partition(".")[0], {})
                own = {**blueprint, **values.get(rule.endpoint, {})}
                known[name] = own.get(name, values.get(name, default))
            found.append(url_for(rule.endpoint, **known))
    return sorted(set(found))


def walk(page, paths: list[str], language: str) -> None:
    """Every address shows a page, or is refused as written above; none has anything for axe, or scrolls sideways."""
    problems = []
    bring_axe(page)
    for path in paths:
        answer = page.goto(language + path)
        if answer.status != REFUSED.get(path, 200) or "text/html" not in answer.headers["content-type"]:
            problems.append(f"{path}: {answer.status} {answer.headers['content-type']}")
        for check in (check_accessible, check_no_sideways_scrolling):
            try:
                check(page, path)
            except AssertionError as problem:
                problems.append(str(problem))
    assert not problems, "\n".join(problems)


@pytest.mark.journey
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "dark"), [("", False), ("/ar", True)])
def test_public_pages(site, visitor, furnished, language, dark):
    page = visitor.page(dark=dark, phone=dark)
    walk(page, addresses(site, furnished, signed_in=False), language)
    page.goto(language + "/sign-in")
    page.evaluate(SPOIL)
    with pytest.raises(AssertionError) as told:
        check_accessible(page, "spoilt")
    assert set(re.findall(r"spoilt: ([\w-]+):", str(told.value))) == {
        "color-contrast",
        "html-lang-valid",
        "label",
        "link-name",
    }


@pytest.mark.journey
@pytest.mark.timeout(300)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(("language", "dark"), [("", False), ("/ar", True)])
def test_pages_of_the_secretariat(site, visitor, furnished, language, dark, half):
    page = visitor.page(dark=dark, phone=dark)
    page.goto("/sign-in")
    page.locator("[name=email]").fill(ADMINISTRATOR)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    walk(page, addresses(site, furnished, signed_in=True)[half::2], language)
