"""Walks: random answers to real forms, state by state against an independent engine."""
from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from forms.conformance.kinds import Outcome, crash, empty, read_json
from forms.conformance.states import Differs, compare
from forms.model.definition import Definition
from forms.model.evaluation import Context
from forms.model.reading import read
from forms.model.state import State

FOLDER = "forms_walks"
# The walks were recorded around midnight; what a walk calls today says on which side.
RECORDED = {day: datetime.fromisoformat(f"2026-11-{day}T{time}-07:00") for day, time in (("20", "23:50:00"), ("21", "00:16:43"))}
_DAY = re.compile(r"2026-11-(20|21)")


def run(folder: Path) -> dict[str, Outcome]:
    """The walks, and each of their steps."""
    outcome, steps = empty(), empty()
    for path in sorted(folder.glob("*.json")):
        name = path.stem
        walk = read_json(path, outcome)
        if not isinstance(walk, dict) or not {"initial", "steps"} <= set(walk):
            outcome.skipped.pop(path.name, None)
            outcome.skipped[name] = "no walk"
            continue
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


def _recorded(walk: dict) -> datetime:
    found = _DAY.search(json.dumps(walk["initial"]["nodes"]))
    return RECORDED[found[1] if found else "20"]


def left_to_chance(form: Definition) -> set[str]:
    """The references of nodes whose value or relevance hangs on a random number or on the time of day."""
    found = {node for node in form.root.walk() for kind in ("calculate", "relevant")
             if getattr(node, kind) is not None and getattr(node, kind).is_volatile}
    found |= {node for action in form.actions if action.value is not None and action.value.is_volatile
              for node in [form.nodes.get(action.ref)] if node is not None}
    todo = list(found)
    while todo:
        node = todo.pop()
        below = [child for child in node.walk() if child not in found]
        reached = [edge.target for edge in form.dependents.get(node, ()) if edge.target not in found]
        found.update(below, reached)
        todo += below + reached
    return {node.ref for node in found}


def walked(xform: bytes, walk: dict) -> tuple[int, str]:
    """How many states agreed, and what differed then ("" for nothing)."""
    done = 0
    try:
        state = State(read(xform), Context(now=_recorded(walk)))
        chance = left_to_chance(state.form)
        expected = dict(walk["initial"]["nodes"])
        compare(state, expected, walk.get("initial_instance"), chance)
        for step in walk["steps"]:
            done += 1
            if step["op"] == "answer":
                state.set(step["ref"], step["value"])
            else:
                state.add_repeat(step["ref"])
            for ref in step["state"].get("removed") or ():
                expected.pop(ref, None)
            expected.update(step["state"]["nodes"])
            compare(state, expected, None, chance)
        if not walk.get("engine_error"):
            compare(state, expected, walk.get("final_instance"), chance)
    except Differs as found:
        return done, f"step {done}: {found}"
    except Exception as error:  # a crash is a failure of this walk, not of the run
        return done, f"step {done}: {crash(error)}"
    return done + 1, ""
