"""What every test may use: an installation, a campaign with a named cast, a browser, a server.

The cast: 王 (wang), 李 (li) and 阿依古丽 (ayi) live behind doors of one compound; Alice is a volunteer, Carol keys paper,
Bob leads Alice's team, Sue supervises, Oscar organises. Nobody exists.
"""
from __future__ import annotations

import dataclasses
import gc
import os
import shutil
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from campaigns.installation import Installation
from campaigns.settings import Settings
from survey.app import create_app
from survey.cli.serve import web_command
from tests import cast, core_cases, live_server, warm
from tests.respondent import Respondent


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def installation(tmp_path) -> Iterator[Installation]:
    """An empty installation in a folder of its own."""
    made = Installation(Settings(home=tmp_path / "instance"))
    warm.empty_store(made.settings.home)
    yield made
    if "store" in made.__dict__:
        made.store.close()


@pytest.fixture
def campaign(installation):
    """An open housing census."""
    return cast.campaign(installation)


@pytest.fixture
def here(tmp_path) -> Iterator[Installation]:
    """An installation without a site, for tests of the domain with times of their own (tests/core_cases.py)."""
    made = core_cases.installation(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def made(here):
    """A campaign of three doors in `here`."""
    return core_cases.campaign(here)


@pytest.fixture
def wang_household(installation, campaign):
    """A door whose household answers by itself."""
    return cast.door(installation, campaign, "501")


@pytest.fixture
def li_household(installation, campaign):
    return cast.door(installation, campaign, "502")


@pytest.fixture
def alice(installation, campaign):
    """A volunteer of team one."""
    return cast.person(installation, campaign, "volunteer", "艾丽丝")


@pytest.fixture
def carol(installation, campaign):
    """A clerk who keys paper forms."""
    return cast.person(installation, campaign, "clerk", "卡罗尔")


@pytest.fixture
def bob(installation, campaign):
    """The lead of Alice's team."""
    return cast.person(installation, campaign, "lead", "鲍勃")


@pytest.fixture
def sue(installation, campaign):
    """A supervisor."""
    return cast.person(installation, campaign, "supervisor", "苏", team=None)


@pytest.fixture
def oscar(installation, campaign):
    """The organiser."""
    return cast.person(installation, campaign, "organiser", "奥斯卡", team=None)


@pytest.fixture
def app(installation):
    """The site."""
    return create_app(installation)


@pytest.fixture
def resident(app) -> Respondent:
    """A resident's phone, in Chinese."""
    return Respondent(app)


@pytest.fixture
def live(installation, campaign) -> Iterator[str]:
    """The address of the site, served by gunicorn as `survey serve` does it, with one worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = dataclasses.replace(installation.settings, port=port, workers=1, threads=8)
    server = live_server.start(web_command(settings), str(settings.home))
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server.is_alive)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # how it stops when it is asked to: tests/test_serve.py
        server.join(20)


def _wait_for(address: str, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except OSError:
            assert is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def chromium():
    """A real browser: Chromium without its windows, which takes half the time, or else the whole of it.

    Without one these tests are skipped by name, but where CI=true it must be there.
    """
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, live):
    """`phone(script=True, language="zh-CN")`: a fresh phone of 360 x 740 with the site as its start."""
    opened = []

    def make(script: bool = True, language: str = "zh-CN"):
        context = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale=language,
                                       java_script_enabled=script, has_touch=True)
        opened.append(context)
        return context.new_page()
    yield make
    for context in opened:
        context.close()
