"""Form scenarios: after each step, the whole state of a form against what the reference engine computed."""
from __future__ import annotations

from pathlib import Path

from forms.conformance.kinds import Outcome, cases_in, crash, empty
from forms.conformance.states import RECORDED, Differs, compare
from forms.model.definition import Definition, Fault
from forms.model.evaluation import Context
from forms.model.reading import read
from forms.model.state import EndlessForm, State

FOLDER = "form_scenarios"
FILES = ("scenarios.jsonl", "scenarios_big_forms.jsonl")
PLACE = "38.295 21.7567 110.0 5.0"
# By id: the test that is meant (another corpus may use the id for another one), and why.
SKIPPED = {
    "S0008": ("odk:setgeopoint action > set point when event is xforms-value-changed",
              "the position that the device gave between two steps is not recorded"),
}


def run(folder: Path) -> dict[str, Outcome]:
    """The scenarios that upstream passes. (Those that it is known to fail have no expectations to trust.)"""
    outcome = empty()
    for name in FILES:
        if not (folder / name).exists() and name != FILES[0]:
            continue
        for case in cases_in(folder / name, outcome, ("steps",)):
            problem, (test, reason) = play(case), SKIPPED.get(case["id"], ("", ""))
            if problem and test and test == case.get("test"):
                outcome.skipped[case["id"]] = reason
            elif problem:
                outcome.failed[case["id"]] = problem
            else:
                outcome.passed.append(case["id"])
    return {"form scenarios": outcome}


def play(case: dict) -> str:
    """Play one scenario; gives what went otherwise, "" for nothing."""
    try:
        _Play(case).run()
    except Differs as found:
        return str(found)
    except Exception as error:  # a crash is a failure of this case, not of the run
        return crash(error)
    return ""


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
