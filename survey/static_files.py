"""The site's scripts and style sheets under an address that changes with them, so that phones may keep them for good.

Scripts that import each other need this: their neighbours' addresses follow from their own.
"""
from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app, send_from_directory
from werkzeug.wrappers import Response

YEAR = 365 * 24 * 3600


@cache
def version(folder: str) -> str:
    """Of all the files together: what is in them."""
    found = hashlib.sha256()
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(folder)}\0{_digest(path)}\n".encode())
    return found.hexdigest()[:16]


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def one(name: str) -> str:
    """Where a page finds a file that imports nothing."""
    return _one(current_app.static_url_path, current_app.static_folder, name)


@cache
def _one(url: str, folder: str, name: str) -> str:
    return f"{url}/{name}?v={_digest(Path(folder, name))}"


def is_of(stated: str, name: str) -> bool:
    """Whether `stated` is what an address says of the file as it is now; otherwise nobody should keep it for long."""
    path = Path(current_app.static_folder, name)
    return path.is_file() and stated == _digest(path)


def address(name: str) -> str:
    """Where a page finds `name` and all that it imports."""
    return f"/kept/{version(current_app.static_folder)}/{name}"


def answer(stated: str, filename: str) -> Response:
    """A static file; one of another version than the page's is not kept."""
    same = stated == version(current_app.static_folder)
    found = send_from_directory(current_app.static_folder, filename, max_age=YEAR if same else 0)
    if same:
        found.cache_control.public = found.cache_control.immutable = True
    return found
