"""Folders of cases that are incomplete, broken or full of other things: the run says so, and runs the rest."""
import json

import pytest

from forms.conformance.__main__ import main

FORM = "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'><h:head><model><instance><data id='x'/>" \
       "</instance></model></h:head><h:body/></h:html>"
INIT = json.dumps({"op": "init", "form": FORM})
BROKEN = {
    "xpath_cases/cases.json": '{"cases": [{"id": "Z1", "expression": "1+1", "type": "number", "expected": "2"},'
                              '{"id": "Z2", "expression": "1+", "type": "string", "expected": ""}, 5, {"id": "Z3"},'
                              '{"expression": "3", "type": "odd"}]}',
    "xpath_cases/must_pass.json": '["Z1", "Z77"]', "xpath_cases/engines_disagree.json": "",
    "form_scenarios/scenarios.jsonl":
        f'{{"id": 1}}\n\nbroken\n{{"id": "S0008", "steps": [{INIT}]}}\n{{"id": "Q", "steps": [{{"op": "dance"}}]}}',
    "forms_walks/a.json": "{", "forms_walks/b.json": '{"initial": {"nodes": {}}, "steps": []}',
    "xlsform_cases/readme.txt": "no cases", "forms/deep/er/x.xlsx": "", "forms/~$y.xlsx": "", "forms/notes.txt": "",
    "xform_fixtures/a.xml": "", "xform_fixtures/b.xml": "<model", "xform_fixtures/c.xml": FORM, "more/a.json": "{",
}


@pytest.fixture
def corpus(tmp_path):
    for name, content in BROKEN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_what_is_broken_or_missing_is_named_and_the_rest_runs(corpus, capsys):
    assert main([str(corpus), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {name: (each["passed"], sorted(each["failed"])) for name, each in found.items() if each["passed"] or each["failed"]} == {
        "expressions, references agree": (["Z1"], []), "expressions, other": ([], ["Z2", "cases.json:5"]),
        "form scenarios": (["S0008"], ["Q"]), "real forms, verdict": (["deep/er/x.xlsx"], []), "XForms of other tools": (["c.xml"], [])}
    skipped = {name: reason for each in found.values() for name, reason in each["skipped"].items()}
    assert set(skipped) == {"Z77", "engines_disagree.json", "cases.json:3", "Z3", "1", "scenarios.jsonl:3", "a", "b", "cases.jsonl",
                            "~$y.xlsx", "a.xml", "b.xml"}
    assert "no such file" in skipped["cases.jsonl"] or "cannot be read" in skipped["cases.jsonl"]


def test_a_run_of_nothing_is_no_success(corpus, tmp_path, capsys):
    assert main([str(corpus), "walks"]) == 2
    assert "nothing was there to run" in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere"), "walks"]) == 2
    assert "no such folder" in capsys.readouterr().err
