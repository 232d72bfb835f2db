"""A volunteer's phone as it talks to the server: the app's queue, its clock, its chunks."""
from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from forms.form import library
from forms.submission import to_xml
from tests.respondent import Respondent


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def item_id() -> str:
    return secrets.token_hex(16)


@dataclass
class Phone:
    """The phone of a signed-in person. `wrong`: by how much its clock is ahead."""

    app: object
    new: object = None
    wrong: timedelta = timedelta()
    csrf: str = ""
    device: str = "phone-1"
    browser: Respondent = field(init=False)

    def __post_init__(self):
        self.browser = Respondent(self.app)
        if self.new:
            self.browser.sign_in(self.new)
            self.csrf = self.round().get("csrf", "")

    @property
    def now(self) -> datetime:
        return clock.now() + self.wrong

    def get(self, path: str, **headers) -> tuple[int, dict]:
        answer = self.browser.client.get(path, headers=headers)
        return answer.status_code, answer.get_json()

    def round(self, since: str = "") -> dict:
        return self.get("/v/app/round" + (f"?since={since}" if since else ""))[1]

    def post(self, body: bytes, **headers):
        return self.browser.client.post("/v/app/sync", data=body, headers={
            "Content-Type": "application/json", "X-CSRFToken": self.csrf, **headers})

    def send(self, *items: dict) -> list[dict]:
        answer = self.post(json.dumps({"device": self.device, "app": "1", "now": stamp(self.now), "items": items},
                                      ensure_ascii=False).encode())
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()["answers"]

    def one(self, item: dict) -> dict:
        [answer] = self.send(item)
        assert answer["id"] == item["id"]
        return answer

    def item(self, kind: str, **body) -> dict:
        return {"id": item_id(), "kind": kind, "at": stamp(self.now), **body}

    def form(self, made, answers: dict, door: int | None = None, *, instance: str = "", **body) -> dict:
        """A household's form as the engine writes it."""
        return self._filled("form", made, answers, door, instance, body)

    def report(self, made, answers: dict, door: int | None = None, **body) -> dict:
        return self._filled("report", made, answers, door, "", body)

    def draft(self, made, answers: dict, door: int | None = None, **body) -> dict:
        return self._filled("draft", made, answers, door, body.pop("instance", ""), body)

    def _filled(self, kind, made, answers, door, instance, body) -> dict:
        xml = to_xml(made, answers, instance_id=instance or f"uuid:{uuid.uuid4()}").decode()
        return self.item(kind, form=made.key, xml=xml, began=stamp(self.now - timedelta(minutes=4)),
                         **({"door": door} if door else {}), **body)

    def put(self, item: str, name: str, content: bytes, offset: int = 0, until: int | None = None, **headers):
        chunk = content[offset:until]
        return self.browser.client.post(f"/v/app/file/{item}/{name}?offset={offset}", data=chunk, headers={
            "Content-Type": "application/octet-stream", "X-CSRFToken": self.csrf, "X-File-Size": str(len(content)),
            "X-File-Digest": hashlib.sha256(content).hexdigest(), **headers})


def add_report(here, made, key: str = "incident-report"):
    """Let the campaign's people fill a bundled form beside the household's."""
    workbook, form = library(key)
    with here.store.write() as connection:
        form_versions.add_report_form(connection, made.id, workbook, form, clock.now(), COMMAND_LINE)
    return form
