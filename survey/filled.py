"""A form that was filled in the browser (static/form/takeover.js), as it arrives: the XML of its answers, the files that
they name, and when it was finished. It becomes a walk like any other, which stands at its end: the server judges all of it,
and where something is wrong its own page shows it with everything still there."""
from __future__ import annotations

import json
import uuid

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from forms import browser
from forms.answers import AnswerError, files_in
from forms.form import Form
from forms.language import Refusal
from forms.model.writing import WrongInstance
from forms.submission import from_xml, to_xml
from survey import held_files
from survey.questionnaire.pages import REVIEW
from survey.questionnaire.walk import Walk, World, by_pages

LARGEST_XML = 1024 * 1024
XML, GIVEN = "xml_submission_file", "_given"
_LONGEST_NAME = 200


class Unreadable(Refusal):
    status = 400

    def __init__(self):
        super().__init__("收到的内容不是这份表的答案，没有记入。请刷新页面后再提交，填的内容还在这部手机上。",
                         "What arrived does not answer this form, so nothing was added. Reload the page and send again: what you filled "
                         "in is still on this phone.")


def arrived(files: MultiDict) -> bool:
    """Whether a post brings a form that was filled in the browser."""
    return XML in files


def walk(form: Form, post: MultiDict, files: MultiDict, world: World) -> Walk:
    """The walk at its end, its files kept; `errors` tells of those that could not be. Raises Unreadable."""
    xml = files[XML].stream.read(LARGEST_XML + 1)
    if len(xml) > LARGEST_XML:
        raise Unreadable
    try:
        raw = from_xml(form, xml)
    except WrongInstance:
        raise Unreadable from None
    errors = list(_kept(form, raw, files, world))
    found = Walk(form, raw, world, key=REVIEW, reviewed=True, given=_seconds(post.get(GIVEN, "")))
    if errors:
        found.refuse(errors)
    return found


def _kept(form: Form, raw: dict, files: MultiDict, world: World):
    """Keep the files that the answers name; an error for each that cannot be."""
    brought = {file.filename: file for field, file in files.items(multi=True) if field != XML and file.filename}
    for path, name, kind in files_in(form, raw):
        file = brought.get(name)
        if file is None or len(name) > _LONGEST_NAME or "/" in name or "\\" in name or world.shelf.shown(name).src:
            continue  # judged as any other answer: a name alone is none
        try:
            held_files.keep(world.shelf, kind, file, name)
        except Refusal as refusal:
            yield AnswerError(path, refusal.text)


def _seconds(milliseconds: str) -> float:
    return int(milliseconds) / 1000 if milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) < 15 else 0


def place(form: Form, xml: str, words: str, draft: str, media: dict[str, str], answers: dict | None = None) -> Markup:
    """What the page tells the script: addresses of the form, of the sentences and of the form's pictures; the name of its
    draft on this phone; `answers` that are to be corrected. Nothing where the browser cannot fill the form, nor where
    files belong to the answers: they lie with the server."""
    if not by_pages(form) or browser.lacks(form) or answers and any(files_in(form, answers)):
        return Markup()
    known = to_xml(form, answers, instance_id=f"uuid:{uuid.uuid4()}").decode() if answers else ""
    return Markup('<div id="runtime" hidden data-xml="{}" data-words="{}" data-draft="{}" data-media="{}" data-answers="{}"></div>').format(
        xml, words, draft, json.dumps(media, ensure_ascii=False), known)
