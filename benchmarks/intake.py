"""Intake: GET the form + POST a census submission of three persons, durable before the answer.

The peer is ODK Central v2026.2.2 on the same kind of machine (2 cores, the client on it too), posting a census form with
three persons: 8.8 CPU ms a submission, 126-224 accepted/s at 8 connections, 170/s at 32, p99 484-826 ms.
"""
from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

from benchmarks._open_street import build
from campaigns.settings import Settings
from forms import answers
from survey.cli.serve import web_command

_SUBMISSIONS = {1: 400, 8: 2400, 32: 4800}
_WARM_UP = 300
_SITE = "survey.wsgi:app"
_HIDDEN = re.compile(rb'<input\b(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>')


@dataclass
class Measured:
    """Times of the requests in seconds, and the CPU seconds that the server's processes took meanwhile."""

    gets: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0


def run() -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        street = build(Path(folder), doors=sum(_SUBMISSIONS.values()) + 3000)
        with Server(Path(folder)) as server:
            return _rows(server, iter(street.codes), street)


def _rows(server: Server, codes: Iterator[str], street: object) -> list[dict]:
    body = answers.to_post(street.form, street.household)
    asyncio.run(_load(server, [next(codes) for _ in range(_WARM_UP)], body, 8, post=True))
    gets = asyncio.run(_load(server, [next(codes) for _ in range(2000)], body, 8, post=False))
    rows = [{"connections": 8, "what": "GET form", "per s": len(gets.gets) / gets.wall,
             "server CPU ms": gets.cpu / len(gets.gets) * 1000, **_percentiles(gets.gets), "target": "<= 0.5 CPU ms"}]
    for connections, count in _SUBMISSIONS.items():
        measured = asyncio.run(_load(server, [next(codes) for _ in range(count)], body, connections, post=True))
        rows.append({"connections": connections, "what": "GET + POST", "per s": count / measured.wall,
                     "server CPU ms": measured.cpu / count * 1000, **_percentiles(measured.posts),
                     "target": ">= 600/s, <= 2.5 CPU ms, p99 < 100" if connections == 32 else "<= 2.5 CPU ms"})
    return rows


def _percentiles(seconds: list[float]) -> dict:
    ordered = sorted(seconds)
    return {f"p{share} ms": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000 for share in (50, 95, 99)}


class Server:
    """The survey site in processes of its own, as `survey serve` runs it; or another `app` in its place."""

    def __init__(self, home: Path, app: str = _SITE):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._environment = {**os.environ, "SURVEY_HOME": str(home), "SURVEY_PORT": str(self.port)}
        self._command = [app if each == _SITE else each for each in web_command(Settings.read(self._environment))]

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(self._command, env=self._environment)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.05)
        time.sleep(1)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def cpu(self) -> float:
        """User and system seconds of all its processes so far."""
        root = psutil.Process(self.process.pid)
        times = [each.cpu_times() for each in [root, *root.children(recursive=True)]]
        return sum(each.user + each.system for each in times)


async def _load(server: Server, codes: list[str], body: list[tuple[str, str]], connections: int, post: bool) -> Measured:
    measured, waiting = Measured(), iter(codes)
    cpu, start = server.cpu(), time.perf_counter()
    await asyncio.gather(*[_resident(server.port, waiting, body, measured, post) for _ in range(connections)])
    measured.wall, measured.cpu = time.perf_counter() - start, server.cpu() - cpu
    return measured


async def _resident(port: int, codes: Iterator[str], body: list[tuple[str, str]], measured: Measured, post: bool) -> None:
    """One connection that fills the form of one door after the other, as a phone that never had a cookie."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for code in codes:
        path = f"/h/{code}/form"
        began = time.perf_counter()
        status, headers, page = await _ask(reader, writer, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        measured.gets.append(time.perf_counter() - began)
        assert status == 200, (status, page[:500])
        if not post:
            continue
        hidden = [(name.decode(), value.decode()) for name, value in _HIDDEN.findall(page)]
        data = urlencode([*hidden, *body]).encode()
        request = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {_cookies(headers)}\r\nReferer: http://localhost{path}\r\n"
                   f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(data)}\r\n\r\n").encode()
        began = time.perf_counter()
        status, headers, page = await _ask(reader, writer, request + data)
        measured.posts.append(time.perf_counter() - began)
        assert status == 303, (status, page[-3000:].decode())
    writer.close()


def _cookies(headers: list[bytes]) -> str:
    return "; ".join(header.split(b":", 1)[1].split(b";")[0].strip().decode()
                     for header in headers if header.lower().startswith(b"set-cookie:"))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, list[bytes], bytes]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length:"))
    return int(head[0].split()[1]), head, await reader.readexactly(length)
