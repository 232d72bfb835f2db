"""XForms of other tools' own tests: each is read and begun, or named for what is wrong with it."""
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from forms.conformance.kinds import Outcome, crash, empty
from forms.model.definition import Fault
from forms.model.evaluation import Context, XPathError
from forms.model.reading import read
from forms.model.state import EndlessForm, State

FOLDER = "xform_fixtures"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NO_FORM = "data, not a form"


def run(folder: Path) -> dict[str, Outcome]:
    """Passed: read, begun, written and read again. Failed: a crash, or a fault without a cause."""
    outcome = empty()
    for path in sorted(folder.rglob("*.xml")):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        if b"<model" not in content and b":model" not in content:
            outcome.skipped[name] = NO_FORM
            continue
        try:
            problem = begun(content)
        except (Fault, EndlessForm, XPathError) as error:
            outcome.skipped[name] = f"refused: {error}"[:200]
            continue
        except Exception as error:  # a crash is a failure of this form, not of the run
            problem = crash(error)
        if problem:
            outcome.failed[name] = problem
        else:
            outcome.passed.append(name)
    return {"XForms of other tools": outcome}


def begun(content: bytes) -> str:
    """What is lost between a fresh instance and the same read again; "" for nothing."""
    form = read(content)
    if form.faults:
        raise form.faults[0]
    fresh = State(form, Context(now=NOW, seed=1))
    fresh.state()
    written = fresh.serialise()
    again = State(form, Context(now=NOW, seed=1), written)
    same = {ref: node["value"] for ref, node in again.state().items() if "value" in node}
    lost = [ref for ref, node in fresh.state().items() if node.get("value") and same.get(ref) != node["value"]
            and node["relevant"] and not node.get("readonly") and fresh.find(ref).d.calculate is None]
    return f"{lost[0]} came back as {same.get(lost[0])!r}" if lost and form.key else ""
