"""One campaign of Longquan size, whole: from the register to the archive in another database, totals against the truth.

`python -m benchmarks.full_campaign [--dwellings N] [--mistakes] [--home DIR]`. Making the campaign runs in this process and
its helpers, every later step as the command that an organiser would type. Peak MiB is the resident memory of all processes
of a step together, sampled.
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.__main__ import machine, table
from campaigns import campaign as campaigns
from campaigns import clock
from campaigns.believable import make, score, sizes
from campaigns.believable.home import DemoHome
from campaigns.believable.make import Plan
from campaigns.believable.sizes import Size
from campaigns.believable.truth import Truth
from campaigns.installation import Installation
from campaigns.settings import Settings

_SURVEY = str(Path(sys.executable).with_name("survey"))
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20
_SAMPLE_SECONDS = 0.05
_TARGETS = {"import": "8 s, 400 MiB", "codes print": "30 s, 300 MiB", "merge": "8 s", "publish": "8 s",
            "archive export": "60 s, 500 MiB", "archive verify": "20 s", "archive import": "30 s"}


def run() -> list[dict]:
    """The whole campaign at Longquan size, without mistakes, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return Run(Path(folder), sizes.longquan(sizes.CLEAN)).all()


class Run:
    """One run in `folder`; `rows` are its measurements."""

    def __init__(self, folder: Path, size: Size):
        self.folder, self.size = folder, size
        self.home = folder / "instance"
        self.rows: list[dict] = []

    def all(self) -> list[dict]:
        self.make()
        print_, out = ("codes", "print", "--layout", "label"), self.folder / "campaign.survey"
        self.command(*print_, "--campaign", "demo", "--out", str(self.folder / "labels"))
        self.command("merge", "--campaign", "demo")
        self.command("publish", "--campaign", "demo", "--no-merge")  # compares every entry with the others, once
        self.command("publish", "--campaign", "demo", "--no-merge", name="publish again")
        self.command("archive", "export", "--campaign", "demo", "--out", str(out))
        self.command("archive", "verify", str(out))
        into = f"sqlite:///{self.folder / 'main.db'}"
        first = self.command("archive", "import", str(out), "--into", into)
        again = self.command("archive", "import", str(out), "--into", into, name="archive import again")
        self.total()
        self.rows += self.against_the_truth(first, again)
        return self.rows

    def make(self) -> None:
        """Register, import, people, codes, submissions: the demo's own making, measured part by part."""
        here = Installation(Settings(home=self.home))
        folder = DemoHome(here)
        folder.begin("demo")
        plan = Plan(self.size, 1, make.default_opening(self.size, clock.now()))
        make.make(here, plan, folder, self._stage)
        folder.finish("demo")
        here.store.close()

    @contextmanager
    def _stage(self, name: str, words: object, total: int) -> Iterator[Callable[[int], None]]:
        with self._measured(name, os.getpid(), total):
            yield lambda done: None

    def command(self, *arguments: str, name: str = "") -> dict:
        """Run `survey ARGUMENTS --json` and return what it printed."""
        environment = {**os.environ, "SURVEY_HOME": str(self.home), "SURVEY_PUBLIC_URL": "https://survey.example.cn"}
        with tempfile.TemporaryFile("w+") as printed:
            began = subprocess.Popen([_SURVEY, *arguments, "--json"], env=environment, stdout=printed)
            words = " ".join(each for each in arguments[:2] if not each.startswith("-") and "/" not in each)
            with self._measured(name or words, began.pid, self.size.dwellings):
                status = began.wait()
            if status:
                sys.exit(f"survey {' '.join(arguments)} ended with {status}")
            printed.seek(0)
            return json.load(printed)

    @contextmanager
    def _measured(self, name: str, pid: int, size: int) -> Iterator[None]:
        with _Peak(pid) as peak:
            before, cpu = time.monotonic(), _cpu()
            yield
            seconds, cpu = time.monotonic() - before, _cpu() - cpu
        self.rows.append({"what": name, "size": size, "seconds": seconds, "cpu s": cpu, "peak MiB": round(peak.mib),
                          "target": _TARGETS.get(name, "")})
        print(f"{name}: {seconds:.1f} s, {cpu:.1f} CPU s, {peak.mib:.0f} MiB", file=sys.stderr, flush=True)

    def total(self) -> None:
        self.rows.append({"what": "all of it", "seconds": sum(row["seconds"] for row in self.rows),
                          "cpu s": sum(row["cpu s"] for row in self.rows), "peak MiB": max(row["peak MiB"] for row in self.rows)})

    def against_the_truth(self, first: dict, again: dict) -> list[dict]:
        """Rows that compare what was published, archived and imported with the truth, in all and by compound."""
        here, folder = Installation(Settings(home=self.home)), DemoHome(Installation(Settings(home=self.home)))
        truth = Truth(folder.truth)
        with here.store.read() as connection:
            campaign = campaigns.by_slug(connection, "demo")
            scored = score.compare(connection, here.keyring.campaign("demo"), campaign, truth)
        told, merged = scored.told_in_all, scored.merged_in_all
        published = _row(self.home / "published/demo.db", "SELECT recorded, households, persons FROM progress")
        compounds = dict((name, (doors, persons)) for name, doors, persons in _rows(
            self.home / "published/demo.db", "SELECT compound, recorded + listed, persons FROM compounds"))
        received = _row(self.folder / "main.db", "SELECT (SELECT count(*) FROM household), (SELECT count(*) FROM person)")
        right = {name: (each.doors, each.persons) for name, each in scored.told.items()}
        facts = [
            ("there is", f"{scored.there}"), ("told by any channel", f"{told}"), ("merged", f"{merged}"),
            ("records equal to the truth", f"{scored.agree:,} of {merged.households:,} inhabited; persons {dict(scored.persons)}"),
            ("merged is the truth, to the last person", scored.exact),
            ("published: doors recorded, households, persons", "{:,}, {:,}, {:,}".format(*published)),
            ("published households and persons equal the truth", published[1:] == (told.households, told.persons)),
            ("published by compound is the truth", f"{compounds == right} ({len(right)} compounds)"),
            ("imported by the main system: households, persons", "{:,}, {:,}".format(*received)),
            ("archive import added", _changes(first)), ("importing again added", _changes(again)),
        ]
        return [{"what": what, "size": str(value)} for what, value in facts]


def _changes(outcome: dict) -> str:
    return ", ".join(f"{name} {change['added']}" for name, change in outcome["tables"].items())


def _row(path: Path, sql: str) -> tuple:
    return _rows(path, sql)[0]


def _rows(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def _cpu() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    return sum(os.times()[:4])


class _Peak:
    """Samples the resident memory of a process and everything below it; `mib` is the most seen."""

    def __init__(self, pid: int):
        self.pid, self.mib = pid, 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        done = False
        while not done:
            self.mib = max(self.mib, _resident(self.pid))
            done = self._done.wait(_SAMPLE_SECONDS)


def _resident(pid: int) -> float:
    """MiB of `pid` and its descendants; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = {child for each in Path(f"/proc/{pid}/task").iterdir() for child in (each / "children").read_text().split()}
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * _PAGE_MIB + sum(_resident(int(child)) for child in children)


def main() -> None:
    """Command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dwellings", type=int, help="a smaller campaign")
    options.add_argument("--mistakes", action="store_true", help="with mistakes and duplicates at the usual rates")
    options.add_argument("--home", type=Path, help="keep everything in this folder, which is emptied first")
    chosen = options.parse_args()
    rates = sizes.Rates() if chosen.mistakes else sizes.CLEAN
    size = sizes.small(chosen.dwellings, rates) if chosen.dwellings else sizes.longquan(rates)
    folder = chosen.home or Path(tempfile.mkdtemp(prefix="full-campaign-"))
    if chosen.home and folder.exists():
        if any(folder.iterdir()) and not (folder / "instance/demo/begun.json").exists():
            sys.exit(f"{folder} is not empty and holds no earlier run; choose another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        rows = Run(folder, size).all()
    finally:
        if not chosen.home:
            shutil.rmtree(folder)
    print(machine(), table(rows), sep="\n\n")


if __name__ == "__main__":
    main()
