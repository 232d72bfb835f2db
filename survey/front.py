"""The first page, and the page that monitoring asks."""
from __future__ import annotations

from flask import abort, current_app, render_template, request
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from campaigns import filetypes, form_versions, media
from forms import browser
from survey import static_files
from survey.access import PUBLIC, Pages
from survey.runtime_words import words_digest, words_json

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


@pages.page("/form-media/<digest>/<name>", roles=PUBLIC)
def form_media(digest: str, name: str) -> Response:
    """A picture or recording of a form; lists that the form looks things up in are not handed out here. A digest names one
    content for ever, so phones keep it."""
    with current_app.installation.store.read() as connection:
        content = media.by_digest(connection, digest, name)
    kind = filetypes.shown_as(content[:filetypes.HEAD]) if content else ""
    if not kind:
        abort(404)
    return Response(content, content_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})


@pages.page("/form/words.json", roles=PUBLIC)
def form_words() -> Response:
    """The sentences around the questions of forms that are filled in the browser, in all languages."""
    kept = "max-age=31536000, immutable" if request.args.get("v") == words_digest() else "max-age=3600"
    return Response(words_json(), mimetype="application/json", headers={"Cache-Control": f"public, {kept}"})


@pages.page("/form/<int:version>/<digest>.xml", roles=PUBLIC)
def form_xml(version: int, digest: str) -> Response:
    """A form to be filled in the browser, for whoever was given its digest. A digest names one content for ever."""
    try:
        with current_app.installation.store.read() as connection:
            form = form_versions.form_of(connection, min(version, 2**31 - 1))
    except NoResultFound:
        abort(404)
    if browser.digest_of(form) != digest:
        abort(404)
    return Response(browser.for_browser(form), mimetype="text/xml", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@pages.page("/kept/<version>/<path:filename>", roles=PUBLIC)
def kept(version: str, filename: str) -> Response:
    """Scripts and style sheets under an address that changes with them."""
    return static_files.answer(version, filename)
