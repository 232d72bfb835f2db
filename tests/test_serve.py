"""`survey serve`: the site and Datasette come up together and go down together."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest

from tests import core_cases as core


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serving(tmp_path):
    """A running `survey serve`, its two ports, and what it has said so far."""
    site, progress = free_port(), free_port()
    environment = {"PATH": os.environ["PATH"], "SURVEY_HOME": str(tmp_path / "home"), "SURVEY_PORT": str(site),
                   "SURVEY_DATASETTE_PORT": str(progress), "SURVEY_LANGUAGE": "en",
                   "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([Path(sys.executable).with_name("survey"), "serve"], env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    assert "Ctrl-C stops" in line, process.stderr.read()
    yield process, site, progress
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait(30)


def children(process):
    return psutil.Process(process.pid).children(recursive=True)


def closed(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_both_answer_once_it_says_so_and_the_site_itself_answers_an_address_as_long_as_the_server_takes(serving):
    _, site, progress = serving
    assert httpx.get(f"http://127.0.0.1:{site}/healthz").text == "ok\n"
    assert httpx.get(f"http://127.0.0.1:{progress}/", follow_redirects=False).status_code in (200, 302, 303, 403)
    answer = httpx.get(f"http://127.0.0.1:{site}/h?q={'x' * 8000}", headers={"Accept-Language": "en"})
    assert answer.status_code == 414 and "address is too long" in answer.text


def test_a_running_campaign_is_published_while_it_is_served(tmp_path):
    made = core.campaign(core.installation(tmp_path / "home"))
    environment = {"PATH": os.environ["PATH"], "SURVEY_HOME": str(tmp_path / "home"), "SURVEY_PORT": str(free_port()),
                   "SURVEY_DATASETTE_PORT": str(free_port())}
    survey = Path(sys.executable).with_name("survey")
    subprocess.run([survey, "campaign", "open", "--campaign", made.slug, "--closes", "2099-01-01T00:00"], env=environment, check=True)
    process = subprocess.Popen([survey, "serve"], env=environment, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if published(tmp_path / "home" / "published" / "c1.db"):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert published(tmp_path / "home" / "published" / "c1.db")


def published(path):
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'publication'").fetchone()[0] == 1


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_polite_stop_end_both_cleanly(serving, asked):
    process, site, progress = serving
    started = children(process)
    assert len(started) >= 2
    process.send_signal(asked)
    assert process.wait(30) == 0
    _, alive = psutil.wait_procs(started, timeout=5)
    assert alive == []
    assert closed(site) and closed(progress)
    assert "Traceback" not in process.stderr.read()


def test_when_one_of_them_dies_the_other_is_stopped_and_the_command_says_which(serving):
    process, _, progress = serving
    datasette = next(child for child in children(process) if str(progress) in child.cmdline())
    datasette.kill()
    assert process.wait(30) == 1
    assert "datasette has ended" in process.stderr.read()


def test_a_server_stopped_hard_leaves_nothing_that_hinders_the_next_start(serving, tmp_path):
    process, site, progress = serving
    for child in children(process):
        child.kill()
    process.kill()
    process.wait()
    again = subprocess.Popen(
        [Path(sys.executable).with_name("survey"), "serve"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "SURVEY_HOME": str(tmp_path / "home"), "SURVEY_PORT": str(site),
             "SURVEY_DATASETTE_PORT": str(progress), "SURVEY_LANGUAGE": "en"})
    assert "Ctrl-C stops" in again.stdout.readline()
    again.send_signal(signal.SIGINT)
    assert again.wait(30) == 0
