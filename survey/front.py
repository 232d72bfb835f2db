"""The first page, and the page that monitoring asks."""
from __future__ import annotations

from flask import current_app, render_template
from sqlalchemy import text
from werkzeug.wrappers import Response

from survey.access import PUBLIC, Pages

pages = Pages("front", __name__)


@pages.page("/", roles=PUBLIC)
def home() -> str:
    """What this is; type a code; sign in."""
    return render_template("home.html")


@pages.page("/healthz", roles=PUBLIC)
def healthz() -> Response:
    """200 `ok` when the store answers."""
    with current_app.installation.store.read() as connection:
        connection.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
