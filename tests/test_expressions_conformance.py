"""The expression cases that the field's reference engines agree on."""
import json
import os
from pathlib import Path

import pytest

from forms.conformance.__main__ import main
from forms.conformance.kinds import run_kind

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="needs ../shared/corpus")
# Where the engines differ we follow one of them; docs/forms-conformance.md says which and why.
OTHER_CHOICE = {"X1678", "X1880", "X1887", "X1895", "X1708", "X1712", "X3120", "X1867", "X2957", "X2968", "X2969", "X2970"}


@pytest.fixture(scope="module")
def outcomes():
    return run_kind("xpath", CORPUS)


@needs_corpus
def test_every_case_that_the_references_agree_on_passes(outcomes):
    agreed = outcomes["expressions, references agree"]
    assert len(agreed.passed) >= 1340
    assert agreed.failed == {}


@needs_corpus
def test_the_other_cases_fail_only_where_the_choice_is_documented(outcomes):
    failed = {case for outcome in outcomes.values() for case in outcome.failed}
    assert failed == OTHER_CHOICE


@needs_corpus
def test_the_choices_are_in_the_documentation():
    for page in ("forms-conformance.md", "forms-conformance.zh.md"):
        written = (Path(__file__).parents[1] / "docs" / page).read_text("utf-8")
        assert [case for case in sorted(OTHER_CHOICE) if case not in written] == []


CASES = {"format": 1, "docs": {"d": "<a><b>1</b></a>"}, "cases": [
    {"id": "A", "expression": "/a/b + 1", "type": "number", "expected": 2.0, "doc": "d", "context": "/"},
    {"id": "B", "expression": "/a/b + 1", "type": "number", "expected": 3.0, "doc": "d", "context": "/"},
    {"id": "C", "expression": "nosuch()", "type": "error", "expected": True, "doc": None, "context": "/"},
    {"id": "D", "expression": "//b", "type": "nodeset", "expected": ["/*[1]/*[1]"], "doc": "d", "context": "/*[1]"},
    {"id": "E", "expression": ".", "type": "string", "expected": "", "doc": "d", "context": "(detached #document-fragment)"},
]}


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "xpath_cases").mkdir()
    (tmp_path / "xpath_cases" / "cases.json").write_text(json.dumps(CASES))
    (tmp_path / "xpath_cases" / "must_pass.json").write_text(json.dumps({"cases": CASES["cases"][:2]}))
    return tmp_path


def test_the_runner_prints_what_passed_failed_and_was_skipped(corpus, capsys):
    assert main([str(corpus)]) == 1
    said = capsys.readouterr().out
    assert "references agree: 1 passed, 1 failed, 0 skipped (50.0%)" in said
    assert "failed: B" in said
    assert "skipped, answers are never a document fragment: E" in said


def test_the_runner_speaks_json(corpus, capsys):
    main([str(corpus), "--json", "xpath"])
    found = json.loads(capsys.readouterr().out)
    assert found["expressions, other"]["passed"] == ["C", "D"]
    assert "3.0" in found["expressions, references agree"]["failed"]["B"]


def test_a_corpus_without_the_folder_is_said(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "no such folder" in capsys.readouterr().err
