"""Servers for tests that need a real one: gunicorn as `survey serve` starts it, forked from a process that has imported the
site already, as importing it takes seconds."""
from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "survey.app", "survey.cli.demo", "survey.cli.frame",
                                 "survey.cli.archive", "survey.cli.codes", "tests.warm"])


def start(command: list[str], home: str) -> BaseProcess:
    """Start `command` (python -m gunicorn ...) for the installation in `home`."""
    return fork(_run, command, {**os.environ, "SURVEY_HOME": home})


def fork(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that does `work(*arguments)` with the product imported already."""
    process = _forking.Process(target=work, args=arguments)
    process.start()
    return process


def _run(command: list[str], environment: dict[str, str]) -> None:
    from gunicorn.app.wsgiapp import run

    os.setsid()  # so that a test can end it together with its workers
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command[2:]
    run()
