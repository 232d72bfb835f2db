"""Form scenarios and walks: after each step, the whole state of a form against what the reference engine computed."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from forms.model.definition import Definition, Fault
from forms.model.evaluation import Context
from forms.model.reading import read
from forms.model.state import EndlessForm, State

# When and where the expectations were recorded.
RECORDED = datetime.fromisoformat("2026-11-20T23:30:41.239-07:00")
PLACE = "38.295 21.7567 110.0 5.0"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)")
COMPARED = ("relevant", "value", "required", "readonly", "label", "hint", "options", "violation")


class Outcome(NamedTuple):
    """`result`: passed, failed or skipped; `detail`: why."""

    id: str
    result: str
    detail: str = ""


class Differs(Exception):
    """What was computed is not what was expected."""


def run_scenarios(folder: Path) -> Iterator[Outcome]:
    for name in ("scenarios.jsonl", "scenarios_big_forms.jsonl"):
        with (folder / name).open(encoding="utf-8") as lines:
            for line in lines:
                yield run_scenario(json.loads(line))


def run_scenario(case: dict) -> Outcome:
    """Play one scenario."""
    try:
        _Play(case).run()
    except Differs as found:
        return Outcome(case["id"], "failed", str(found))
    except Exception as error:  # a crash is a failure of this case, not of the run
        return Outcome(case["id"], "failed", f"{type(error).__name__}: {error}")
    return Outcome(case["id"], "passed")


class _Play:
    def __init__(self, case: dict):
        self.case = case
        self.states: dict[int, State] = {}
        self.form: Definition | None = None
        self.expected: dict[str, dict] = {}
        self.cursor: dict[int, str] = {}
        self.after: State | None = None
        self.fed: bytes | None = None

    def run(self) -> None:
        for number, step in enumerate(self.case["steps"]):
            if "op" in step:
                try:
                    self.step(step, number)
                except Differs as found:
                    raise Differs(f"step {number} {step['op']}: {found}") from None

    def step(self, step: dict, number: int) -> None:
        operation = step["op"]
        if "error" in step:
            self.refused(step)
            return
        if operation.startswith("state-after-"):
            self.take_over(step, number)
        elif operation in ("next", "prev", "jumpToBeginningOfForm"):
            self.cursor[step["scenario"]] = step["at"]
            return
        else:
            getattr(self, "op_" + operation, self.op_restore)(step)
        state = step.get("state")
        if state:
            self.compare(self.states[step.get("scenario", max(self.states))], state)

    def refused(self, step: dict) -> None:
        try:
            getattr(self, "op_" + step["op"])(step)
        except (Fault, EndlessForm, ValueError):
            return
        raise Differs(f"expected the error {step['error']!r}")

    def op_init(self, step: dict) -> None:
        files = {}
        for resource in step.get("resources") or ():
            content = (resource["content"] or "").encode()
            files[resource["url"]] = files[resource["fileName"]] = content
        options = step.get("options") or {}
        self.form = read(step["form"].encode(), files, blank_missing=True)
        if self.form.faults:
            raise self.form.faults[0]
        self.properties = options.get("preloadProperties") or {}
        edited = options.get("editInstance")
        self.states[step.get("scenario", 0)] = self.begin(edited.encode() if edited else None, edit=bool(edited))

    def begin(self, xml: bytes | None = None, edit: bool = False) -> State:
        context = Context(now=RECORDED, properties=self.properties, place=PLACE if PLACE in str(self.case) else "")
        return State(self.form, context, xml, edit=edit)

    def op_answer(self, step: dict) -> None:
        state, args = self.states[step.get("scenario", max(self.states))], list(step["args"])
        ref = args.pop(0) if len(args) > 1 else self.cursor[step.get("scenario", max(self.states))]
        value = args if len(args) > 1 else args[0]
        if isinstance(value, dict):  # a file: only its name stands in the instance
            value = (step.get("state") or {}).get("nodes", {}).get(ref, {}).get("value", "")
        state.set(ref, value)

    def op_createNewRepeat(self, step: dict) -> None:
        asked = step["args"][0]
        ref = asked["assertCurrentReference"] if isinstance(asked, dict) else asked
        self.states[step["scenario"]].add_repeat(ref)

    def op_removeRepeat(self, step: dict) -> None:
        self.states[step["scenario"]].remove_repeat(step["args"][0])

    def op_setLanguage(self, step: dict) -> None:
        state = self.states[step["scenario"]]
        wanted = step["args"][0]
        if wanted in state.form.texts.languages:
            state.set_language(wanted)

    def op_restore(self, step: dict) -> None:
        """Restore, serialise-and-restore and edit: the next step names the new state."""
        xml = self.states[step.get("scenario", max(self.states))].serialise()
        data = (step["args"] or [{}])[0]
        # A file that the test itself made up is not recorded; what the reference then held is read instead.
        self.fed = None if isinstance(data, dict) and {"object": "FormData"} in data.get("data", ()) else xml
        self.edit = step["op"] == "editCurrentInstance"

    def take_over(self, step: dict, number: int) -> None:
        xml = self.fed if self.fed is not None else step["state"]["instance"].encode()
        self.states[step.get("scenario", max(self.states))] = self.begin(xml, self.edit)

    def compare(self, state: State, expected: dict) -> None:
        for ref in expected.get("removed") or ():
            self.expected.pop(ref, None)
        self.expected.update(expected["nodes"])
        compare(state, self.expected, expected.get("instance"))


def compare(state: State, nodes: dict, instance: str | None) -> None:
    """Raise Differs unless the state shows these nodes and serialises to this instance."""
    shown = state.state()
    for ref, want in nodes.items():
        have = shown.get(ref)
        if have is None:
            raise Differs(f"{ref} is missing")
        for key in COMPARED:
            if said(want.get(key), key) != said(have.get(key), key):
                raise Differs(f"{ref} {key}: {have.get(key)!r}, expected {want.get(key)!r}")
    more = set(shown) - set(nodes)
    if more:
        raise Differs(f"{min(more)} should not be there")
    if instance is not None:
        have, want = tree(state.serialise()), tree(instance.encode())
        if have != want:
            raise Differs(f"instance {have}, expected {want}")


def said(value: object, key: str) -> object:
    """A value without what differs from run to run, words without the blanks that are not shown."""
    if key == "violation" and isinstance(value, dict):
        return (value.get("condition"), said(value.get("message"), "label"))
    if key == "options":
        return [(code, said(words, "label")) for code, words in value or ()]
    if key in ("label", "hint"):
        return " ".join((value or "").split())
    if key == "value" and isinstance(value, str):
        return _MOMENT.sub("MOMENT", _UUID.sub("ID", value))
    return value or False


def tree(xml: bytes) -> tuple:
    return _tree(etree.fromstring(xml))


def _tree(element: etree._Element) -> tuple:
    children = [_tree(child) for child in element if isinstance(child.tag, str)]
    text = "" if children else said(element.text or "", "value")
    return (element.tag, sorted((name, said(value, "value")) for name, value in element.attrib.items()), text, children)
