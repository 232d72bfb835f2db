"""Headers of every answer, and compression of large pages and scripts."""
from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from survey import static_files
from survey.skeleton import Page

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# Where a form is filled in the browser: its engine reads expressions with WebAssembly, and photos just taken are shown.
_POLICY_OF_FORMS = f"{_POLICY}; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; media-src 'self' blob:"
_ALWAYS = list({
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # codes are in addresses
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}.items())
_WITH_FORMS = [*_ALWAYS, ("Content-Security-Policy", _POLICY_OF_FORMS)]
_ALWAYS.append(("Content-Security-Policy", _POLICY))
_WORTH_COMPRESSING = 4096
# Where static files are answered, with and without a version in the address.
_FILES = ("static", "front.kept", "kept")


def use(app: Flask) -> None:
    app.after_request(_finish)


def runs_forms() -> None:
    """The answer to this request is a page on which a form is filled in the browser (static/form/open.js)."""
    g.runs_forms = True


def same_for_all() -> None:
    """The answer to this request is the same for everybody who asks: compressed well, and once."""
    g.same_for_all = True


def _finish(response: Response) -> Response:
    response.headers.extend(_WITH_FORMS if "runs_forms" in g else _ALWAYS)
    if request.endpoint in _FILES:
        # where the address changes with the file
        if response.status_code in (200, 304) and static_files.is_of(request.args.get("v", ""), request.view_args["filename"]):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        _pack(response)
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        _compress(response)
    return response


def _compress(response: Response) -> None:
    """Level 1: a 40 KB page becomes 7 KB in a tenth of a millisecond, and stairwells have poor networks."""
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if response.direct_passthrough or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return
    if isinstance(response, Page):
        response.set_data(response.gzipped())
        response.headers["Content-Encoding"] = "gzip"
        return
    body = response.get_data()
    if len(body) > _WORTH_COMPRESSING:
        response.set_data(_kept(body) if g.get("same_for_all") else gzip.compress(body, 1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def _pack(response: Response) -> None:
    """Scripts and style sheets, compressed well and once: the engine of forms is 770 KB, of which 260 KB travel."""
    path = Path(current_app.static_folder, request.view_args["filename"])
    if path.suffix not in (".js", ".css"):
        return
    response.headers["Vary"] = "Accept-Encoding"
    if response.status_code != 200 or "gzip" not in request.headers.get("Accept-Encoding", "") or request.method != "GET":
        return
    response.direct_passthrough = False
    response.set_data(_packed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"


@lru_cache(maxsize=32)
def _kept(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


@lru_cache(maxsize=128)
def _packed(path: Path, changed: int) -> bytes:
    del changed  # part of the cache's key
    return gzip.compress(path.read_bytes(), 9, mtime=0)
