"""The form engine: loading, the first page and its weight, judging a census of three persons, expressions.

CPU times are of this process and the least of several rounds, as the machine has other work; nothing is sent over a network.
ODK Central checks no constraint on the server, so there is no figure of a peer for judging.
"""
from __future__ import annotations

import gzip
import io
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from werkzeug.test import EnvironBuilder

from benchmarks._open_street import build, household
from campaigns import form_versions
from forms.answers import validate
from forms.form import Form, library, load
from forms.plan import Rule, Update
from survey.app import create_app

_QUESTIONS, _ROUNDS = 500, 7
_NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
_LINKED = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


def run() -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        return [*_loading(), *_judging(), *_pages(Path(folder))]


def _row(what: str, value: float, unit: str, target: str = "") -> dict:
    return {"what": what, "value": value, "unit": unit, "target": target}


def _cpu_ms(work: Callable[[], object], times: int) -> float:
    """The least CPU time of one `work`, in ms."""
    work()
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - began) / times * 1000)
    return best


def _loading() -> Iterator[dict]:
    data = _workbook()
    yield _row(f"load of a workbook with {_QUESTIONS} questions, cold", _cpu_ms(lambda: load(data, "big"), 1), "CPU ms")
    with tempfile.TemporaryDirectory() as folder:
        street = build(Path(folder), doors=1)
        with street.here.store.read() as connection:
            yield _row("the same kept (a form version is read once a process)",
                       _cpu_ms(lambda: form_versions.household_form(connection, street.campaign.id), 200), "CPU ms")
        street.here.store.close()


def _workbook() -> bytes:
    """Questions of every plain kind, a fifth of them asked only after an answer, a fifth with a rule."""
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    sheet.append(["type", "name", "label", "relevant", "constraint", "constraint_message"])
    kinds = ("text", "integer", "select_one yes_no", "decimal", "date")
    for n in range(_QUESTIONS):
        relevant = f"${{q{n - n % 5 + 2 - 5}}} = 'yes'" if n % 5 == 1 and n > 5 else ""
        sheet.append([kinds[n % 5], f"q{n}", f"Question {n}", relevant, ". < 1000" if n % 5 == 3 else "", "less than 1000"])
    choices = book.create_sheet("choices")
    for row in (["list_name", "name", "label"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]):
        choices.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _judging() -> Iterator[dict]:
    form, answers = library("housing-census")[1], household()
    yield _row("census of three persons judged", _cpu_ms(
        lambda: validate(form, answers, today=_NOW.date(), max_persons=100, now=_NOW), 100), "CPU ms", "<= 0.6")
    count = _expressions(form, answers)
    ms = _cpu_ms(lambda: validate(form, answers, today=_NOW.date(), max_persons=100, now=_NOW), 100)
    yield _row(f"expressions of that ({count} in it), everything else included", count / ms * 1000, "a CPU s")


def _expressions(form: Form, answers: dict) -> int:
    """How many expressions are worked out when these answers are judged."""
    run: list[int] = []

    def counted(entry: Update | Rule) -> Update | Rule:
        return entry._replace(**{name: lambda block, of=each: run.append(1) or of(block)
                                 for name, each in entry._asdict().items() if name != "question" and callable(each)})

    steps, rules = form.steps, form.rules
    form.steps, form.rules = [counted(each) for each in steps], {part: [counted(each) for each in of] for part, of in rules.items()}
    try:
        validate(form, answers, today=_NOW.date(), max_persons=100, now=_NOW)
    finally:
        form.steps, form.rules = steps, rules
    return len(run)


def _pages(home: Path) -> Iterator[dict]:
    street = build(home, doors=3)
    app = create_app(street.here)
    client, path = app.test_client(), f"/h/{street.codes[0]}/form"
    asked = EnvironBuilder(path).get_environ()

    def first_page() -> None:
        """What a server does with the site; the test client itself takes as long as a third of the page."""
        answer = app.wsgi_app({**asked}, lambda *_: None)
        b"".join(answer)
        answer.close()

    yield _row("first page of the census, whole request without the server", _cpu_ms(first_page, 100), "CPU ms", "<= 0.5")
    page = client.get(path).data
    parts = {"page": page} | {name.decode(): client.get(name.decode()).data for name in dict.fromkeys(_LINKED.findall(page))}
    weight = {name: len(gzip.compress(content, 6)) for name, content in parts.items()}
    yield _row(f"first view of the census: {len(parts)} responses, gzipped", sum(weight.values()) / 1024, "KiB", "<= 60")
    yield _row("  of these the page itself", weight["page"] / 1024, "KiB")
    street.here.store.close()
