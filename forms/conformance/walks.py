"""Walks: random answers to real forms, state by state against an independent engine."""
from __future__ import annotations

import json
from pathlib import Path

from forms.conformance.kinds import Outcome, empty
from forms.conformance.states import RECORDED, Differs, compare
from forms.model.evaluation import Context
from forms.model.reading import read
from forms.model.state import State

FOLDER = "forms_walks"


def run(folder: Path) -> dict[str, Outcome]:
    """The walks, and each of their steps."""
    outcome, steps = empty(), empty()
    for path in sorted(folder.glob("*.json")):
        name = path.stem
        walk = json.loads(path.read_text("utf-8"))
        xform = folder.parent / "forms_xform" / f"{name}.xml"
        if not xform.exists():
            outcome.skipped[name] = "its XForm is not in forms_xform"
            continue
        done, problem = walked(xform.read_bytes(), walk)
        steps.passed.extend(f"{name}:{number}" for number in range(done))
        if problem:
            outcome.failed[name] = problem
            steps.failed[f"{name}:{done}"] = problem
        else:
            outcome.passed.append(name)
    return {"walks through real forms": outcome, "steps of these walks (until the first that differs)": steps}


def walked(xform: bytes, walk: dict) -> tuple[int, str]:
    """How many states agreed, and what differed then ("" for nothing)."""
    done = 0
    try:
        state = State(read(xform), Context(now=RECORDED))
        expected = dict(walk["initial"]["nodes"])
        compare(state, expected, walk.get("initial_instance"))
        for step in walk["steps"]:
            done += 1
            if step["op"] == "answer":
                state.set(step["ref"], step["value"])
            else:
                state.add_repeat(step["ref"])
            for ref in step["state"].get("removed") or ():
                expected.pop(ref, None)
            expected.update(step["state"]["nodes"])
            compare(state, expected, None)
        if not walk.get("engine_error"):
            compare(state, expected, walk.get("final_instance"))
    except Differs as found:
        return done, f"step {done}: {found}"
    except Exception as error:  # a crash is a failure of this walk, not of the run
        return done, f"step {done}: {type(error).__name__}: {error}"
    return done + 1, ""
