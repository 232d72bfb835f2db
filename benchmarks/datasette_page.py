"""The team leads' progress page: 50 readers who never pause, before, during and after refreshes; also at ten times the street."""
from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks import _street
from benchmarks._street import LONGQUAN, NOW
from campaigns import clock, people, reader_ticket
from campaigns.audit import COMMAND_LINE
from exports import publication
from exports.publication import server

READERS, SECONDS = 50, 10
TARGET = "p95 < 200 ms"


def run(sizes: tuple[int, ...] = (LONGQUAN, LONGQUAN * 10)) -> list[dict]:
    """A row a size and a kind of page: requests/s, p50, p95 and p99 in ms, server CPU ms a request, its peak memory."""
    return [row for doors in sizes for row in _at(doors)]


def _at(doors: int) -> list[dict]:
    with tempfile.TemporaryDirectory() as home:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            ticket = pool.apply(_prepare, (home, doors))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        here, _ = _street.reopen(Path(home))
        process = subprocess.Popen(server.command(replace(here.settings, datasette_port=port)),
                                   env={**os.environ, "SURVEY_HOME": home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            rows = [_read(what, path, port, ticket, process.pid) for what, path in (
                ("progress page", "/"), ("table of compounds", "/bench/compounds"))]
            publisher = subprocess.Popen([sys.executable, "-c", _REFRESHING, home])
            rows.append(_read("progress page while refreshing", "/", port, ticket, process.pid))
            publisher.kill()
            publisher.wait()
        finally:
            process.terminate()
            process.wait()
    return [{"what": row["what"], "size": f"{doors:,} doors, {READERS} readers", **row,
             "target": TARGET if row["what"].startswith("progress") else ""} for row in rows]


_REFRESHING = ("import sys\nfrom pathlib import Path\nfrom benchmarks import _street\nfrom exports import publication\n"
               "from campaigns import clock\nfrom campaigns.audit import COMMAND_LINE\n"
               "here, made = _street.reopen(Path(sys.argv[1]))\n"
               "while True:\n    publication.publish(here, made, clock.now(), COMMAND_LINE)\n")


def _prepare(home: str, doors: int) -> str:
    here, made = _street.build(Path(home), doors)
    publication.publish(here, made, NOW + timedelta(minutes=1), COMMAND_LINE)
    with here.store.write() as connection:
        lead = people.add(connection, here.keyring, made, role="lead", name="组长", team_name="第一组", at=NOW, actor=COMMAND_LINE)
    return reader_ticket.issue(here.server, lead.user, made.slug, clock.now())


def _wait(port: int) -> None:
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/assets/progress.css", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)


def _read(what: str, path: str, port: int, ticket: str, pid: int) -> dict:
    request = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
               f"Cookie: {reader_ticket.COOKIE}={ticket}\r\n\r\n").encode()
    asyncio.run(_readers(request, port, 1))
    before, began = _cpu(pid), time.perf_counter()
    took = sorted(asyncio.run(_readers(request, port, SECONDS)))
    elapsed, used = time.perf_counter() - began, _cpu(pid) - before

    def at(share: float) -> float:
        return took[int(len(took) * share)] * 1000

    return {"what": what, "per_s": len(took) / elapsed, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
            "server_cpu_ms": used * 1000 / len(took), "peak_mib": _peak(pid)}


async def _readers(request: bytes, port: int, seconds: float) -> list[float]:
    until = time.perf_counter() + seconds
    return [each for took in await asyncio.gather(*(_reader(request, port, until) for _ in range(READERS))) for each in took]


async def _reader(request: bytes, port: int, until: float) -> list[float]:
    reading, writing = await asyncio.open_connection("127.0.0.1", port)
    took = []
    while (began := time.perf_counter()) < until:
        writing.write(request)
        head = await reading.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:80].decode())
        while (size := int((await reading.readline()).strip(), 16)) > 0:  # chunked
            await reading.readexactly(size + 2)
        await reading.readline()
        took.append(time.perf_counter() - began)
    writing.close()
    return took


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
