"""Phones coming back online: 200 at once with 20 forms each, and one with 100 forms and 50 photos.

An item is acknowledged when its answer is here; what is answered `later` and `soon` is sent again at once. Its time counts
from the moment at which all phones begin. Server CPU ms: user and system time of all server processes.
"""
from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, update

from benchmarks._open_street import build
from benchmarks.intake import Measured, Server, _ask, _percentiles
from campaigns import clock, form_versions, people
from campaigns.audit import COMMAND_LINE
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import dwelling, submission, tally
from forms.form import library
from forms.submission import to_xml
from survey.app import create_app

PHONES, FORMS = 200, 20
_BATCH = 20
_PHOTO = 150 * 1024


@dataclass
class Signed:
    """A signed-in phone, without having asked the server for it: its Cookie and its CSRF token."""

    cookie: str
    token: str


@dataclass
class Synced(Measured):
    """`acknowledged`: seconds from the start until each item was answered for good."""

    acknowledged: list[float] = field(default_factory=list)


def run() -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        street = build(Path(folder), doors=PHONES * FORMS + 200)
        here = Installation(Settings(home=Path(folder)))
        phones = sign_in(here, street.campaign)
        with Server(Path(folder)) as server:
            doors = iter(range(1, PHONES * FORMS + 200 + 1))
            queues = [[form(street, next(doors)) for _ in range(FORMS)] for _ in phones]
            all_at_once = asyncio.run(sync(server, phones, queues))
            again = asyncio.run(sync(server, phones[:20], queues[:20]))
            one = asyncio.run(sync(server, phones[:1], [[form(street, next(doors)) for _ in range(100)]]))
            photos = asyncio.run(_photos(server, phones[0], 50))
        with here.store.read() as connection:
            kept = connection.execute(select(func.count()).select_from(submission)).scalar_one()
            credited = connection.execute(select(func.count()).select_from(tally)).scalar_one()
        assert kept == credited == PHONES * FORMS + 100, (kept, credited)
        here.store.close()
        return [_row("200 phones, 20 forms each", PHONES * FORMS, all_at_once), _row("the same again (20 phones)", 20 * FORMS, again),
                _row("one phone, 100 forms", 100, one), _row("one phone, 50 photos of 150 KiB", 50, photos)]


def _row(what: str, items: int, measured: Measured) -> dict:
    return {"what": what, "items": items, "items/s": items / measured.wall, "server CPU ms an item": measured.cpu / items * 1000,
            **{f"request {name}": value for name, value in _percentiles(measured.posts).items()},
            **({f"acknowledged {name}": value for name, value in _percentiles(measured.acknowledged).items()}
               if isinstance(measured, Synced) else {})}


def sign_in(here: Installation, campaign: object, count: int = PHONES) -> list[Signed]:
    """`count` volunteers of one team, which has all doors; their phones."""
    at = clock.now()
    pin_hash = people.hash_pin("123456")
    with here.store.write() as connection:
        users = [people.add(connection, here.keyring, campaign, role="volunteer", name="艾丽丝", team_name="一组", at=at,
                            actor=COMMAND_LINE, pin="123456", pin_hash=pin_hash).user for _ in range(count)]
        connection.execute(update(dwelling).values(team_id=users[0].team_id))
        form_versions.add_report_form(connection, campaign.id, *library("incident-report"), at, COMMAND_LINE)
    app = create_app(here)
    sign = app.session_interface.get_signing_serializer(app)
    made = []
    for user in users:
        token = secrets.token_hex(20)
        cookie = sign.dumps({"user": [user.id, user.epoch, int(at.timestamp())], "csrf_token": token})
        made.append(Signed(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", app.extensions["csrf_tokens"].dumps(token)))
    return made


def form(street: object, door: int) -> dict:
    at = f"{clock.now():%Y-%m-%dT%H:%M:%S}.000Z"
    return {"id": secrets.token_hex(16), "kind": "form", "at": at, "began": at, "door": door, "household": 1,
            "xml": to_xml(street.form, street.household, instance_id=f"uuid:{uuid.uuid4()}").decode()}


def _post(path: str, phone: Signed, body: bytes, more: str = "Content-Type: application/json\r\n") -> bytes:
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {phone.cookie}\r\nX-CSRFToken: {phone.token}\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


async def sync(server: Server, phones: list[Signed], queues: list[list[dict]]) -> Synced:
    """All phones send their queues at once."""
    measured = Synced()
    cpu, start = server.cpu(), time.perf_counter()
    await asyncio.gather(*[_phone(server.port, *pair, measured, start) for pair in zip(phones, queues)])
    measured.wall, measured.cpu = time.perf_counter() - start, server.cpu() - cpu
    return measured


async def _phone(port: int, phone: Signed, queue: list[dict], measured: Synced, start: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waiting = list(queue)
    while waiting:
        began = time.perf_counter()
        status, _, page = await _ask(reader, writer, _post("/v/app/sync", phone, body_of(waiting[:_BATCH])))
        measured.posts.append(time.perf_counter() - began)
        assert status == 200, (status, page[:300])
        answers = json.loads(page)["answers"]
        assert all(each["status"] in ("taken", "again") or each.get("soon") for each in answers), page[:600].decode()
        done = {each["id"] for each in answers if each["status"] != "later"}
        measured.acknowledged += [time.perf_counter() - start] * len(done)
        waiting = [each for each in waiting if each["id"] not in done]
    writer.close()


def body_of(items: list[dict]) -> bytes:
    """A request of the queue."""
    return json.dumps({"device": "bench", "now": f"{clock.now():%Y-%m-%dT%H:%M:%S}.000Z", "items": items}, ensure_ascii=False).encode()


async def _photos(server: Server, phone: Signed, count: int) -> Measured:
    """Incident reports, each with one photo in one chunk."""
    _, form = library("incident-report")
    photo = next(question.name for question in form.files if question.type == "image")
    measured, at = Measured(), f"{clock.now():%Y-%m-%dT%H:%M:%S}.000Z"
    items = [{"id": secrets.token_hex(16), "kind": "report", "at": at, "began": at,
              "xml": to_xml(form, {photo: f"{n}.jpg"}, instance_id=f"uuid:{uuid.uuid4()}").decode()} for n in range(count)]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await _ask(reader, writer, _post("/v/app/sync", phone, json.dumps({"now": at, "items": items}).encode()))
    cpu, start = server.cpu(), time.perf_counter()
    for n, item in enumerate(items):
        body = b"\xff\xd8\xff" + os.urandom(_PHOTO)
        began = time.perf_counter()
        status, _, page = await _ask(reader, writer, _post(
            f"/v/app/file/{item['id']}/{n}.jpg?offset=0", phone, body, "Content-Type: application/octet-stream\r\n"
            f"X-File-Size: {len(body)}\r\nX-File-Digest: {hashlib.sha256(body).hexdigest()}\r\n"))
        measured.posts.append(time.perf_counter() - began)
        assert status == 200 and json.loads(page)["complete"], page[:300]
    measured.wall, measured.cpu = time.perf_counter() - start, server.cpu() - cpu
    writer.close()
    return measured
