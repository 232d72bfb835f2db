"""What an export leaves behind when it ends, is interrupted, refused or killed: nothing in plain, nothing half-made."""
import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from campaigns.keys import KeyMissing
from exports.archive import work
from exports.archive.checking import verify
from exports.archive.exporting import Steps
from exports.archive.refusals import CannotWrite
from tests import archive_cases as cases


@pytest.fixture
def fresh(tmp_path):
    """A street of one's own."""
    here, made = cases.street(tmp_path / "home")
    yield here, made
    here.store.close()


def left_behind(here, folder: Path) -> list[Path]:
    """Files that hold a person's name in plain, and half-made ones."""
    return [path for path in folder.rglob("*") if path.is_file() and (
        "王小明".encode() in path.read_bytes() or path.suffix == ".part" or here.settings.home / "work" in path.parents)]


def test_nothing_in_plain_stays_after_an_export(fresh, tmp_path):
    here, made = fresh
    cases.make(here, made, tmp_path / "a")
    assert left_behind(here, tmp_path) == []


class Interrupt(Steps):
    """Ctrl-C in the middle of the step of this number."""

    def __init__(self, number: int):
        self.number = number

    def step(self, words, length):
        self.number -= 1
        if self.number == 0:
            def raising(done):
                raise KeyboardInterrupt
            return nullcontext(raising)
        return super().step(words, length)


@pytest.mark.parametrize("number", [1, 2])
def test_nothing_stays_after_an_interruption(fresh, tmp_path, number):
    here, made = fresh
    with pytest.raises(KeyboardInterrupt):
        cases.make(here, made, tmp_path / "a", steps=Interrupt(number))
    assert left_behind(here, tmp_path) == [] and not (tmp_path / "a").exists()


def test_an_interrupted_export_leaves_the_earlier_archive_whole(fresh, tmp_path):
    here, made = fresh
    cases.make(here, made, tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        cases.make(here, made, tmp_path / "a", steps=Interrupt(2))
    assert verify(here, tmp_path / "a").opened


def test_a_missing_campaign_key_is_refused_and_leaves_nothing(fresh, tmp_path):
    here, made = fresh
    (here.keyring.folder / "campaign-c1.key").unlink()
    here.keyring._read.clear()
    with pytest.raises(KeyMissing):
        cases.make(here, made, tmp_path / "a")
    assert left_behind(here, tmp_path) == []


@pytest.mark.parametrize("name", ["no/such/folder/a", "."])
def test_a_place_that_cannot_be_written_is_refused(fresh, tmp_path, name):
    with pytest.raises(CannotWrite):
        cases.make(*fresh, tmp_path / name)


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path):
    script = ("import sys, time; from pathlib import Path; from exports.archive.work import private_folder\n"
              "with private_folder(Path(sys.argv[1])) as folder: (folder / 'plain').write_text('x'); print('in'); "
              "sys.stdout.flush(); time.sleep(60)")
    child = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert child.stdout.readline()
    with work.private_folder(tmp_path):
        assert len(list((tmp_path / "work").glob("*/plain"))) == 1  # in use by a living process
    child.kill()
    child.wait()
    with work.private_folder(tmp_path):
        assert list((tmp_path / "work").glob("*/plain")) == []


def test_being_told_to_stop_leaves_nothing(fresh, tmp_path):
    here, made = fresh
    child = subprocess.Popen([sys.executable, "-c", (
        "import exports.archive.content as content, time\n"
        "content.Content.tallies = lambda self: (print('now', flush=True), time.sleep(60))\n"
        "from survey.cli import main; main()"), "archive", "export", "--campaign", "c1", "--out", tmp_path / "a"],
        env={**os.environ, "SURVEY_HOME": str(here.settings.home)}, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert child.stdout.readline() == b"now\n"
    child.send_signal(signal.SIGTERM)
    child.wait()
    assert left_behind(here, tmp_path) == [] and not (tmp_path / "a").exists()
