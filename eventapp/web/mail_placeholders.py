"""What the placeholders of an edition's own text stand for in one letter, and the product's text written with them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import current_app, render_template
from jinja2 import Template

from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_text import MailWords, braced
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.filters import pick

PARTS: Final = ("subject", "opening", "next", "action")
_READ: Final[Mapping[str, str]] = {  # placeholder -> what the templates of letters call it
    "name": "person",
    "edition": "edition_title",
    "link": "address",
    "until": "until_text",
    "closes": "closes_text",
}
_OF_REGISTRATION: Final[Mapping[str, Callable[[Any], str]]] = {"reference": lambda one: str(one.reference)}


def value_of(name: str, values: Mapping[str, Any]) -> str:
    """What a placeholder stands for, from what the templates get; of the message's own values if they do not know it."""
    if name in _OF_REGISTRATION:
        registration = values["registration"]
        return _OF_REGISTRATION[name](registration) if registration else ""
    found = values.get(_READ.get(name, name), values["values"].get(name, ""))
    return str(pick(found)) if isinstance(found, dict) else str(found or "")


def block(template: Template, name: str, values: Mapping[str, Any]) -> str:
    """The text of one block of a template, without the blank lines round it."""
    if name not in template.blocks:
        return ""
    text = "".join(template.blocks[name](template.new_context(dict(values))))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def product_words(kind: MailKind) -> MailWords:
    """The product's text of a kind in the language of the request, with placeholders where a person's values go."""
    template = current_app.jinja_env.get_template(f"mail/{kind.outbox_kind}.txt")
    names = {name: braced(name) for name in kind.placeholders}
    values: dict[str, Any] = {
        **names,
        **{term: names.get(name, "") for name, term in _READ.items()},
        "values": {**_texts(names), **kind.values},
        "registration": None,
        "leads": [],
    }
    parts = {part: block(template, part, values) for part in PARTS}
    text = render_template("layouts/mail_words.txt", **values, **parts, block=braced(kind.block))
    body = "\n".join(line.strip() for line in re.sub(r"\n{3,}", "\n\n", text).strip().split("\n"))
    return MailWords(" ".join(parts["subject"].split()), body)


def _texts(names: Mapping[str, str]) -> dict[str, Any]:
    """Values of a message are a word each; the notice alone is a text in several languages."""
    return {**names, "notice": dict.fromkeys(LANGUAGES, names.get("notice", ""))}
