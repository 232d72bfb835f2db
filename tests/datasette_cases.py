"""A real Datasette process over published files, and readers who sign in to it as the survey site lets them."""
from __future__ import annotations

import dataclasses
import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from campaigns import clock, reader_ticket
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.people import NewUser
from exports.publication import server
from tests import core_cases as core

BROWSER = {"accept": "text/html,application/xhtml+xml"}


@dataclass
class Served:
    """An installation whose published files are served at `address`; what the process says goes to `log`."""

    here: Installation
    address: str
    process: subprocess.Popen
    log: Path

    def reader(self, campaign: Campaign, role: str = "lead", team: str | None = "第二组", user: NewUser | None = None) -> httpx.Client:
        """A browser signed in to `campaign`."""
        user = user or core.worker(self.here, campaign, role, "鲍勃", team=team)
        ticket = reader_ticket.issue(self.here.server, user.user, campaign.slug, clock.now())
        return httpx.Client(base_url=self.address, headers=BROWSER, cookies={reader_ticket.COOKIE: ticket} if ticket else {},
                            follow_redirects=True, timeout=30)

    def stranger(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers=BROWSER, follow_redirects=True, timeout=30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.here.store.close()


def serve(home: Path) -> Served:
    """Start Datasette as `survey serve` does, on a port of its own, with nothing published yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = core.installation(home, datasette_port=port)
    with here.store.read():
        pass
    settings = dataclasses.replace(here.settings, datasette_port=port)
    log = home / "datasette.log"
    with log.open("wb") as output:
        process = subprocess.Popen(server.command(settings), stdout=output, stderr=subprocess.STDOUT,
                                   env={**os.environ, "SURVEY_HOME": str(home), "PYTHONUNBUFFERED": "1"})
    served = Served(here, f"http://127.0.0.1:{port}", process, log)
    deadline = time.monotonic() + 60
    while True:
        try:
            served.stranger().get("/")
            return served
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


def every_page(client: httpx.Client, start: str = "/", most: int = 2000) -> dict[str, httpx.Response]:
    """Every page, table, JSON and CSV that links lead to from `start`, within Datasette."""
    found, todo = {}, [start]
    while todo and len(found) < most:
        address = todo.pop()
        if address in found:
            continue
        found[address] = client.get(address)
        if "html" in found[address].headers.get("content-type", ""):
            for link in re.findall(r'href="([^"#]+)', found[address].text):
                link = link.replace("&amp;", "&").removeprefix(str(client.base_url).rstrip("/"))
                if link.startswith("/") and not re.search(r"_sort|_next|/-/static|_filter|_where|\?sql=", link):
                    todo.append(link)
    return found
