"""What makes a thousand sites in one process cheap: whatever is the same for every one of them is worked out once.

Nothing here changes what a site does, but for the cost of a PIN's hash (77 ms each, on purpose), which is lowered; a test of
`campaigns.people` asks for the real one. Servers and commands that tests fork (tests/live_server.py, tests/terminal.py) come
from a process that has imported this module, so both sides agree.
"""
from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from campaigns import people
from campaigns.store import Store
from forms.form import library

REAL_SCRYPT = dict(people._SCRYPT)
people._SCRYPT["n"] = 2**4


class _Remembered(BytecodeCache):
    """Templates compiled once a process, though every site has an environment of its own."""

    def __init__(self):
        self._code: dict[str, object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        code, checksum = self._code.get(bucket.key, (None, None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code, bucket.checksum


_templates = _Remembered()
_jinja_environment = Flask.create_jinja_environment


def _environment(app: Flask):
    made = _jinja_environment(app)
    made.bytecode_cache = _templates
    return made


Flask.create_jinja_environment = _environment

_builders: dict[tuple, object] = {}
_compile_builder = Rule._compile_builder


def _builder(rule: Rule, append_unknown: bool = True):
    """Every address of the site is compiled into a function; it depends on nothing but these."""
    known = tuple(rule._trace), repr(rule.defaults), append_unknown
    if known not in _builders:
        _builders[known] = _compile_builder(rule, append_unknown)
    return _builders[known]


Rule._compile_builder = _builder
library("housing-census")


def empty_store(home: Path) -> None:
    """Make `home` with a store without rows, its schema up to date: migrating a new one takes longer than most tests."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "store.db").write_bytes(_empty_store())


@cache
def _empty_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        Store(f"sqlite:///{file}").close()
        return file.read_bytes()
