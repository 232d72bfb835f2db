"""OpenRosa: a census submission of three persons as ODK Collect posts it, durable before the answer.

The peer is ODK Central v2026.2.2 on the same kind of machine (2 cores, the client on it too), near-empty, without nginx and TLS,
with node and PostgreSQL counted; it checks no constraint. Its form is of the same size; what it was not asked has no figure.
An empty Flask page under the same server, sent the same posts, tells what is left for the product to save. The aim of 0.9 CPU ms
is out of reach here: that page takes 0.6 of it and writing the transaction (eight statements, the audit's hash, the commit) as much
or more, before anything is looked up, judged, sealed or answered (ARCHITECTURE.md, Decisions, has all parts).
"""
from __future__ import annotations

import asyncio
import base64
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import update

from benchmarks._open_street import build
from benchmarks.intake import Measured, Server, _ask, _percentiles
from campaigns import clock, field_password, people
from campaigns.audit import COMMAND_LINE
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import dwelling
from forms.submission import to_xml

_SUBMISSIONS = {1: 500, 8: 4000, 32: 4000}
_WARM_UP = 400
# ODK Central by (what, connections).
_CENTRAL = {("form list", 8): "750/s", ("form XML", 8): "518/s",
            ("submission", 8): "126-224/s, 8.8 CPU ms, p50 29-58, p99 133-267 ms",
            ("submission", 32): "111-170/s, p50 159-182, p99 484-826 ms"}
_EMPTY = 2000


def run() -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        street = build(Path(folder), doors=sum(_SUBMISSIONS.values()) + _WARM_UP)
        sign = _volunteer(Path(folder), street.campaign)
        with Server(Path(folder)) as server:
            codes = iter(street.codes)
            asyncio.run(_load(server, [_request(street, next(codes), sign) for _ in range(_WARM_UP)], 8))
            listed = asyncio.run(_load(server, [_get("/openrosa/formList", sign)] * 2000, 8, status=200))
            form = asyncio.run(_load(server, [_get("/openrosa/forms/housing-census.xml", sign)] * 1000, 8, status=200))
            rows = [_row("form list", 8, 2000, listed), _row("form XML", 8, 1000, form)]
            for connections, count in _SUBMISSIONS.items():
                requests = [_request(street, next(codes), sign) for _ in range(count)]
                rows.append(_row("submission", connections, count, asyncio.run(_load(server, requests, connections))))
                rows[-1]["target"] = "<= 0.9 CPU ms, >= 1,000/s"
        with Server(Path(folder), "benchmarks._empty:app") as server:
            empty = [_request(street, street.codes[0], sign) for _ in range(_EMPTY)]
            rows.append(_row("the same to an empty page", 8, _EMPTY, asyncio.run(_load(server, empty, 8))))
        return rows


def _row(what: str, connections: int, count: int, measured: Measured) -> dict:
    return {"what": what, "connections": connections, "per s": count / measured.wall,
            "server CPU ms": measured.cpu / count * 1000, **_percentiles(measured.posts),
            "ODK Central": _CENTRAL.get((what, connections), "")}


def _volunteer(home: Path, campaign: object) -> str:
    """The Authorization header of a volunteer whose team has all doors."""
    here = Installation(Settings(home=home))
    at = clock.now()
    with here.store.write() as connection:
        new = people.add(connection, here.keyring, campaign, role="volunteer", name="艾丽丝", team_name="一组", at=at,
                         actor=COMMAND_LINE)
        connection.execute(update(dwelling).values(team_id=new.user.team_id))
        made = field_password.issue(connection, here.keyring, campaign, new.user, at, COMMAND_LINE)
    here.store.close()
    return "Basic " + base64.b64encode(f"{made.name}:{made.password}".encode()).decode()


def _head(method: str, path: str, sign: str, more: str = "") -> bytes:
    return (f"{method} {path}?deviceID=collect%3Abench HTTP/1.1\r\nHost: localhost\r\nX-OpenRosa-Version: 1.0\r\n"
            f"Authorization: {sign}\r\nUser-Agent: org.odk.collect.android/v2024.3\r\n{more}\r\n").encode()


def _get(path: str, sign: str) -> bytes:
    return _head("GET", path, sign, "Accept-Encoding: gzip\r\n")


def _request(street: object, code: str, sign: str) -> bytes:
    xml = to_xml(street.form, street.household, instance_id=f"uuid:{uuid.uuid4()}").replace(
        b"<dwelling>", f"<door_code>HTTPS://SURVEY.EXAMPLE.CN/H/{code}</door_code><dwelling>".encode(), 1)
    edge = str(uuid.uuid4())  # each post has its own, as those of the apps
    body = (f'--{edge}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="census.xml"\r\n'
            f"Content-Type: text/xml\r\nContent-Length: {len(xml)}\r\n\r\n").encode() + xml + f"\r\n--{edge}--\r\n".encode()
    return _head("POST", "/openrosa/submission", sign, f"Content-Type: multipart/form-data; boundary={edge}\r\n"
                 f"Content-Length: {len(body)}\r\n") + body


async def _load(server: Server, requests: list[bytes], connections: int, status: int = 201) -> Measured:
    measured, waiting = Measured(), iter(requests)
    cpu, start = server.cpu(), time.perf_counter()
    await asyncio.gather(*[_device(server.port, waiting, measured, status) for _ in range(connections)])
    measured.wall, measured.cpu = time.perf_counter() - start, server.cpu() - cpu
    return measured


async def _device(port: int, requests: Iterator[bytes], measured: Measured, wanted: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        began = time.perf_counter()
        status, _, page = await _ask(reader, writer, request)
        measured.posts.append(time.perf_counter() - began)
        assert status == wanted, (status, page[:500].decode())
    writer.close()
