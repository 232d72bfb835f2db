"""The pages of our own among Datasette's: progress, sign in first, not yours. Kept rendered until the next publication."""
from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import jinja2
from datasette import Response
from datasette.app import Datasette
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request

import exports.datasette_plugins
from campaigns import clock
from campaigns.figures import STATUS
from campaigns.settings import Settings
from campaigns.tally import yuan
from campaigns.terms import CHANNEL_NAMES
from exports.publication import progress
from exports.publication.asgi import STRICT
from exports.publication.readers import is_public
from exports.publication.served import PublishedFile
from exports.publication.titles import tables_of
from exports.publication.words import SHAPES, WORDS, number, percent
from forms.language import LANGUAGES, Text

_TEMPLATES = Path(exports.datasette_plugins.__file__).parent / "templates"
_KEPT = 64  # rendered pages: languages x teams x campaigns
_YEAR = 365 * 24 * 3600


class Pages:
    """Makes the pages for one installation."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._kept: dict[tuple, tuple[bytes, bytes]] = {}
        self._templates = jinja2.Environment(loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True,
                                             trim_blocks=True, lstrip_blocks=True)
        self._templates.globals.update(number=number, percent=percent, yuan=yuan, shapes=SHAPES)

    async def home(self, datasette: Datasette, request: Request) -> Response:
        """`/`: the progress of the reader's campaign; who has not signed in is told how."""
        reader, language = request.actor, language_of(request)
        if reader is None:
            return self._sign_in(request, [name for name in datasette.databases if is_public(name)])
        served = datasette.databases.get(reader["campaign"])
        made = served and await served.execute_fn(progress.stamp)
        if not made:
            return self._page(request, "message.html", 200, title="not_yet", how="not_yet_how")
        key = (served.identity, *made, clock.now().date(), language, reader["team"])
        if key not in self._kept:
            page = await self._render(served, reader, language)
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = page
        return self._answer(request, *self._kept[key])

    async def _render(self, served: PublishedFile, reader: dict, language: str) -> tuple[bytes, bytes]:
        found = await served.execute_fn(partial(progress.read, team=reader["team"]))
        html = self._html(
            "progress.html", language, progress=found, reader=reader, database=reader["campaign"], bars=_bars(found),
            when=when(found.publication), link=partial(_link, reader["campaign"], language),
            whole=partial(_whole, language, found.more)).encode()
        return html, gzip.compress(html, 5)

    def refused(self, request: Request) -> Response:
        """Who may not see what they asked for: a page for a browser, JSON for a program."""
        signed_in = request.actor is not None
        if "text/html" not in request.headers.get("accept", "") and request.path.endswith(".json"):
            words = WORDS["not_yours" if signed_in else "sign_in"]
            return Response.json({"ok": False, "error": f"{words.zh} / {words.en}", "status": 403}, status=403)
        if signed_in:
            return self._page(request, "message.html", 403, title="not_yours", how="not_yours_how", back=True)
        return self._sign_in(request, [])

    async def around(self, datasette: Datasette, database: str | None, request: Request | None) -> dict:
        """What Datasette's own templates need from us: the language, the words, and what the file says of itself."""
        language = language_of(request) if request else "zh"
        served = datasette.databases.get(database or "")
        found = isinstance(served, PublishedFile) and await served.execute_fn(_publication)
        tables = {table.name: table for table in tables_of(database or "")}
        return {"say": partial(_say, language), "language": language, "published": found or None,
                "updated": when(found).to(language) if found else "", "published_tables": tables,
                "titled": lambda text: text.to(language)}

    def _sign_in(self, request: Request, public: list[str]) -> Response:
        return self._page(request, "message.html", 403, title="sign_in", how="sign_in_how", go=self._sign_in_address(request),
                          public=public)

    def _sign_in_address(self, request: Request) -> str:
        """The survey site's sign-in page; on one machine, the same host as the reader's at the site's port."""
        if self.settings.public_url:
            return f"{self.settings.public_url}/sign-in"
        host = request.host.rpartition(":")[0] or request.host
        return f"{request.scheme}://{host}:{self.settings.port}/sign-in"

    def _page(self, request: Request, template: str, status: int, **values: object) -> Response:
        html = self._html(template, language_of(request), path=request.path, **values).encode()
        return self._answer(request, html, gzip.compress(html, 1), status)

    def _html(self, template: str, language: str, **values: object) -> str:
        say = partial(_say, language)
        return self._templates.get_template(template).render(
            say=say, language=language, tell=lambda text: text.to(language), status_words=STATUS, channel_names=CHANNEL_NAMES,
            **values)

    def _answer(self, request: Request, html: bytes, zipped: bytes, status: int = 200) -> Response:
        headers = {"content-security-policy": STRICT, "vary": "Accept-Encoding, Accept-Language"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"], html = "gzip", zipped
        response = Response(html, status=status, headers=headers, content_type="text/html; charset=utf-8")
        asked = request.args.get("lang")
        if asked in LANGUAGES:
            response.set_cookie("lang", asked, max_age=_YEAR, httponly=True, samesite="lax", secure=request.scheme == "https")
        return response


def _link(database: str, language: str, table: str) -> str:
    """The address of a table; in Chinese, of its Chinese view."""
    view = next((each.view for each in tables_of(database) if each.name == table), "")
    return f"/{database}/{tilde_encode(view if view and language == 'zh' else table)}"


def _whole(language: str, more: dict[str, int], table: str) -> str:
    return _say(language, "whole_table", count=number(more[table])) if more[table] else _say(language, "as_table")


def _say(language: str, name: str, **values: object) -> str:
    text = WORDS[name]
    return (text.fill(**values) if values else text).to(language)


def language_of(request: Request) -> str:
    """`?lang=`, then the cookie, then what the browser asks for first, Chinese otherwise."""
    for chosen in (request.args.get("lang"), request.cookies.get("lang")):
        if chosen in LANGUAGES:
            return chosen
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def when(publication: dict) -> Text:
    """When the figures were taken, as people say it: 今天 14:05."""
    return clock.as_said(datetime.fromisoformat(publication["made_at"]), publication["tz"])


def _publication(connection: object) -> dict | None:
    if progress.stamp(connection) is None:
        return None
    cursor = connection.execute("SELECT * FROM publication")
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone()))


def _bars(found: progress.Progress) -> dict[str, Callable]:
    """Lengths of bars, in thousandths of their widest: whole numbers, so that the page needs no arithmetic."""
    busiest = max((day["recorded"] for day in found.lists["days"]), default=0) or 1
    households = sum(row["households"] for row in found.lists["channels"]) or 1
    return {"coverage": lambda row: row["coverage_bp"] // 10, "day": lambda row: row["recorded"] * 1000 // busiest,
            "channel": lambda row: row["households"] * 1000 // households,
            "share": lambda row: percent(row["households"] * 10_000 // households),
            "expected": lambda row: min(row["expected"] * 1000 // (row["frame"] or 1), 1000)}
