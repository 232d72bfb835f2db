"""Lighthouse (mobile) on the pages that residents see first: `make lighthouse`. It needs node; the program itself is fetched by npx
once (LIGHTHOUSE names one that is installed already). Exit 1 when a score is under 95."""
from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from campaigns.installation import Installation
from campaigns.settings import Settings
from forms.form import library
from survey.cli.serve import web_command
from tests import cast

LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
PROGRAM = (os.environ.get("LIGHTHOUSE") or "npx --yes lighthouse@12.8.2").split()
FLAGS = ["--output=json", "--quiet", "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
         f"--only-categories={','.join(CATEGORIES)}"]


def run() -> list[dict]:
    """[{"page", "performance", "accessibility", "best-practices", "first view ms", "bytes"}]"""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        here = Installation(Settings(home=Path(folder) / "instance", port=port, workers=1))
        made = cast.campaign(here)
        door = cast.door(here, made, "501")
        server = subprocess.Popen(web_command(here.settings), env={**os.environ, "SURVEY_HOME": str(here.settings.home)})
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            found = [_judged("landing", f"{address}/h/{door.code}"), _judged("census form", f"{address}/h/{door.code}/form")]
            with here.store.write() as connection:
                form_versions.use_workbook(connection, made.id, library("building-listing")[0], "form", clock.now(), COMMAND_LINE)
            return [*found, _judged("a form of several pages", f"{address}/h/{door.code}/form")]
        finally:
            server.terminate()
            server.wait(20)
            here.store.close()


def _wait(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)


def _judged(name: str, address: str) -> dict:
    report = json.loads(_asked(address))
    scores = {each: round(report["categories"][each]["score"] * 100) for each in CATEGORIES}
    audits = report["audits"]
    print(json.dumps({"page": name, **scores}), *(f"  {each['id']}: {each['title']}" for each in audits.values()
          if each["score"] is not None and each["score"] < 0.9 and each["scoreDisplayMode"] != "informative"), sep="\n", file=sys.stderr)
    return {"page": name, **scores, "first view ms": round(audits["first-contentful-paint"]["numericValue"]),
            "bytes": round(audits["total-byte-weight"]["numericValue"])}


def _asked(address: str) -> str:
    """What Lighthouse says of a page. Now and then it misses that the page was opened, and asks to be run again."""
    for tries_left in (2, 1, 0):
        done = subprocess.run([*PROGRAM, address, *FLAGS], stdout=subprocess.PIPE, text=True, timeout=300, check=not tries_left,
                              env={"CHROME_PATH": "/usr/bin/chromium", **os.environ})
        if done.returncode == 0:
            break
    return done.stdout


if __name__ == "__main__":
    pages = run()
    for page in pages:
        print("  ".join(f"{key} {value}" for key, value in page.items()))
    sys.exit(any(page[each] < LEAST for page in pages for each in CATEGORIES))
