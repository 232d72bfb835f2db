"""Expressions worked out on one core: evaluations a second, and compilations."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from forms.xpath.evaluator import Context, compile

_ANSWERS = etree.fromstring(
    "<data><home><use>residential</use><area>85.5</area></home><many>a b c</many>"
    + "<p><name>王小明</name><born>1990-03-04</born><sex>1</sex></p>" * 5 + "</data>")
_TOWNS = 10_000
_INSTANCE = etree.fromstring("<instance><root>" + "".join(
    f"<item><name>t{n}</name><county>c{n % 100}</county></item>" for n in range(_TOWNS)) + "</root></instance>")
_EXPRESSIONS = (
    ("a code compared", "/data/home/use = 'residential' or /data/home/use = 'mixed'", "/data/many"),
    ("a chosen code", "selected(../many, 'b')", "/data/home"),
    ("a number within bounds", ". >= 1 and . <= 100000", "/data/home/area"),
    ("a date before today", ". <= today()", "/data/p[2]/born"),
    ("an age in years", "int((today() - ../born) div 365.25)", "/data/p[2]/sex"),
    ("a date written out", "format-date(../born, '%Y%m%d')", "/data/p[2]/sex"),
    ("a pattern", r"regex(., '[\p{L} ]{2,40}')", "/data/p[2]/name"),
    ("a sum over a repeat", "sum(/data/p/sex)", "/data/many"),
    ("a place in a repeat", "position(..)", "/data/p[5]/sex"),
    (f"a row among {_TOWNS:,} by its code", "instance('towns')/root/item[name = 't9999']/county", "/data/many"),
)


def run() -> list[dict]:
    """One row an expression: what, evaluations/s, µs each; and one for compiling."""
    world = Context(datetime(2026, 3, 10, 12, tzinfo=UTC), top=_ANSWERS, instances={"towns": _INSTANCE})
    rows = []
    for what, source, at in _EXPRESSIONS:
        compiled, node = compile(source), _ANSWERS.xpath(at)[0]
        rows.append(_row(what, lambda: compiled.text(node, world)))  # noqa: B023 - used at once
    rows.append(_row("compiling `if(../a = 'b', ../c + 1, today())`", lambda: compile("if(../a = 'b', ../c + 1, today())")))
    return rows


def _row(what: str, work: Callable[[], object]) -> dict:
    work()
    times, began = 0, time.process_time()
    while (spent := time.process_time() - began) < 0.3:
        for _ in range(200):
            work()
        times += 200
    return {"what": what, "a second": int(times / spent), "µs each": spent / times * 1e6}
