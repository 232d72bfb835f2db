"""The site's scripts and style sheets under an address that changes with them, so that phones may keep them for good.

Scripts that import each other need this: their neighbours' addresses follow from their own.
"""
from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import current_app, send_from_directory
from werkzeug.wrappers import Response

YEAR = 365 * 24 * 3600


@cache
def version(folder: str) -> str:
    """Of all the files together: the time of the newest."""
    return str(max(int(path.stat().st_mtime) for path in Path(folder).rglob("*") if path.is_file()))


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
