"""The volunteers' app in the tests: a campaign with a short form, doors and hangers, a server that can be stopped and started
again on the same port, and a phone with a driver that taps as a person does.
"""
from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import sys
import time
import urllib.request
from multiprocessing import Process
from pathlib import Path

from sqlalchemy import func, select

from campaigns import clock, form_versions
from campaigns import reports as campaign_reports
from campaigns.audit import COMMAND_LINE
from campaigns.codes import symbols
from campaigns.hangers import finding, rounds, stock
from campaigns.store.fieldwork import report, report_file, visit
from campaigns.store.schema import attachment
from forms.form import library
from survey.cli.serve import web_command
from tests import live_server
from tests.forms_inline import workbook

ROOT = Path(__file__).parent.parent
FORM = """
| type                | name         | label::中文 (zh) | label::English (en) | required |
| text                | contact_name | 联系人           | Contact             | yes      |
| integer             | rooms        | 几间房           | Rooms               | yes      |
| image               | front        | 门口照片         | Photo of the door   |          |
| text                | remark       | 备注             | Remark              |          |
"""
SETTINGS = "| form_id | version | default_language |\n| short-household | 1 | 中文 (zh) |"

PICTURE = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2400, 1800];
  const pen = canvas.getContext("2d");
  for (let i = 0; i < 400; i += 1) { pen.fillStyle = `hsl(${i * 7} 70% 50%)`; pen.fillRect((i * 97) % 2400, (i * 61) % 1800, 300, 200); }
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  return [...new Uint8Array(await blob.arrayBuffer())];
}"""

SETTLED = """async () => {
  const registration = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller || registration.installing) return false;
  const cache = await caches.open("survey-app");
  const kept = (await cache.keys()).map((each) => each.url);
  return kept.some((each) => each.includes("/vendor/xforms-engine.js")) && kept.some((each) => each.includes("/form/open.js"));
}"""

STORED = """async () => {
  const names = (await indexedDB.databases()).map((each) => each.name);
  const records = {};
  for (const name of names) {
    const database = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const store of database.objectStoreNames) {
      records[`${name}/${store}`] = await new Promise((done) => {
        const r = database.transaction(store).objectStore(store).count(); r.onsuccess = () => done(r.result); });
    }
    database.close();
  }
  return { records, caches: await caches.keys() };
}"""


def _other_program(command: list[str], home: str, source: Path) -> Process:
    """Another copy of the program under gunicorn, with the tests' cheap PINs (tests.warm)."""
    run = "import sys, tests.warm; from gunicorn.app.wsgiapp import run; sys.argv[:1] = []; run()"
    arguments = [sys.executable, "-c", run, *command[2:]]
    environment = {**os.environ, "SURVEY_HOME": home, "PYTHONPATH": f"{source}:{ROOT}"}
    started = Process(target=_become, args=(arguments, environment, str(source)))
    started.start()
    return started


def _become(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    os.setsid()
    os.chdir(folder)
    os.execve(arguments[0], arguments, environment)


class Server:
    """The site under gunicorn, to be stopped and started again. `source`: another copy of the program."""

    def __init__(self, installation, source: Path | None = None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.settings = dataclasses.replace(installation.settings, port=self.port, workers=1, threads=8)
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start(source)

    def start(self, source: Path | None = None) -> None:
        command, home = web_command(self.settings), str(self.settings.home)
        self.process = live_server.start(command, home) if source is None else _other_program(command, home, source)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
                return
            except OSError:
                assert self.process.is_alive() and time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)

    def stop(self, kill: bool = False) -> None:
        os.killpg(self.process.pid, signal.SIGKILL if kill else signal.SIGTERM)
        self.process.join(20)


def use_short_form(here, made) -> None:
    """Three questions and a photo, so that a test fills them in seconds."""
    with here.store.write() as connection:
        form_versions.use_workbook(connection, made.id, workbook(survey=FORM, settings=SETTINGS), "short", clock.now(), COMMAND_LINE)


def hand_out_hangers(here, made, person, count: int = 3) -> list[str]:
    """Blank hangers, printed and in `person`'s hands; their codes."""
    at = clock.now()
    with here.store.write() as connection:
        serials = stock.issue(connection, here.server, made, count, at, COMMAND_LINE)
        stock.printed(connection, made, "test", [(finding.by_serial(connection, made, each).id, 1, each) for each in serials],
                      at, COMMAND_LINE)
        first, last = (finding.by_serial(connection, made, each) for each in (serials[0], serials[-1]))
        stock.hand_out(connection, made, first, last, person.user, at, COMMAND_LINE)
        return [each.code for each in rounds.of_user(connection, here.server, made, person.user)]


def use_incident_form(here, made) -> None:
    """Incidents can be reported, by the form that comes with the program."""
    data, form = library("incident-report")
    with here.store.write() as connection:
        form_versions.add_report_form(connection, made.id, data, form, clock.now(), COMMAND_LINE)


def pictures(here, made) -> int:
    """How many files of submissions are kept."""
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(attachment).where(attachment.c.campaign_id == made.id)).scalar_one()


def report_pictures(here) -> int:
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(report_file)).scalar_one()


def answers_of(here, made, row: dict) -> dict:
    """What a report says."""
    key = here.keyring.campaign(made.slug)
    with here.store.read() as connection:
        return campaign_reports.opened(connection, key, campaign_reports.found(connection, made, None, row["id"]))


def visits(here) -> list[dict]:
    with here.store.read() as connection:
        return [dict(row) for row in connection.execute(select(visit).order_by(visit.c.at, visit.c.id)).mappings()]


def reports(here) -> list[dict]:
    with here.store.read() as connection:
        return [dict(row) for row in connection.execute(select(report).order_by(report.c.id)).mappings()]


BELOW_HEAD = """() => document.querySelector(".progress").getBoundingClientRect().top >=
    document.querySelector(".app-head").getBoundingClientRect().bottom"""


class AppPhone:
    """One phone of 360 x 740 with the app. `context`: of Playwright."""

    def __init__(self, context, address: str):
        self.context, self.address = context, address
        self.errors: list[str] = []
        self.open()

    def open(self) -> None:
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{self.address}/v/")

    def reopen(self) -> None:
        """The browser is closed and opened again."""
        keep = self.context.new_page()
        for each in self.context.pages[:-1]:
            each.close()
        self.page = keep
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{self.address}/v/")

    def tap(self, words: str | re.Pattern, role: str = "button") -> None:
        self.page.get_by_role(role, name=words).first.click()

    def sign_in(self, person) -> AppPhone:
        self.page.get_by_label(re.compile("工牌码|Badge code")).fill(symbols.grouped(person.badge))
        self.page.get_by_label("PIN").fill(person.pin)
        self.tap(re.compile("^(登录|Sign in)$"))
        self.page.locator(".tabs").wait_for()
        return self

    def unlock(self, pin: str) -> AppPhone:
        self.page.get_by_label("PIN").fill(pin)
        self.tap(re.compile("^(打开|Open)$"))
        return self

    def ready(self) -> AppPhone:
        """Everything is on the phone: round, forms, the form engine."""
        deadline = time.monotonic() + 60
        while not self.page.evaluate(SETTLED):
            assert time.monotonic() < deadline, "the form engine did not come onto the phone"
            self.page.wait_for_timeout(200)
        return self

    def go(self, where: str) -> None:
        """Another screen, and its heading there."""
        self.page.evaluate("hash => { location.hash = hash; }", where)
        self.page.wait_for_timeout(50)

    def open_door(self, room: str) -> None:
        self.go("#/round")
        self.page.locator(".door-row", has=self.page.locator(f".room:text-is('{room}')")).first.click()
        self.page.locator(".app-head h1", has_text=room).wait_for()

    def outcome(self, room: str, name: str) -> None:
        """Two taps."""
        self.open_door(room)
        if not self.page.get_by_role("link", name=name).first.is_visible():
            self.page.get_by_text("别的结果").click()
        self.page.get_by_role("link", name=name).first.click()

    def record(self) -> None:
        self.tap(re.compile("^记下"))
        self.page.locator(".flash").wait_for()

    def fill(self, room: str, contact: str, rooms: str, remark: str = "", picture: bytes | None = None) -> None:
        self.open_door(room)
        self.page.locator(".thumb .button").click()
        self.answer(contact, rooms, remark, picture)

    def answer(self, contact: str, rooms: str, remark: str = "", picture: bytes | None = None, finish: bool = True) -> None:
        """Go through the short form page by page."""
        self.page.get_by_label("联系人").wait_for(timeout=30_000)
        page = self.page
        for _ in range(9):
            for label, value in (("联系人", contact), ("几间房", rooms), ("备注", remark)):
                if value and page.get_by_label(label).count() and page.get_by_label(label).first.is_visible():
                    page.get_by_label(label).first.fill(value)
            camera = page.locator("main input[type=file]")
            if picture and camera.count():
                camera.first.set_input_files({"name": "door.jpg", "mimeType": "image/jpeg", "buffer": picture})
                page.locator("main img").first.wait_for()
                picture = None
            if not finish:
                return
            last = page.get_by_role("button", name=re.compile("提交"))
            if last.count() and last.first.is_visible():
                assert page.evaluate(BELOW_HEAD)
                last.first.click()
                page.locator(".flash").wait_for(timeout=20_000)
                return
            page.get_by_role("button", name=re.compile("^(下一步|继续|下一页)")).first.click()
        raise AssertionError(page.locator("main").inner_text())

    def unsent(self) -> int:
        found = re.search(r"(\d+) 份没发", self.page.locator(".app-head").inner_text())
        return int(found.group(1)) if found else 0

    def sent(self, timeout: int = 30_000) -> None:
        """Go to the queue and send until nothing waits."""
        self.go("#/queue")
        self.tap(re.compile("现在发送|Send now"))
        self.page.get_by_text(re.compile("^(✓ )?都发了$|Everything is sent")).first.wait_for(timeout=timeout)
