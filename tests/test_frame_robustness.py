"""Damaged and strange workbooks that others collected: each ends in a refusal or a result, in bounded time and memory."""
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "robustness"
AT_ONCE = 10  # files a child process; a crash names the file it died on
MOST_MEMORY = 3 << 30  # address space, of which the libraries map half a gigabyte
MOST_SECONDS = 120  # of one child; a file takes far less than a second

CHILD = """
import sys, resource
from pathlib import Path
from campaigns.frame import headings, register
from campaigns.frame.comparison import _dwellings, _Comparison
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.plans import Plan
for name in sys.argv[1:]:
    print("begin", name, flush=True)
    try:
        sheets = register.sheets_of(Path(name), headings.score, headings.HEAD)
        plan = Plan(None, "", True, "")
        print("end", sum(1 for _ in _dwellings(plan, _Comparison(plan, None, {}), Path(name), sheets, {})), flush=True)
    except RegisterRefused as refusal:
        assert refusal.text.zh and refusal.text.en
        print("refused", refusal.text.en, flush=True)
"""


def batches():
    files = sorted(path for folder in ("xlsx_malformed", "xlsx_odd") for path in (CORPUS / folder).glob("*"))
    return [files[start:start + AT_ONCE] for start in range(0, len(files), AT_ONCE)]


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def run(files):
    return subprocess.run([sys.executable, "-c", CHILD, *map(str, files)], cwd=ROOT, preexec_fn=limits, capture_output=True,
                          text=True, timeout=MOST_SECONDS)


def test_the_corpus_is_there_where_it_must_be():
    if os.environ.get("CI") == "true":
        assert CORPUS.is_dir()
    if not CORPUS.is_dir():
        pytest.skip("robustness corpus is not beside this repository")


@pytest.mark.parametrize("files", batches(), ids=lambda files: files[0].name)
def test_a_strange_workbook_is_read_or_refused(files):
    done = run(files)
    assert done.returncode == 0, (done.stdout.splitlines()[-1:], done.stderr[-2_000:])
    assert done.stdout.count("begin") == len(files)


@pytest.mark.parametrize("name", ["password.xls", "protected_passtika.xlsb"])
def test_a_workbook_with_a_password_is_named_as_such(name):
    path = CORPUS / "xlsx_malformed" / name
    if not path.exists():
        pytest.skip(f"{name} is not in the corpus beside this repository")
    assert "has a password" in run([path]).stdout


def test_names_with_rare_characters_come_through_gb18030(tmp_path):
    listed = CORPUS / "cn" / "rare_chars_tgh2013_extensions.json"
    if not listed.exists():
        pytest.skip("rare characters corpus is not beside this repository")
    from campaigns.frame import headings, register
    rare = json.loads(listed.read_text(encoding="utf-8"))
    path = tmp_path / "rare.csv"
    path.write_bytes(b"\xb5\xd8\xd6\xb7\n" + b"\n".join(bytes.fromhex(each["gb18030"]) for each in rare))
    sheet, = register.sheets_of(path, headings.score, headings.HEAD)
    assert [row[0] for row in list(sheet.rows())[1:]] == [each["char"] for each in rare]
