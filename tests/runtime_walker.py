"""A form opened with static/form/open.js in a real browser, without the site: the page, its scripts and its form are handed
over as the site would, with the site's policy. And a walker that fills it as a person does."""
from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

from forms.browser import for_browser
from survey.headers import _POLICY_OF_FORMS
from survey.questionnaire.carried import entry_at, question_at
from survey.runtime_words import words_json
from tests.form_walker import Browser, Walker

STATIC = Path(__file__).parent.parent / "survey/static"
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>t</title>
<link rel="stylesheet" href="/static/survey.css"><main class="inner"><form id="entry"><div id="here"></div></form></main></html>"""
OPEN = """async ([xml, words, language, draft, files]) => {
  const {openForm} = await import("/static/form/open.js");
  const attachments = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new Blob([text])]));
  try {
    window.form = await openForm({container: document.getElementById("here"), xml, words, language, attachments,
      draft: draft ? window.draft || JSON.parse(draft) : undefined,
      onChange: (now) => { window.draft = now; },
      onFinish: async (sent) => { window.sent = sent; return window.answer || {stay: true}; }});
    return "";
  } catch (error) { return String(error); }
}"""


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def blank_page(chromium, **options):
    """A page on which forms can be opened."""
    context = chromium.new_context(base_url="http://localhost", **{"viewport": {"width": 360, "height": 740}, **options})
    context.set_default_timeout(8_000)
    context.route("**/*", _answer)
    page = context.new_page()
    page.goto("/")
    return page


def _answer(route) -> None:
    path = route.request.url.split("/static/")
    if len(path) == 2:
        route.fulfill(path=STATIC / path[1])
    else:
        route.fulfill(body=PAGE, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY_OF_FORMS})


def open_form(page, form, language: str = "zh", draft: dict | bool | None = None, files: dict | None = None) -> str:
    """Open a form; "" or why it could not be. `draft`: True for what the page kept last."""
    return page.evaluate(OPEN, [for_browser(form).decode(), json.loads(words_json()), language,
                                json.dumps(draft) if draft else None, files or {}])


def sent(page) -> str:
    """The XML that the form was handed over as."""
    page.wait_for_function("() => !!window.sent")
    return page.evaluate("window.sent.xml")


class Runtime(Browser):
    """What Walker needs of a page whose form is filled in the browser."""

    def __init__(self, page):
        self.page = page

    def send(self, fields, button) -> None:
        by_name: dict[str, list[str]] = {}
        for name, value in fields:
            by_name.setdefault(name, []).append(value)
        for name, values in by_name.items():
            found = self.page.locator(f'[name="{name}"]:not([type=hidden])')
            if found.count() and found.first.get_attribute("type") == "file":
                self._pick(found)
            else:
                self._fill(found, values)
        self.page.locator(f'button[name="_do"][value="{button[1]}"]').first.click()

    def _pick(self, found) -> None:
        found.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        found.locator("xpath=ancestor::div[contains(@class, 'question')]").locator(".kept-file > *").first.wait_for()


def photo() -> bytes:
    """A JPEG of 2400 x 1200, to be turned by a quarter, that says where it was taken."""
    from PIL import Image
    picture, facts = Image.new("RGB", (2400, 1200), (200, 30, 30)), Image.Exif()
    facts[0x0112] = 6
    facts.get_ifd(0x8825).update({1: "N", 2: (22.0, 30.0, 0.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=facts)
    return out.getvalue()


def walk(page) -> Walker:
    """Fill the open form to its end and send it."""
    return Walker(Runtime(page), lambda tree: page.evaluate("!!window.sent")).walk()


def typed_and_kept(form, seen: dict, raw: dict) -> list[tuple]:
    """(path, answer as it should have been read, answer that arrived) of every field that was filled in and arrived."""
    readers = {question: read for asked in form.asked.values() for question, read in asked}
    found = []
    for name, values in seen.items():
        path = _path(form, name.removeprefix("q-").split("-"))
        question = question_at(form, path)
        arrived = entry_at(raw, path[:-1]).get(path[-1])
        if question in readers and arrived is not None and question.type not in ("image", "audio", "video", "file"):
            typed = values if question.type in ("select_multiple", "rank") else _as_read(question, values[-1])
            want = readers[question](typed, question).answer
            found.append((name, _plain(question, want), _plain(question, readers[question](arrived, question).answer)))
    return found


def _as_read(question, typed: str) -> str:
    """What a page makes of some fields: a point a line is one of several; a month or a year is its first day."""
    if question.type in ("geotrace", "geoshape"):
        return ";".join(typed.split("\n"))
    if question.type == "date" and len(typed) < 8:
        return typed + ("-01" if len(typed) > 4 else "-01-01")
    return typed


def _plain(question, answer):
    """Positions as numbers: 5 and 5.0 are the same accuracy. Moments to the minute: the browser adds its zone."""
    if question.type in ("time", "dateTime"):
        return answer[:5 if question.type == "time" else 16]
    if question.type not in ("geopoint", "geotrace", "geoshape"):
        return answer
    return [[*map(float, point.split()), 0, 0][:4] for point in answer.split(";")]


def _path(form, steps: list[str]) -> tuple:
    return tuple(int(step) if number % 2 else step for number, step in enumerate(steps))
