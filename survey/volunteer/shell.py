"""The volunteers' app as the server hands it out: an empty page, a service worker and a manifest.

None of them holds anything of a person or a campaign, so that a phone may keep them; what the app shows it asks of
`/v/app/`. The service worker gets the list of the app's files with the digest of each: a file that did not change is not
fetched again by a new version. Without JavaScript the page leads to the plain way, `/v/plain`.
"""
from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import current_app, render_template
from werkzeug.wrappers import Response

from survey import headers
from survey.access import PUBLIC, Pages

pages = Pages("shell", __name__)

_AT_ONCE = ("survey.css", "code.js", "detector.js", "icon.svg", "app/*.js", "app/*.css", "app/screens/*.js")
_IN_THE_BACKGROUND = ("form/*.js", "form/*.css", "vendor/*.js", "vendor/*.wasm", "app/icons/*.png")
_NAME = {"name": "入户登记", "short_name": "入户登记", "lang": "zh-Hans", "dir": "ltr",
         "description": "志愿者上门登记：没有网络也能用。"}


@cache
def _files(folder: Path, patterns: tuple[str, ...]) -> list[tuple[str, str]]:
    """(address, digest) of the app's files."""
    found = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    return [(f"/static/{path.relative_to(folder).as_posix()}", hashlib.sha256(path.read_bytes()).hexdigest()[:16])
            for path in found]


@cache
def _shell() -> str:
    return render_template("app/shell.html")


def _kept() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    folder = Path(current_app.static_folder)
    page = ("/v/", hashlib.sha256(_shell().encode()).hexdigest()[:16])
    return [page, ("/v/manifest.webmanifest", "1"), *_files(folder, _AT_ONCE)], _files(folder, _IN_THE_BACKGROUND)


@pages.page("/v/", roles=PUBLIC)
def start() -> Response:
    """The app's empty page: the same for everybody."""
    headers.runs_forms()
    return Response(_shell(), mimetype="text/html")


@pages.page("/v/sw.js", roles=PUBLIC)
def worker() -> Response:
    """The service worker, with the list of what it keeps."""
    at_once, later = _kept()
    version = hashlib.sha256(json.dumps([at_once, later]).encode()).hexdigest()[:12]
    script = (Path(current_app.static_folder) / "app" / "worker.js").read_text(encoding="utf-8")
    lists = f"const VERSION = {json.dumps(version)};\nconst AT_ONCE = {json.dumps(at_once)};\nconst LATER = {json.dumps(later)};\n"
    answer = Response(lists + script, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.page("/v/manifest.webmanifest", roles=PUBLIC)
def manifest() -> Response:
    """What a phone needs to put the app on its start screen."""
    icons = [{"src": f"/static/app/icons/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
             for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))]
    icons[2]["src"] = "/static/app/icons/maskable-512.png"
    body = _NAME | {"id": "/v/", "start_url": "/v/", "scope": "/v/", "display": "standalone", "orientation": "portrait",
                    "background_color": "#ffffff", "theme_color": "#0b4a38", "icons": icons}
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")
