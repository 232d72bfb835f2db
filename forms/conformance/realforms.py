"""Real forms: each loads and can be filled, sent and read back; or is refused with sheet, row and cause."""
from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from forms.answers import from_post, to_post, validate
from forms.conformance.filler import answers_for
from forms.conformance.kinds import Outcome, crash, empty
from forms.form import Form, FormError, load
from forms.submission import from_xml, to_xml

FOLDER = "forms"
TODAY = date(2026, 11, 20)


def run(folder: Path) -> dict[str, Outcome]:
    """The verdicts on the workbooks, and the journey of answers through each that loads."""
    judged = _judged(folder.parent / "forms_manifest.csv")
    verdicts, journeys = empty(), empty()
    for path in sorted(folder.rglob("*.xls*")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith("~$"):
            verdicts.skipped[name] = "left by a spreadsheet that was open"
            continue
        try:
            form = load(path.read_bytes(), path.stem)
        except FormError as error:
            placed = all(problem.sheet and problem.cause.en and problem.remedy.en for problem in error.problems)
            if judged.get(name, False) or not placed:
                verdicts.failed[name] = f"refused: {error}"
            else:
                verdicts.passed.append(name)
            continue
        except Exception as error:  # a crash is a failure of this form, not of the run
            verdicts.failed[name] = crash(error)
            continue
        if judged.get(name) is False and path.parent.name == "invalid":
            verdicts.failed[name] = "taken, though it is invalid"
        else:
            verdicts.passed.append(name)
        try:
            problem = journey(form)
        except Exception as error:
            problem = crash(error)
        if problem:
            journeys.failed[name] = problem
        else:
            journeys.passed.append(name)
    return {"real forms, verdict": verdicts, "real forms, filled and sent": journeys}


def _judged(manifest: Path) -> dict[str, bool]:
    """Whether pyxform and ODK Validate took a form, by folder/file."""
    if not manifest.exists():
        return {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row["pyxform_4_5"] == "ok" and row["odk_validate_1_20"] == "valid" for row in csv.DictReader(lines)
                if {"file", "pyxform_4_5", "odk_validate_1_20"} <= set(row)}


def journey(form: Form) -> str:
    """What changes on the way answers -> post -> answers -> XML -> answers; "" for nothing."""
    raw = answers_for(form)
    posted: dict[str, list[str]] = {}
    for name, value in to_post(form, raw):
        posted.setdefault(name, []).append(value)
    first = validate(form, from_post(form, posted), today=TODAY, max_persons=50)
    again = validate(form, from_xml(form, to_xml(form, first.answers, instance_id="uuid:1")), today=TODAY, max_persons=50)
    if again.answers != first.answers:
        return f"sent {_difference(first.answers, again.answers)}"
    if raw and not first.answers:
        return "nothing was kept"
    return ""


def _difference(one: dict, two: dict) -> str:
    names = [name for name in {**one, **two} if one.get(name) != two.get(name)]
    return "; ".join(f"{name}: {one.get(name)!r} came back as {two.get(name)!r}" for name in names[:3])
