"""Keying paper: keystrokes of a form of three persons, and forms an hour at three keystrokes a second (aim: 60).

A keystroke is one key pressed: a Chinese name counts the letters of its reading and one for the choice of the input method.
Between two forms the clerk types the number on the next one (6 digits, Enter). Chromium types into the real page; what it
waits for after F9 and after the number is measured and added. A scanner saves the number; `handling` is time for the paper.
"""
from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks._open_street import OpenStreet, build, household
from benchmarks.intake import Server
from campaigns import clock, people
from campaigns.audit import COMMAND_LINE
from campaigns.installation import Installation
from campaigns.people import NewUser
from campaigns.settings import Settings
from campaigns.store.schema import code
from forms import keyed
from forms.form import Form

PER_SECOND = 3
_FORMS = 12
_READINGS = {"王小明": "wangxiaoming", "李𠮷": "liji", "王一一": "wangyiyi"}


def strokes(form: Form, answers: dict) -> Iterator[tuple[str, int]]:
    """(what is typed or the name of a key, how many keystrokes that is) for a whole form, in the order of the page."""
    typed = keyed.typed(form, answers)
    yield from _part(form, "household", typed, until=form.person_repeat)
    for number, person in enumerate(typed[form.person_repeat]):
        if number:
            yield "<F2>", 1
        yield from _part(form, "person", person)
    yield from _part(form, "household", typed, after=form.person_repeat)
    yield "<F9>", 1


def _part(form: Form, part: str, typed: dict, until: str = "", after: str = "") -> Iterator[tuple[str, int]]:
    going, number_filled = not after, False
    for question in form.parts[part]:
        if until and question.name == until:
            return
        if question.name == after:
            going = True
        if not going or question.name not in form.by_name[part]:
            continue
        value = typed.get(question.name, "")
        if number_filled and question.name in ("sex", "birth_date"):
            continue  # filled in from the number, and passed over
        if not value:
            if question.relevant is None:
                yield "<Enter>", 1
            continue
        if question.type == "date":
            value = value.replace("-", "")
        yield value, len(_READINGS[value]) + 1 if value in _READINGS else len(value)
        filled = question.check is not None and question.check.kind == "resident-id" and len(value) == 18
        number_filled = number_filled or filled
        if not (filled or question.type == "date" or question.type == "select_one"):
            yield "<Enter>", 1


def type_form(page: object, form: Form, answers: dict) -> int:
    """Type a form into the open page; returns the number of keystrokes."""
    count = 0
    for text, presses in strokes(form, answers):
        if text.startswith("<"):
            page.keyboard.press(text[1:-1])
        elif text.isascii():
            page.keyboard.type(text)
        else:
            page.keyboard.insert_text(text)
        count += presses
    return count


def run() -> list[dict]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return [{"what": "needs Chromium, which is not installed"}]
    with tempfile.TemporaryDirectory() as folder:
        street = build(Path(folder), doors=_FORMS)
        clerk = _clerk(Path(folder), street)
        with Server(Path(folder)) as server:
            keystrokes, waits = _typed(path, f"http://127.0.0.1:{server.port}", street, clerk)
    wait = sum(waits) / len(waits)
    rows = []
    for number, handling in ((7, 0), (7, 5), (0, 5), (0, 10)):
        seconds = (keystrokes + number) / PER_SECOND + wait + handling
        rows.append({"next form": "typed" if number else "scanned", "handling s": handling, "keystrokes a form": keystrokes + number,
                     "pages s": wait, "s a form": seconds, "forms an hour": round(3600 / seconds), "target": ">= 60"})
    return rows


def _clerk(home: Path, street: OpenStreet) -> NewUser:
    here = Installation(Settings(home=home))
    with here.store.write() as connection:
        for number in range(1, _FORMS + 1):
            connection.execute(code.update().where(code.c.dwelling_id == number, code.c.kind == "household").values(serial=number))
        made = people.add(connection, here.keyring, street.campaign, role="clerk", name="卡罗尔", team_name=None, at=clock.now(),
                          actor=COMMAND_LINE)
    here.store.close()
    return made


def _typed(path: str, address: str, street: OpenStreet, clerk: NewUser) -> tuple[int, list[float]]:
    """Keystrokes of one form, and the seconds waited for pages between two forms."""
    from playwright.sync_api import sync_playwright
    answers = {name: value for name, value in household().items() if name != "suggestion"}
    waits, keystrokes = [], 0
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.goto("/sign-in")
        page.fill("[name=badge]", clerk.badge)
        page.fill("[name=pin]", clerk.pin)
        page.press("[name=pin]", "Enter")
        page.wait_for_url("**/v/")
        page.goto("/desk/keying")
        for written in street.codes:
            page.keyboard.type(written)
            began = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_selector("#keying #q-dwelling_use:focus")
            opened = time.perf_counter() - began
            keystrokes = type_form(page, street.form, answers)
            began = time.perf_counter()
            page.wait_for_selector("#code:focus")
            waits.append(opened + time.perf_counter() - began)
        browser.close()
    return keystrokes, waits
