"""Compiled templates outlive a start, and never the code they were compiled by."""

from eventapp.web import template_cache
from eventapp.web.template_cache import keep_compiled_templates


def folder_of(app):
    return app.config["SETTINGS"].instance / "templates"


def test_a_second_start_compiles_nothing(fresh_app, monkeypatch):
    keep_compiled_templates(fresh_app)
    fresh_app.test_client().get("/contact")
    kept = {file.name for file in folder_of(fresh_app).iterdir()}
    assert kept
    fresh_app.jinja_env.cache.clear()
    monkeypatch.setattr(fresh_app.jinja_env, "compile", lambda *_: (_ for _ in ()).throw(AssertionError))
    assert fresh_app.test_client().get("/contact").status_code == 200


def test_other_code_compiles_anew(fresh_app, monkeypatch):
    keep_compiled_templates(fresh_app)
    fresh_app.test_client().get("/contact")
    assert list(folder_of(fresh_app).iterdir())
    monkeypatch.setattr(template_cache, "_mark_of_code", lambda: "0" * 16)
    keep_compiled_templates(fresh_app)
    assert not list(folder_of(fresh_app).iterdir())


def test_a_folder_that_cannot_be_written_stops_nothing(fresh_app):
    folder_of(fresh_app).parent.mkdir(exist_ok=True)
    folder_of(fresh_app).write_text("in the way")
    keep_compiled_templates(fresh_app)
    assert fresh_app.test_client().get("/contact").status_code == 200


def test_a_template_that_cannot_be_kept_is_shown_all_the_same(fresh_app):
    keep_compiled_templates(fresh_app)
    folder_of(fresh_app).rmdir()
    assert fresh_app.test_client().get("/contact").status_code == 200
