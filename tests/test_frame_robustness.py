"""Damaged and strange workbooks that others collected: each ends in a refusal or a result, in bounded time and memory."""
import json
import os
import resource
from pathlib import Path

import pytest

from campaigns.frame import headings, register
from campaigns.frame.comparison import _Comparison, _dwellings
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.plans import Plan
from tests import live_server

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "robustness"
AT_ONCE = 10  # files a child process; a crash names the file it died on
MOST_MEMORY = 3 << 30  # address space, of which the libraries map half a gigabyte
MOST_SECONDS = 120  # of one child; a file takes far less than a second


def read_each(files, output):
    """What a process of its own does: reads every one of `files` as the import of a register would."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with open(output, "w", encoding="utf-8", buffering=1) as said:
        for file in files:
            print("begin", file, file=said)
            try:
                sheets = register.sheets_of(Path(file), headings.score, headings.HEAD)
                plan = Plan(None, "", True, "")
                print("end", sum(1 for _ in _dwellings(plan, _Comparison(plan, None, {}), Path(file), sheets, {})), file=said)
            except RegisterRefused as refusal:
                assert refusal.text.zh and refusal.text.en
                print("refused", refusal.text.en, file=said)


def batches():
    files = sorted(path for folder in ("xlsx_malformed", "xlsx_odd") for path in (CORPUS / folder).glob("*"))
    return [files[start:start + AT_ONCE] for start in range(0, len(files), AT_ONCE)]


def run(files, folder):
    """The exit status of reading `files`, and what was said."""
    output = folder / "said"
    reading = live_server.fork(read_each, [str(file) for file in files], str(output))
    reading.join(MOST_SECONDS)
    reading.kill()
    reading.join()
    return reading.exitcode, output.read_text(encoding="utf-8")


def test_the_corpus_is_there_where_it_must_be():
    if os.environ.get("CI") == "true":
        assert CORPUS.is_dir()
    if not CORPUS.is_dir():
        pytest.skip("robustness corpus is not beside this repository")


@pytest.mark.parametrize("files", batches(), ids=lambda files: files[0].name)
def test_a_strange_workbook_is_read_or_refused(files, tmp_path):
    status, said = run(files, tmp_path)
    assert status == 0, said.splitlines()[-1:]
    assert said.count("begin") == len(files)


@pytest.mark.parametrize("name", ["password.xls", "protected_passtika.xlsb"])
def test_a_workbook_with_a_password_is_named_as_such(name, tmp_path):
    path = CORPUS / "xlsx_malformed" / name
    if not path.exists():
        pytest.skip(f"{name} is not in the corpus beside this repository")
    assert "has a password" in run([path], tmp_path)[1]


def test_names_with_rare_characters_come_through_gb18030(tmp_path):
    listed = CORPUS / "cn" / "rare_chars_tgh2013_extensions.json"
    if not listed.exists():
        pytest.skip("rare characters corpus is not beside this repository")
    rare = json.loads(listed.read_text(encoding="utf-8"))
    path = tmp_path / "rare.csv"
    path.write_bytes(b"\xb5\xd8\xd6\xb7\n" + b"\n".join(bytes.fromhex(each["gb18030"]) for each in rare))
    sheet, = register.sheets_of(path, headings.score, headings.HEAD)
    assert [row[0] for row in list(sheet.rows())[1:]] == [each["char"] for each in rare]
