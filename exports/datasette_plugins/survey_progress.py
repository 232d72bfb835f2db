"""The plugin that makes Datasette the team leads' progress site. Hooks only: what they do is in `exports.publication`.

Written for the hooks of Datasette 0.65; kept small so that it can move to 1.0.
"""
from __future__ import annotations

import asyncio
import logging

import datasette.handle_exception as exception_page
from datasette import Response, hookimpl

from campaigns.installation import Installation
from campaigns.reader_ticket import COOKIE
from campaigns.settings import Settings
from exports.publication import readers, titles
from exports.publication.asgi import guarded
from exports.publication.pages import Pages
from exports.publication.served import Folder

_here = Installation(Settings.read())
_folder = Folder(_here.settings.published)
_pages = Pages(_here.settings)

_CLOSED = r"/-/(?!static/|assets/).*"  # Datasette's own pages about itself: versions, settings, databases of other campaigns


@hookimpl
def startup(datasette):
    exception_page.rich = None  # it would print every local variable, cookies included, to the log
    logging.getLogger("uvicorn.access").addFilter(lambda record: False)  # addresses hold what readers searched for
    _folder.rescan(datasette)


@hookimpl
def asgi_wrapper(datasette):
    return lambda app: guarded(app, lambda: _folder.rescan(datasette))


@hookimpl
def actor_from_request(datasette, request):
    token = request.cookies.get(COOKIE)
    if not token or request.path.startswith("/-/"):
        return None
    return lambda: asyncio.to_thread(readers.actor, _here, token)


@hookimpl
def permission_allowed(actor, action, resource):
    return readers.allowed(actor, action, resource)


@hookimpl
def get_metadata(datasette, key, database, table):
    if key not in (None, "databases", "tables", "title", "description", "columns"):
        return {}
    names = [database] if database else list(datasette.databases)
    return {"databases": {name: titles.of_database(name) for name in names if not name.startswith("_")}}


@hookimpl
def register_routes():
    return [(_CLOSED, _closed), (r"/$", _home)]


@hookimpl
def extra_template_vars(template, database, request, datasette):
    return lambda: _pages.around(datasette, database, request)


@hookimpl
def forbidden(datasette, request, message):
    return _pages.refused(request)


async def _home(datasette, request):
    return await _pages.home(datasette, request)


def _closed(request):
    return Response.html("Not found", status=404)
