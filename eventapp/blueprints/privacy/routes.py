"""The versions, one of them, writing the draft, and putting it in force."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.privacy.sample import is_unfinished, sample_texts
from eventapp.errors import DomainError
from eventapp.rules.keeping import CLOCKS
from eventapp.services import privacy, privacy_held
from eventapp.services.keeping_held import KINDS
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.keeping_words import counted_from, when_it_goes
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("privacy", __name__, url_prefix="/dashboard/privacy")

LONGEST = 40_000


@blueprint.get("")
def index() -> str:
    notices = privacy.list_notices(actor())
    in_force = next((one for one in notices if one.published_at), None)
    return render_template("privacy_desk/index.html", notices=notices, in_force=in_force)


@blueprint.get("/held")
def held() -> str:
    who, now = actor(), clock.now()
    return render_template(
        "privacy_desk/held.html",
        held=privacy_held.list_held(who),
        editions=privacy_held.list_of_editions(who, now=now),
        kinds=KINDS,
        counted_from=counted_from,
        when=lambda keeping: {one: when_it_goes(keeping, one, now) for one in CLOCKS},
    )


@blueprint.get("/draft")
def write() -> str:
    """The draft; without one the version in force to start from, or the sample where there is none at all."""
    draft, in_force = privacy.find_draft(actor()), privacy.current_notice()
    start = draft or in_force
    texts = start.text if start else sample_texts()
    return render_template(
        "privacy_desk/write.html", typed=typed_texts("text", texts), errors={}, is_sample=start is None
    )


@blueprint.post("/draft")
@checks_csrf
def save() -> Response | tuple[str, int]:
    try:
        answers = Answers()
        texts = answers.texts("text", limit=LONGEST, prose=True)
        answers.check()
        with writing():
            number = privacy.save_draft(actor(), texts, now=clock.now()).number
    except DomainError as problem:
        page = render_template(
            "privacy_desk/write.html", typed=typed_again(), errors=errors_of(problem), is_sample=False
        )
        return page, 422
    flash(translate("The draft is kept. It is not in force yet."), "good")
    return redirect(url_for("privacy.show", number=number), code=303)


@blueprint.get("/<int(max=99999):number>")
def show(number: int) -> str:
    notice = privacy.get_version(actor(), number)
    return render_template(
        "privacy_desk/show.html", notice_of=notice, is_unfinished=is_unfinished(notice.text)
    )


@blueprint.post("/<int(max=99999):number>/publish")
@commits
def publish(number: int) -> Response:
    privacy.publish(actor(), number, now=clock.now())
    flash(translate("Version %(number)s is in force.", number=number), "good")
    return redirect(url_for("privacy.index"), code=303)
