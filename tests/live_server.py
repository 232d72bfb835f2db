"""Servers for tests that need a real one: gunicorn as `survey serve` starts it, forked from a process that has imported the
site already, as importing it takes seconds."""
from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "survey.app", "survey.cli", "tests.warm"])


def start(command: list[str], home: str) -> BaseProcess:
    """Start `command` (python -m gunicorn ...) for the installation in `home`."""
    server = _forking.Process(target=_run, args=(command, {**os.environ, "SURVEY_HOME": home}))
    server.start()
    return server


def _run(command: list[str], environment: dict[str, str]) -> None:
    from gunicorn.app.wsgiapp import run

    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command[2:]
    run()
