"""A form served for trying out: the pages that residents and volunteers get, with nothing kept. At the end it shows what
would have been recorded."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO
from urllib.parse import quote

from flask import Flask, abort, current_app, g, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forms import browser
from forms.answers import from_post, validate
from forms.form import Form
from forms.media import wanted
from forms.questions import Question
from survey import filled, headers, held_files, language, static_files
from survey.held_files import Shown
from survey.questionnaire import words
from survey.questionnaire.walk import Walk, World, by_pages
from survey.questionnaire.whole import acted_on, apply_action, questionnaire_html
from survey.runtime_words import words_json

MOST_PERSONS = 100
MOST_BYTES = 64 * 1024 * 1024


def preview_app(form: Form, beside: Mapping[str, bytes] = MappingProxyType({})) -> Flask:
    """A site of one page that serves `form`; its pictures and recordings are in `beside`, by name. It has no campaign, no store
    and no sessions."""
    app = Flask("survey")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(only_campaign=lambda: None, kept=static_files.address, static=static_files.one)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024)
    app.before_request(_no_campaign)
    app.extensions["files"] = _Table()
    app.extensions["media"] = {name: f"/media/{quote(name)}" for name in wanted(form) if name in beside}
    language.use(app)
    headers.use(app)

    @app.get("/")
    def begin() -> Response:
        if not by_pages(form):
            return _page(form, questionnaire_html(form, language.current()))
        return _page(form, Walk(form, {}, _world()).html(),
                     runtime=filled.place(form, "/form.xml", "/form/words.json", f"preview {form.digest}", app.extensions["media"]))

    @app.post("/")
    def go_on() -> Response:
        if request.form.get("_language"):
            language.switch(request.form["_language"])
        return _next_page(form) if by_pages(form) else _one_page(form)

    _serve_what_pages_fetch(app, form, beside)
    return app


def _serve_what_pages_fetch(app: Flask, form: Form, beside: Mapping[str, bytes]) -> None:
    kept_files = app.extensions["files"].files

    @app.get("/form.xml")
    def xml() -> Response:
        return Response(browser.for_browser(form), mimetype="text/xml")

    @app.get("/form/words.json")
    def words_() -> Response:
        return Response(words_json(), mimetype="application/json")

    @app.get("/kept/<version>/<path:filename>")
    def kept(version: str, filename: str) -> Response:
        return static_files.answer(version, filename)

    @app.get("/media/<name>")
    def media(name: str) -> Response:
        return held_files.content(beside[name]) if name in app.extensions["media"] else abort(404)

    @app.get("/file/<name>")
    def file(name: str) -> Response:
        return held_files.content(kept_files[name]) if name in kept_files else abort(404)


def _no_campaign() -> None:
    g.campaign = None


class _Table:
    """Where the files of a preview lie: in memory, the newest few."""

    most = MOST_BYTES

    def __init__(self):
        self.files: dict[str, bytes] = {}

    def keep(self, name: str, kind: str, content: BinaryIO) -> None:
        self.files[name] = content.read()
        while len(self.files) > 1 and sum(map(len, self.files.values())) > self.most:
            del self.files[next(iter(self.files))]

    def forget(self, name: str) -> None:
        self.files.pop(name, None)

    def shown(self, name: str) -> Shown:
        return Shown(name, f"/file/{quote(name)}", len(self.files[name])) if name in self.files else Shown(name)


def _world() -> World:
    return World(language.current(), datetime.now().astimezone(), "preview", current_app.extensions["files"],
                 current_app.extensions["media"])


def _next_page(form: Form) -> Response:
    world = _world()
    if filled.arrived(request.files):
        walk = filled.walk(form, request.form, request.files, world)
        if walk.errors:
            return _page(form, walk.html(), 422)
        return _judged_page(form, walk)
    post, refused = held_files.received(form, request.form, request.files, world.shelf)
    walk = Walk.posted(form, post, world, refused)
    if request.form.get("_language") or not walk.step(request.form):
        return _page(form, walk.html(), 422 if walk.errors else 200)
    return _judged_page(form, walk)


def _judged_page(form: Form, walk: Walk) -> Response:
    result = _judged(form, walk.to_send())
    if result.errors:
        walk.refuse(result.errors)
        return _page(form, walk.html(), 422)
    return _answers(form, result.answers)


def _one_page(form: Form) -> Response:
    raw = from_post(form, request.form)
    changed = apply_action(form, raw, request.form)
    if changed is not None or request.form.get("_language"):
        return _page(form, questionnaire_html(form, language.current(), raw if changed is None else changed, at=acted_on(request.form)))
    result = _judged(form, raw)
    if result.errors:
        return _page(form, questionnaire_html(form, language.current(), result.cleaned, result.errors), 422)
    return _answers(form, result.answers)


def _judged(form: Form, raw: dict):
    now = datetime.now().astimezone()
    return validate(form, raw, today=now.date(), max_persons=MOST_PERSONS, now=now)


def _page(form: Form, body: Markup, status: int = 200, runtime: Markup | str = "") -> Response:
    if runtime:
        headers.runs_forms()
    return Response(render_template("preview.html", form=form, body=body, alone=not by_pages(form), words=words, runtime=runtime),
                    status, mimetype="text/html")


def _answers(form: Form, answers: dict) -> Response:
    return Response(render_template("preview_answers.html", form=form, rows=list(_rows(form.root, answers))), mimetype="text/html")


def _rows(scope: Question, answers: dict, where: str = ""):
    """(words, name, answer) of everything, entries of repeats numbered from 1."""
    asked = {question.name: question for question in _of(scope)}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, inside in enumerate(value, 1):
                yield from _rows(asked[name], inside, f"{where}{name}[{number}]/")
        else:
            words = asked[name].label if name in asked else None
            yield words if words and any(words) else None, where + name, " ".join(value) if isinstance(value, list) else value


def _of(scope: Question):
    """What one entry (or the form) holds, what is inside its repeats left out."""
    for child in scope.children:
        yield child
        if child.type == "group":
            yield from _of(child)
