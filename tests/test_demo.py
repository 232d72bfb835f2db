"""`survey demo` as a newcomer meets it: made, kept, made anew, and never over anything else."""
from __future__ import annotations

import fcntl
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests import terminal

SMALL = ("--dwellings", "30", "--no-serve")


@pytest.fixture
def survey(tmp_path):
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return terminal.run(*arguments, cwd=tmp_path, environment=_environment(**environment))
    return run


def facts(shown: subprocess.CompletedProcess) -> dict:
    """What `--json` printed."""
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A folder with a demo in `instance`, and what making it printed."""
    folder = tmp_path_factory.mktemp("made")
    return folder, terminal.installed("demo", *SMALL, cwd=folder, environment=_environment())


@pytest.fixture
def there(made_once, tmp_path):
    """That demo, copied to where this test's commands run."""
    shutil.copytree(made_once[0] / "instance", tmp_path / "instance")


def _environment(**more: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "SURVEY_LANGUAGE": "en", "LC_ALL": "C.UTF-8", **more}


def store(tmp_path: Path, home: str = "instance") -> Path:
    return tmp_path / home / "store.db"


def one(path: Path, sql: str) -> object:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchone()[0]


def test_a_demo_shows_a_door_a_volunteer_and_a_lead_and_says_that_it_is_made_up(made_once):
    folder, shown = made_once
    assert shown.returncode == 0, shown.stderr
    assert "all made up" in shown.stderr
    assert "http://localhost:8000/h/" in shown.stdout and "█" in shown.stdout
    assert "volunteer V001" in shown.stdout and "team lead L001" in shown.stdout and shown.stdout.count("PIN ") == 2
    assert "http://localhost:8001" in shown.stdout
    assert (folder / "instance" / "published" / "demo.db").exists()


def test_a_demo_speaks_chinese(survey, there):
    assert "志愿者 V001" in survey("demo", *SMALL, SURVEY_LANGUAGE="zh").stdout


def test_the_second_start_keeps_what_is_there_with_the_same_log_ins(survey, there, tmp_path):
    first = facts(survey("demo", *SMALL, "--json"))
    made_at = store(tmp_path).stat().st_ino
    again = facts(survey("demo", *SMALL, "--json"))
    assert again == first
    assert store(tmp_path).stat().st_ino == made_at


def test_fresh_makes_a_demo_anew(survey, there, tmp_path):
    first = facts(survey("demo", *SMALL, "--json"))
    again = facts(survey("demo", *SMALL, "--fresh", "--seed", "2", "--json"))
    assert again["household"]["code"] != first["household"]["code"]
    assert one(store(tmp_path), "SELECT count(*) FROM campaign") == 1
    assert one(tmp_path / "instance/demo/truth.sqlite", "SELECT value FROM made WHERE name = 'seed'") == "2"


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_a_folder_with_another_campaign_is_never_touched(survey, tmp_path, fresh):
    survey("campaign", "new", "--preset", "housing-census", "--slug", "real", "--title", "真的", "--opens", "2026-03-01T08:00",
           "--closes", "2026-03-20T18:00")
    before = store(tmp_path).read_bytes()
    refused = survey("demo", *SMALL, *fresh)
    assert refused.returncode == 1
    assert "holds other campaigns (real)" in refused.stderr and "--home" in refused.stderr
    assert store(tmp_path).read_bytes() == before
    assert (tmp_path / "instance/keys/campaign-real.key").exists()


def test_a_campaign_called_demo_that_no_demo_made_is_not_touched_either(survey, tmp_path):
    survey("campaign", "new", "--preset", "housing-census", "--slug", "demo", "--title", "真的", "--opens", "2026-03-01T08:00",
           "--closes", "2026-03-20T18:00")
    assert survey("demo", *SMALL, "--fresh").returncode == 1
    assert one(store(tmp_path), "SELECT title_zh FROM campaign") == "真的"


def test_fresh_is_refused_once_somebody_began_a_campaign_of_their_own_beside_the_demo(survey, there, tmp_path):
    survey("campaign", "new", "--preset", "housing-census", "--slug", "mine", "--title", "我的", "--opens", "2026-03-01T08:00",
           "--closes", "2026-03-20T18:00")
    assert survey("demo", *SMALL).returncode == 0  # kept and shown
    refused = survey("demo", *SMALL, "--fresh")
    assert refused.returncode == 1 and "mine" in refused.stderr
    assert one(store(tmp_path), "SELECT count(*) FROM campaign") == 2


def test_a_demo_that_was_interrupted_is_made_anew(survey, there, tmp_path):
    (tmp_path / "instance/demo/made.json").unlink()  # written last: without it the making never ended
    again = survey("demo", *SMALL)
    assert again.returncode == 0, again.stderr
    assert "all made up" in again.stderr
    assert one(store(tmp_path), "SELECT count(*) FROM campaign") == 1


def test_a_demo_killed_half_way_is_made_anew(survey, tmp_path):
    making = subprocess.Popen([terminal.INSTALLED, "demo", "--dwellings", "3000", "--no-serve"], cwd=tmp_path, env=_environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not store(tmp_path).exists() and making.poll() is None:
        time.sleep(0.01)
    making.kill()
    making.wait()
    assert not (tmp_path / "instance/demo/made.json").exists()
    assert survey("demo", *SMALL).returncode == 0
    assert one(store(tmp_path), "SELECT count(*) FROM dwelling") == 30


def test_two_demos_are_not_made_in_one_folder_at_once(survey, tmp_path):
    (tmp_path / "instance").mkdir()
    with open(tmp_path / "instance/.demo.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = survey("demo", *SMALL)
    assert refused.returncode == 1 and "Another survey demo" in refused.stderr


def test_home_and_slug_are_taken_from_the_options(survey, tmp_path):
    shown = facts(survey("demo", *SMALL, "--home", "elsewhere", "--slug", "tour", "--json"))
    assert shown["campaign"] == "tour"
    assert one(store(tmp_path, "elsewhere"), "SELECT slug FROM campaign") == "tour"
    assert not (tmp_path / "instance").exists()


def test_start_says_when_the_campaign_opened_and_one_in_the_future_is_refused(survey, there, tmp_path):
    survey("demo", *SMALL, "--fresh", "--start", "2026-03-01")
    assert one(store(tmp_path), "SELECT opens_at FROM campaign") == 1_772_323_200_000  # 08:00 in Shanghai
    refused = survey("demo", *SMALL, "--fresh", "--start", "2999-01-01")
    assert refused.returncode == 1 and "too late" in refused.stderr
    assert one(store(tmp_path), "SELECT count(*) FROM campaign") == 1  # what was there is still there


def test_clean_publishes_exactly_the_truth(survey, tmp_path):
    survey("demo", *SMALL, "--clean")
    truth = tmp_path / "instance/demo/truth.sqlite"
    told = "FROM dwelling WHERE id IN (SELECT dwelling_id FROM telling)"
    published = tmp_path / "instance/published/demo.db"
    assert one(published, "SELECT recorded FROM progress") == one(truth, f"SELECT count(*) {told}")
    assert one(published, "SELECT persons FROM progress") == one(truth, f"SELECT sum(persons) {told}")


def test_log_ins_and_truth_are_readable_by_the_owner_only(there, tmp_path):
    for name in ("logins.json", "truth.sqlite"):
        assert (tmp_path / "instance/demo" / name).stat().st_mode & 0o077 == 0


def test_a_demo_without_a_font_is_made_without_sheets(survey, tmp_path):
    shown = survey("demo", *SMALL, SURVEY_FONTS=str(tmp_path / "none.ttf"))
    assert shown.returncode == 0, shown.stderr
    assert not (tmp_path / "instance/sheets").exists()


def test_a_demo_is_served_and_ends_with_ctrl_c(tmp_path):
    site, progress = _free_port(), _free_port()
    environment = _environment(SURVEY_PORT=str(site), SURVEY_DATASETTE_PORT=str(progress), SURVEY_WORKERS="1")
    running = subprocess.Popen([terminal.INSTALLED, "demo", "--dwellings", "30"], cwd=tmp_path, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    shown = []
    for line in running.stdout:
        shown.append(line)
        if "Ctrl-C" in line:
            break
    link = next(line.strip() for line in shown if "/h/" in line)
    assert link.startswith(f"http://localhost:{site}/h/")
    with urllib.request.urlopen(link, timeout=30) as page:
        assert page.status == 200 and "龙泉街道住房与人口登记（演示）" in page.read().decode()
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 0
    for port in (site, progress):
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
