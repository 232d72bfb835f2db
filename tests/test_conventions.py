"""The rules of the house, kept by tests: which way imports point, where Flask lives, what is in the repository."""
import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ["forms", "campaigns", "exports", "survey"]  # each may import itself and what stands before it
ONLY_IN = {"flask": "survey", "flask_wtf": "survey", "gunicorn": "survey", "datasette": "exports", "sqlite_utils": "exports"}
BANNED_NAMES = {"utils", "helpers", "common", "misc"}

SOURCES = [path for package in ORDER for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", ORDER)
def test_imports_point_one_way(package):
    allowed = ORDER[:ORDER.index(package) + 1]
    wrong = [f"{path.relative_to(ROOT)} imports {name}" for path in SOURCES if path.is_relative_to(ROOT / package)
             for name in imported(path) if name in ORDER and name not in allowed]
    assert wrong == []


def test_flask_and_datasette_stay_in_their_rooms():
    wrong = [f"{path.relative_to(ROOT)} imports {name}" for path in SOURCES for name in imported(path)
             if name in ONLY_IN and path.relative_to(ROOT).parts[0] != ONLY_IN[name]]
    assert wrong == []


def test_forms_needs_no_database_driver():
    wrong = [path.name for path in SOURCES if path.is_relative_to(ROOT / "forms")
             if {"sqlalchemy", "sqlite3", "psycopg"} & set(imported(path))]
    assert wrong == []


def test_no_module_is_a_drawer_for_anything():
    assert [path for path in SOURCES if {*path.with_suffix("").parts} & BANNED_NAMES] == []


def test_the_top_level_is_what_was_agreed():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {name.split("/")[0] for name in tracked} <= {
        "survey", "forms", "campaigns", "exports", "tests", "benchmarks", "docs", "datasette.yml", "README.md", "README.zh.md",
        "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock",
        "requirements-test.lock", ".ci", ".gitignore", ".gitattributes"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_locks_hold_names_versions_and_hashes_and_no_address(lock):
    lines = (ROOT / lock).read_text().splitlines()
    assert all(re.fullmatch(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines)


def test_the_two_locks_agree():
    def pins(lock):
        return {line.split("==")[0]: line.split("==")[1].split()[0]
                for line in (ROOT / lock).read_text().splitlines() if "==" in line}
    run, test = pins("requirements.lock"), pins("requirements-test.lock")
    assert {name: test.get(name) for name in run} == run


def test_no_template_or_script_asks_for_anything_from_elsewhere():
    fetched = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]\s*["']?(?:https?:)?//(?!\{\{|www\.w3\.org)""")
    assets = [path for kind in ("*.html", "*.js", "*.css") for path in ROOT.glob(f"*/**/{kind}")
              if path.relative_to(ROOT).parts[0] in ORDER]
    assert assets
    assert [path.name for path in assets if fetched.search(path.read_text(encoding="utf-8"))] == []
