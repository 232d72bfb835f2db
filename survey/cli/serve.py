"""`survey serve`: the survey site and Datasette side by side, stopped together.

Two processes on purpose: readers of progress pages must never slow the intake down.
"""
from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import click

from campaigns import campaign as campaigns
from campaigns import clock
from campaigns.installation import Installation
from campaigns.settings import Settings
from exports.publication import server as datasette
from forms.language import Refusal
from survey.cli.base import echo, installation

_START_SECONDS = 60
_STOP_SECONDS = 20


@click.command()
def serve() -> None:
    """启动填报网站和进度页面，按 Ctrl-C 一起停止 / serve the site and Datasette; Ctrl-C stops both."""
    run(installation())


def run(here: Installation, banner: Callable[[], None] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM. `banner()` is called once both answer. Raises Refusal if one cannot start."""
    settings = here.settings
    for port in (settings.port, settings.datasette_port):
        _refuse_taken(settings.host, port)
    with here.store.read():  # the schema is brought up to date once, before two processes look at it
        pass
    _ = here.server  # made before two processes want it
    settings.published.mkdir(parents=True, exist_ok=True)
    children = {
        "survey": subprocess.Popen(web_command(settings), start_new_session=True),
        # what it prints there is a line for every request; what goes wrong it says on standard error
        "datasette": subprocess.Popen(datasette.command(settings), start_new_session=True, stdout=subprocess.DEVNULL),
    }
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    refresher = Refresher(here)
    try:
        _wait_until_up(children, _local(settings.host, settings.port, "/healthz"),
                       _local(settings.host, settings.datasette_port, "/-/versions.json"))
        if banner:
            banner()
        echo("填报网站 {site}　进度 {progress}　按 Ctrl-C 停止", "Survey site {site}   progress {progress}   Ctrl-C stops",
             site=site_url(settings), progress=progress_url(settings))
        _watch(children, refresher)
    except KeyboardInterrupt:
        echo("正在停止……", "Stopping ...")
    finally:
        _stop({**children, **refresher.running()})


def web_command(settings: Settings) -> list[str]:
    """The command that runs the survey site."""
    return [sys.executable, "-m", "gunicorn", "survey.wsgi:app", "--worker-class", "gthread",
            "--workers", str(settings.workers), "--threads", str(settings.threads), "--no-control-socket",
            "--bind", f"{settings.host}:{settings.port}", "--limit-request-line", "8190", "--log-level", "warning",
            "--graceful-timeout", "10", "--keep-alive", "5", "--worker-tmp-dir", "/dev/shm"]


def site_url(settings: Settings) -> str:
    """Where the survey site answers."""
    return settings.public_url or f"http://{_shown(settings.host)}:{settings.port}"


def progress_url(settings: Settings) -> str:
    """Where the progress pages answer."""
    return settings.datasette_url or f"http://{_shown(settings.host)}:{settings.datasette_port}"


def _local(host: str, port: int, path: str) -> str:
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}{path}"


def _shown(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "127.0.0.1") else host


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Refusal("端口 {port} 已被占用。请先停止占用它的程序，或设置 SURVEY_PORT / SURVEY_DATASETTE_PORT 换一个。",
                          "Port {port} is taken. Stop the program that uses it, or choose another with SURVEY_PORT / "
                          "SURVEY_DATASETTE_PORT.", port=port) from None


def _wait_until_up(children: dict[str, subprocess.Popen], *urls: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    for url in urls:
        while not _answers(url):
            _refuse_dead(children)
            if time.monotonic() > deadline:
                raise Refusal("{url} 在 {seconds} 秒内没有响应。", "{url} did not answer within {seconds} seconds.",
                              url=url, seconds=_START_SECONDS)
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True  # it answers, if only to say that one must sign in
    except OSError:
        return False
    return True


def _refuse_dead(children: dict[str, subprocess.Popen]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise Refusal("{name} 已退出（状态 {status}），原因见上面的输出。",
                          "{name} has ended (status {status}); its output above says why.", name=name, status=child.returncode)


def _watch(children: dict[str, subprocess.Popen], refresher: Refresher) -> None:
    while True:
        _refuse_dead(children)
        refresher.tick(time.monotonic())
        time.sleep(0.5)


class Refresher:
    """Publishes the campaigns that take submissions, every `SURVEY_REFRESH_MINUTES`, one at a time in a process of its own:
    its memory is given back, and what goes wrong in it stops nobody."""

    def __init__(self, here: Installation):
        self._here = here
        self._every = here.settings.refresh_minutes * 60
        self._due = time.monotonic()  # at once: what came in while nothing was served
        self._waiting: list[str] = []
        self._running: subprocess.Popen | None = None

    def tick(self, now: float) -> None:
        """Start what is due; called a few times a second. `now` is monotonic, in seconds."""
        if self._running and self._running.poll() is None:
            return
        self._running = None
        if self._every and now >= self._due and not self._waiting:
            self._due = now + self._every
            self._waiting = self._taking_submissions()
        if self._waiting:
            slug = self._waiting.pop(0)
            self._running = subprocess.Popen(
                [sys.executable, "-m", "survey.cli", "publish", "--campaign", slug], start_new_session=True,
                stdout=subprocess.DEVNULL)

    def running(self) -> dict[str, subprocess.Popen]:
        """The publication under way, if any: it changes nothing or everything, so it may be stopped."""
        return {"publish": self._running} if self._running else {}

    def _taking_submissions(self) -> list[str]:
        at = clock.now()
        with self._here.store.read() as connection:
            return [each.slug for each in campaigns.every(connection) if each.opens_at <= at < each.accepts_until]


def _stop(children: dict[str, subprocess.Popen]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them running
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
