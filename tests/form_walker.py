"""Fills any form from its first to its last question with nothing but what its pages show: over HTTP, or in a browser.

It knows no form. It answers every field it finds, tries the next answer in line where one is not taken, adds an entry
where a list is empty, and sends at the end.
"""
from __future__ import annotations

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import html

try:
    from playwright.sync_api import TimeoutError
except ImportError:  # without a browser nothing waits for one
    pass

from tests.forms_inline import resident_id

MOST_PAGES = 700
PATIENCE = 3_000  # ms that a field may take to be there
NUMBERS = ["3", "25", "1", "0", "60", "2020", "150", "7", "14", "100", "1000", "12345678", "13800138000", "99", "-5", "8.5", "20000"]
DATES = ["2026-03-10", "1990-05-08", "2024-01-15", "2099-05-08", "2012-12-12"]
ZONES = [None, ZoneInfo("Asia/Shanghai")]  # whose today a form may ask for: the computer's (a preview), the campaign's
TEXTS = ["王小明 𠮷", "13800138000", resident_id("2026-03-10"), "91350100M000100Y43", "12", "0123456789", "3", "123-45-6789", "ABC123",
         "test@example.org", "abcdefgh", resident_id("1990-05-08"), resident_id("1990-05-08", "2"),
         "A", "01", "1234", "AB12345678", "00000000000", "K-1", "25/12/1990", "12:30", "AB12345"]
BY_TYPE = {"time": ["14:05", "08:30", "23:00"], "datetime-local": ["2026-03-10T14:05", "2025-01-01T08:00"],
           "file": ["photo.jpg"], "tel": ["13800138000", "02512345678"]}
STARTS = {"image": b"\xff\xd8\xff\xe0 a picture", "audio": b"OggS sound", "video": b"\x1aE\xdf\xa3 film", "file": b"any bytes"}
BY_HINT = {"22.61 114.05": ["22.61 114.05 0 5"]}
POINTS = "22.61 114.05\n22.62 114.05\n22.62 114.06\n22.61 114.05"
OPEN = POINTS.rpartition("\n")[0]  # a line, where that must not end where it began


class Stuck(AssertionError):
    """The form cannot be finished."""


class Walker:
    """Walks through a form. `driver` has html() -> str, and send(fields, button): fields as (name, value), the button as
    (name, value) or None for the plain send. `done(tree)`: whether the end was reached. `variant`: which of several choices
    to take. `seen`: every question's field that was answered."""

    def __init__(self, driver, done, variant: int = 0, entries: int = 1):
        self.driver, self.done, self.variant, self.entries = driver, done, variant, entries
        self.tries: dict[str, int] = {}
        self.seen: dict[str, object] = {}
        self.pages = 0
        self.complaints: list[str] = []

    def walk(self) -> Walker:
        """Go on until the form has been taken. Raises Stuck."""
        while self.pages < MOST_PAGES:
            tree = html.fromstring(self.driver.html())
            if self.done(tree):
                return self
            self.pages += 1
            self._note_errors(tree)
            self.driver.send(self._fields(tree), self._button(tree))
        raise Stuck(f"no end after {self.pages} pages; {self.complaints[-4:]}")

    def _note_errors(self, tree) -> None:
        wrong = tree.xpath("//*[contains(concat(' ', @class, ' '), ' has-error ')]")
        said = [" ".join(block.text_content().split())[:160] for block in wrong]
        self.complaints += said
        for block in wrong:
            for name in {field.get("name") for field in block.xpath(".//*[@name]")}:
                self.tries[name] = self.tries.get(name, 0) + 1
                if self.tries[name] > 40:
                    raise Stuck(f"{name} takes no answer: {said}")
        if not wrong and tree.xpath("//*[@id='error-summary']"):
            summary = " ".join(tree.xpath("//*[@id='error-summary']")[0].text_content().split())
            self.complaints.append(summary)
            self.tries["summary"] = self.tries.get("summary", 0) + 1
            if self.tries["summary"] > 25:
                raise Stuck(summary)

    def _button(self, tree) -> tuple[str, str] | None:
        values = [button.get("value") for button in tree.xpath("//button[@name='_do']")]
        goes = tree.xpath("//*[@id='error-summary']//button[@name='_do']/@value")
        if goes:
            return "_do", goes[0]
        adds = [value for value in values if value.startswith("add:")]
        if adds and len(tree.xpath("//li[contains(@class, 'entry')]")) < self.entries and self.tries.get(adds[0], 0) < self.entries:
            self.tries[adds[0]] = self.tries.get(adds[0], 0) + 1
            return "_do", adds[0]
        for wanted in ("send", "next"):
            if wanted in values:
                return "_do", wanted
        return None

    def _fields(self, tree) -> list[tuple[str, str]]:
        fields: list[tuple[str, str]] = []
        names = dict.fromkeys(tree.xpath("//form[@id='entry']//*[self::input or self::select or self::textarea]"
                                         "[not(ancestor::template)]/@name"))
        for name in names:
            if not name or name.startswith(("_", "csrf", "instance", "z-", "receipt")):
                continue
            found = [field for field in tree.xpath("//*[@name=$name]", name=name) if not field.xpath("ancestor::template")]
            values = self._answer(name, found)
            if values:
                self.seen[name] = values
            fields += [(name, value) for value in values]
        return fields

    def _answer(self, name: str, fields: list) -> list[str]:
        field, tried = fields[0], self.tries.get(name, 0)
        kind = field.get("type", "text") if field.tag == "input" else field.tag
        if kind in ("radio", "checkbox"):
            codes = [one.get("value") for one in fields if one.get("type") in ("radio", "checkbox")]
            if kind == "radio":
                return [codes[(tried + self.variant) % len(codes)]]
            if tried and tried % 2 == 0:
                return [codes[tried // 2 % len(codes)]]
            return codes[:1] if self.variant == 0 or tried else codes[:2]
        if kind == "select":
            codes = [code for code in field.xpath(".//option/@value") if code]
            if len(fields) > 1:
                return codes
            return [codes[(tried + self.variant) % len(codes)]] if codes else []
        if tried >= 30:
            return []
        kept = field.get("value") if field.tag == "input" else (field.text or "").strip("\n")
        if kept and not tried:
            return [kept]
        line = self._line(field, kind)
        return [line[(tried + (self.variant if tried else 0)) % len(line)]]

    def _line(self, field, kind: str) -> list[str]:
        """The answers to try, one after the other."""
        about = " ".join(" ".join(block.text_content().split()) for block in field.xpath("ancestor::*[contains(@class,'question')][1]"))
        mode = field.get("inputmode")
        if kind in BY_TYPE:
            return BY_TYPE[kind]
        if field.tag == "textarea":
            return [POINTS, OPEN] if re.search("每行写一个点|one point a line", about, re.I) else ["很长的话\n第二行 +007"] + TEXTS
        if "22.61 114.05" in about:
            return BY_HINT["22.61 114.05"]
        if re.search("like 2026-03$|like 2026-03 |如 2026-03( |$)", about):
            return ["2026-03", "1990-05", "2024-01"]
        if re.search("4 位数字|in 4 digits", about):
            return ["2026", "1990", "2024", "2012"]
        if re.search("年月日|year month day", about):
            return [*DATES, *(str(datetime.now(zone).date()) for zone in ZONES)]
        if mode in ("numeric", "decimal"):
            return NUMBERS
        return TEXTS


class Http:
    """Flask's test client as a browser without script."""

    def __init__(self, app, path: str = "/", language: str = "en"):
        self.client, self.path = app.test_client(), path
        self.headers = {"Accept-Language": language}
        self.answer = self.client.get(path, headers=self.headers, follow_redirects=True)

    def html(self) -> str:
        assert self.answer.status_code in (200, 422), f"status {self.answer.status_code}"
        return self.answer.get_data(as_text=True)

    def send(self, fields, button) -> None:
        form = next(form for form in html.fromstring(self.html()).forms if form.get("id") == "entry")
        data: dict[str, list[str]] = {}
        hidden = [(one.get("name"), one.get("value", "")) for one in form.xpath(".//input[@type='hidden']")]
        for name, value in [*hidden, *fields, *([button] if button else [])]:
            data.setdefault(name, []).append(value)
        kinds = {field.get("name"): field.get("data-upload") for field in form.xpath(".//input[@type='file']")}
        data = {name: [(io.BytesIO(STARTS[kinds[name]]), value) if kinds.get(name) and value in BY_TYPE["file"] else value
                       for value in values] for name, values in data.items()}
        self.answer = self.client.post(form.get("action") or self.path, data=data, headers=self.headers, follow_redirects=True,
                                       content_type=form.get("enctype"))


class Browser:
    """A page of Playwright: types, ticks and presses as a person does, on the server's own pages to the end (tests of
    static/form say what happens where these go on in the browser)."""

    def __init__(self, page, address: str):
        self.page = page
        page.route("**/form/takeover.js", lambda route: route.abort())
        page.goto(address)

    def html(self) -> str:
        return self.page.content()

    def send(self, fields, button) -> None:
        by_name: dict[str, list[str]] = {}
        for name, value in fields:
            by_name.setdefault(name, []).append(value)
        for name, values in by_name.items():
            try:
                self._fill(self.page.locator(f'[name="{name}"]:not([type=hidden])'), values)
            except TimeoutError:
                continue  # an answer before it took the question away
        selector = f'button[name="{button[0]}"][value="{button[1]}"]' if button else ".send button"
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def _fill(self, found, values: list[str]) -> None:
        kinds = found.evaluate_all("all => all.filter(e => e.checkVisibility()).map(e => e.tagName === 'INPUT' ? e.type : e.tagName)")
        if not kinds:
            return
        kind = kinds[0]
        if kind in ("radio", "checkbox"):
            for value in values:
                one = found.and_(self.page.locator(f'input[value="{value}"]'))
                if one.count():
                    one.check(timeout=PATIENCE)
        elif kind == "SELECT":
            for number, value in enumerate(values):
                found.nth(number).select_option(value, timeout=PATIENCE)
        elif kind == "file":
            what = found.first.get_attribute("data-upload")
            photo = {"name": values[0], "mimeType": "image/jpeg", "buffer": STARTS[what]}
            found.first.set_input_files(photo, timeout=PATIENCE)
            self.page.locator(f'.kept-file ~ input[type=hidden][name="{found.first.get_attribute("name")}"]').first.wait_for(
                state="attached", timeout=PATIENCE)
        else:
            found.first.fill(values[0], timeout=PATIENCE)


def is_done(tree) -> bool:
    """The end of a preview."""
    return bool(tree.xpath("//*[@id='done']"))
