"""The page on which a clerk keys one paper form: a line a question, every answer typed, nothing needs the mouse.

Which answer a typed text means is said in `forms.keyed`; `static/keying.js` only shows it at once and moves on by itself.
"""
from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from werkzeug.wrappers import Response

from forms import keyed
from forms.answers import SEVERAL, AnswerError
from forms.form import Form
from forms.language import Text
from survey import language
from survey.doors import OpenDoor
from survey.instances import Instance
from survey.questionnaire.fields import Item
from survey.questionnaire.whole import FormItems

MOST_LISTED = 20
"""Lists of up to this many choices stand beside their question; longer ones fold away."""


@dataclass(frozen=True)
class Sheet:
    """What is on the page. `typed`: the raw answers as they were typed. `second`: the submission that is keyed again, if any.
    `focus`: where the cursor goes, the first field or the first wrong one by default."""

    found: OpenDoor
    instance: Instance
    signed: str
    action: str
    typed: dict
    errors: tuple[AnswerError, ...] = ()
    notice: Text | None = None
    receipt: str = ""
    second: int | None = None
    focus: str = ""
    status: int = 200


def show(sheet: Sheet) -> Response:
    """The page."""
    form, now = sheet.found.form, language.current()
    typed = _as_text(form, "household", sheet.typed)
    if form.repeat and not typed.get(form.person_repeat):
        typed[form.person_repeat] = [{}]
    page = FormItems(form, now, typed, sheet.errors)
    items = page.items(form.questions, "q-", typed, ())
    pattern = page.person("__i__", {}) if form.repeat else None
    for item in _fields([*items, *([pattern] if pattern else [])]):
        item.attributes["data-list"] = _list_name(item)
    summary = page.summary()
    focus = sheet.focus or (summary[0][0] if summary else "") or next(_fields(items)).id
    html = render_template(
        "desk/keying_form.html", sheet=sheet, found=sheet.found, items=items, pattern=pattern, summary=summary,
        focus=focus if any(item.id == focus for item in _fields(items)) else next(_fields(items)).id,
        lists=_lists(form, now), most_listed=MOST_LISTED, repeat=form.repeat and form.repeat.name)
    return Response(html, sheet.status, mimetype="text/html")


def first_of_last_person(form: Form, typed: dict) -> str:
    """The field in which a person just added begins."""
    question = next((q for q, _ in form.asked["person"]), None)
    people = typed.get(form.person_repeat) or [{}]
    return f"q-{form.person_repeat}-{len(people) - 1}-{question.name}" if question else ""


def _as_text(form: Form, part: str, typed: dict) -> dict:
    """Several choices as the one text that was typed for them."""
    shown = dict(typed)
    for question, _ in form.asked[part]:
        if question.type in SEVERAL and isinstance(typed.get(question.name), list):
            shown[question.name] = " ".join(typed[question.name])
    for repeat in form.repeats_in[part]:
        shown[repeat.name] = [_as_text(form, repeat.part, entry) for entry in typed.get(repeat.name) or []]
    return shown


def _fields(items: list[Item]):
    """The items that are fields, in the order of the page."""
    for item in items:
        if item.kind in ("group", "repeat", "person"):
            yield from _fields(item.items)
        elif item.kind != "note":
            yield item


def _list_name(item: Item) -> str:
    """The name of an item's choices on the page: a person's question may be called as one of the household."""
    return item.name if item.id == f"q-{item.name}" else f"person/{item.name}"


def _lists(form: Form, now: str) -> dict[str, list]:
    """Of every question with choices: [[code, key, words, [what else finds it]], ...]."""
    return {question.name if part == "household" else f"person/{question.name}":
            [[each.code, each.key, each.words.to(now), list(each.search)] for each in keyed.choices(question)]
            for part, asked in form.asked.items() for question, _ in asked if question.choices}
