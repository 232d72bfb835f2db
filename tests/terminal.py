"""The command line for tests that run many commands: each in a process of its own, with its own environment, folder and
output, forked from one that has imported the product. `installed` is the command itself, started as a person starts it."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import live_server

INSTALLED = Path(sys.executable).with_name("survey")
SECONDS = 180


def run(*arguments: object, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """`survey ARGUMENTS` in the folder `cwd`, with nothing but `environment`."""
    words = [str(each) for each in arguments]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        command = live_server.fork(_command, words, str(cwd), environment, str(out), str(err))
        command.join(SECONDS)
        if command.exitcode is None:
            command.kill()
            raise subprocess.TimeoutExpired(["survey", *words], SECONDS)
        return subprocess.CompletedProcess(["survey", *words], command.exitcode, out.read_text(), err.read_text())


def installed(*arguments: object, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """As `run`, by the command that the package installs."""
    return subprocess.run([INSTALLED, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=SECONDS,
                          env=environment)


def _command(words: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> None:
    from survey.cli import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    main(words, prog_name="survey")
