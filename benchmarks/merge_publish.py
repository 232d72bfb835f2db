"""Merge and publication at the size of Longquan street, the refresh after 1,000 submissions, and ten times the street."""
from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import _street
from benchmarks._street import LONGQUAN, NOW
from campaigns.audit import COMMAND_LINE
from exports import publication

NEWS = 1_000


def run(doors: int = LONGQUAN, tenfold: bool = True) -> list[dict]:
    """A row a step: seconds, processor seconds, and the peak memory of the process that did it."""
    rows = _at(doors, ("8 s", "2 s"))
    return rows + (_at(doors * 10, ("", "")) if tenfold else [])


def _at(doors: int, targets: tuple[str, str]) -> list[dict]:
    with tempfile.TemporaryDirectory() as home:
        _apart(_build, home, doors)
        first = _apart(_publish, home)
        _apart(_more, home, doors)
        again = _apart(_publish, home)
    return [{"what": what, "size": size, **measured, "target": target} for what, size, measured, target in (
        ("merge and publish everything", f"{doors:,} doors", first, targets[0]),
        (f"refresh after {NEWS:,} submissions", f"{doors:,} doors", again, targets[1]))]


def _build(home: str, doors: int) -> None:
    _street.build(Path(home), doors, doors - NEWS)


def _more(home: str, doors: int) -> None:
    here, made = _street.reopen(Path(home))
    _street.add(here, made, range(doors - NEWS + 1, doors + 1))


def _publish(home: str) -> dict:
    here, made = _street.reopen(Path(home))
    before = _peak()
    began, cpu = time.perf_counter(), time.process_time()
    publication.publish(here, made, NOW + timedelta(minutes=1), COMMAND_LINE)
    return {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu, "peak_mib": _peak(),
            "mib_before": before}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _apart(work, *arguments: object) -> dict:
    """`work` in a fresh process, so that its peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)
