"""The check of every page finds what it is there for: each fault below makes a good page fail."""

import pytest

from tests.pages import check_page

GOOD = """<!doctype html><html lang="en"><head><title>Delegates</title></head><body><h1>Delegates</h1>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">
<label for="a">Name</label><input name="a" id="a" aria-describedby="b"><p id="b">As on the badge</p>
<label>Country <select name="c"><option>Norway</option></select></label></form>
<svg><title>A drawing</title></svg>%s</body></html>"""


def test_a_good_page_passes():
    check_page(GOOD % "<p>Nobody yet.</p>")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("<div>", "parse error"),
        ("</div>", "parse error"),
        ("<p><div></div></p>", "parse error"),
        ('<a href="/x"><a href="/y">x</a></a>', "parse error"),
        ("<table><tr><p>x</p></tr></table>", "parse error"),
        ("<b><i>x</b></i>", "parse error"),
        ('<p class="a" class="b">x</p>', "parse error"),
        ("<button><button>x</button></button>", "parse error"),
        ("<form><form></form></form>", "parse error"),
        ("<div/>", "parse error"),
        ("<p>&nosuch;</p>", "parse error"),
        ("<input aria-label='x'></input>", "parse error"),
        ("<select aria-label='x'><div>x</div></select>", "in a select"),
        ('<p id="b">again</p>', "duplicate id b"),
        ('<p aria-describedby="b gone">x</p>', "points to missing gone"),
        ('<a href="#gone">x</a>', "link to missing #gone"),
        ('<p style="color: red">x</p>', "inline style"),
        ('<p onclick="x()">x</p>', "inline handler onclick"),
        ("<script>x()</script>", "inline script"),
        ("<style>p {}</style>", "style element"),
        ("<h1>Another</h1>", "2 h1"),
        ('<form method="post" action="/y"></form>', "no CSRF token in the form to /y"),
        ('<textarea name="d" id="d"></textarea>', "no label for textarea d"),
    ],
)
def test_a_fault_is_told(fault, told):
    with pytest.raises(AssertionError, match=told):
        check_page(GOOD % fault)


def test_the_title_names_the_heading():
    with pytest.raises(AssertionError, match="does not hold the heading"):
        check_page((GOOD % "").replace("<h1>Delegates", "<h1>Sessions"))
