"""The addresses that OpenRosa clients call. In the app, the server's address is the site's with /openrosa at the end.

Every request carries the credentials of a volunteer or a clerk (survey.openrosa.credentials); no cookie counts here.
"""
from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import current_app, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from campaigns import clock, served
from campaigns.store import NotSaved
from forms.language import Refusal
from survey import headers, language
from survey.access import COLLECTORS, Pages
from survey.openrosa import credentials, taking, words

pages = Pages("openrosa", __name__, signed_by=credentials.signed)
pages.after_request(words.finish)
pages.register_error_handler(Refusal, words.refused)
pages.register_error_handler(HTTPException, words.http_error)
pages.register_error_handler(OperationalError, words.unexpected)
pages.register_error_handler(Exception, words.unexpected)

_LIST = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"


class OtherVersion(Refusal):
    def __init__(self):
        super().__init__("这里只支持 OpenRosa 1.0，请更新采集软件。", "Only OpenRosa 1.0 is spoken here; please update the app.")


@pages.before_request
def _version() -> None:
    """Browsers and test tools do not say a version; another one than ours is refused."""
    if request.headers.get("X-OpenRosa-Version", "1.0").strip() != "1.0":
        raise OtherVersion


def _address(path: str) -> str:
    """The full address of a path as this device reached us: with the public address's scheme, as a proxy may hide TLS."""
    public, reached = current_app.installation.settings.public_url, request.host_url.rstrip("/")
    base = public if public and urlsplit(public).netloc == urlsplit(reached).netloc else reached
    return f"{base}/openrosa{path}"


def _form_path(key: str) -> str:
    return f"/forms/{quote(key, safe='')}"


@pages.page("/openrosa/formList", roles=COLLECTORS)
def form_list() -> Response:
    """The form of the user's campaign, as long as submissions are taken; `formID` filters, anything else is ignored."""
    only = request.args.get("formID")
    if clock.now() >= g.campaign.accepts_until:
        return words.xml(f'<xforms xmlns="{_LIST}"/>')
    with current_app.installation.store.read() as connection:
        found = served.newest(connection, g.user)
        has_media = served.has_media(connection, found)
    if only not in (None, found.form.key):
        return words.xml(f'<xforms xmlns="{_LIST}"/>')
    path = _form_path(found.form.key)
    name = language.tell(g.campaign.title)
    parts = [("formID", found.form.key), ("name", f"{name} · {language.tell(found.form.title)}"),
             ("version", found.form.version), ("hash", f"md5:{found.md5}"), ("downloadUrl", _address(f"{path}.xml"))]
    if has_media:
        parts.append(("manifestUrl", _address(f"{path}/manifest")))
    return words.xml(f'<xforms xmlns="{_LIST}"><xform>{words.elements(parts)}</xform></xforms>')


@pages.page("/openrosa/forms/<path:key>.xml", roles=COLLECTORS)
def form(key: str) -> Response:
    """The XForm."""
    with current_app.installation.store.read() as connection:
        found = served.named(connection, g.user, key)
    headers.same_for_all()
    return Response(found.content, content_type="text/xml; charset=utf-8")


@pages.page("/openrosa/forms/<path:key>/manifest", roles=COLLECTORS)
def manifest(key: str) -> Response:
    """The files that go with the form."""
    with current_app.installation.store.read() as connection:
        found = served.media(connection, g.user, served.named(connection, g.user, key))
    files = "".join("<mediaFile>" + words.elements([
        ("filename", each.name), ("hash", f"md5:{each.md5}"),
        ("downloadUrl", _address(f"{_form_path(key)}/media/{quote(each.name, safe='')}"))]) + "</mediaFile>" for each in found)
    return words.xml(f'<manifest xmlns="{_MANIFEST}">{files}</manifest>')


@pages.page("/openrosa/forms/<path:key>/media/<name>", roles=COLLECTORS)
def media(key: str, name: str) -> Response:
    """One of these files."""
    with current_app.installation.store.read() as connection:
        found = served.media(connection, g.user, served.named(connection, g.user, key))
    for each in found:
        if each.name == name:
            return Response(each.content, content_type=each.kind)
    raise served.NoSuchFile


@pages.page("/openrosa/submission", roles=COLLECTORS)
def before_sending() -> Response:
    """The pre-flight (HEAD, and GET like it): whether a submission would be let in, and how large it may be."""
    return Response(status=204)


@pages.page("/openrosa/submission", roles=COLLECTORS, methods=("POST",))
def submit() -> Response:
    """Take a submission: 201 for something new, 202 for what is here already, else a message that says why not."""
    try:
        taken = taking.take(g.user, clock.now())
    except OSError as error:
        raise NotSaved from error
    return words.message(taken.text, 201 if taken.new else 202, "submit_success")
