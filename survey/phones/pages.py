"""The addresses under /v/app/ (docs/phone-sync.md)."""
from __future__ import annotations

import json
import logging
import time

from flask import current_app, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from campaigns import campaign as campaigns
from campaigns import clock, deliveries
from campaigns.campaign import Campaign
from campaigns.deliveries import Context, Sender
from campaigns.deliveries.items import instant_of
from campaigns.store import NotSaved
from forms.language import Refusal, Text
from survey import doors
from survey.access import PHONES, Pages
from survey.errors import whereabouts
from survey.phones import files, forms, rounds
from survey.phones.signing import answer, both, nobody
from survey.sessions import csrf_token

pages = Pages("phones", __name__, unsigned=nobody)
log = logging.getLogger("survey")

LARGEST_BODY = 1024 * 1024
MOST_SECONDS = 5  # for one request of the queue (DLV-8)
_YEAR = "private, max-age=31536000, immutable"

STALE = Text("这次没有发出去，手机会再发一次。", "This was not sent; the phone will send it again.")
TOO_LARGE = Text("一次发得太多，手机会分几次再发。", "Too much was sent at once; the phone will send it in parts.")
BAD_REQUEST = Text("没有完整收到，手机会再发一次。", "It did not arrive in full; the phone will send it again.")
OTHER_PERSON = Text("这台手机上现在登录的是别人。请用您的工牌登录后再发。",
                    "Somebody else is signed in on this phone. Sign in with your badge, then send.")
OUR_FAULT = Text("服务器出了问题，已经记下。内容还在手机里，过几分钟会再发。",
                 "Something went wrong on the server and was noted. All is still on the phone, which sends it again in a few minutes.")


def again(**_arguments: object) -> Response:
    """The CSRF token is not good; here is one that is. No other site can read this answer."""
    return answer({"status": "stale", "text": both(STALE), "csrf": csrf_token()}, 400)


def note_fault(error: BaseException) -> None:
    """Type and place of an error in the program; never what was sent."""
    log.error("unexpected %s", whereabouts(error))


@pages.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    return answer({"status": "later" if isinstance(refusal, NotSaved) else "refused", "text": both(refusal.text)}, refusal.status)


@pages.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        response = answer({"status": "too-large", "text": both(TOO_LARGE)}, 413)
        response.headers["Connection"] = "close"  # the rest of the body is not read
        return response
    return answer({"status": "bad", "text": both(BAD_REQUEST)}, error.code or 400)


@pages.errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    note_fault(error)
    return answer({"status": "later", "text": both(OUR_FAULT)}, 503 if isinstance(error, (OperationalError, OSError)) else 500)


class BadRequest(Refusal):
    def __init__(self):
        super().__init__(BAD_REQUEST.zh, BAD_REQUEST.en)


def find_campaign() -> Campaign:
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
    return g.campaign


@pages.page("/v/app/round", roles=PHONES)
def round_() -> Response:
    """All that a phone needs for a day without a network; with `since`, what changed."""
    with current_app.installation.store.read() as connection:
        found = rounds.of(connection, g.user, clock.now(), request.args.get("since", ""))
    return answer({"csrf": csrf_token(), **found})


@pages.page("/v/app/form/<digest>.xml", roles=PHONES)
def form(digest: str) -> Response:
    """An XForm, by the digest of its bytes."""
    with current_app.installation.store.read() as connection:
        content = forms.xml(connection, g.user, digest)
    return _for_ever(content, "text/xml; charset=utf-8")


@pages.page("/v/app/form/<digest>/<name>", roles=PHONES)
def form_file(digest: str, name: str) -> Response:
    """A file that a form looks things up in."""
    with current_app.installation.store.read() as connection:
        content, kind = forms.file(connection, g.user, digest, name)
    return Response(content, content_type=kind)


def _for_ever(content: bytes, kind: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = _YEAR
    return response


@pages.page("/v/app/sync", roles=PHONES, methods=("POST",), again=again)
def sync() -> Response:
    """Take what the phone sends, item by item; or hold it, when its badge was revoked."""
    here, at, until = current_app.installation, clock.now(), time.monotonic() + MOST_SECONDS
    body = _body()
    if body.get("user") not in (None, g.user.id):
        return answer({"status": "other", "text": both(OTHER_PERSON)}, 401)
    sender = Sender(g.user, _short(body.get("device")), _sent_at(body, at), at, doors.address())
    intake = here.intake(find_campaign())
    held = g.get("held", False)
    answers = deliveries.take(here.store, Context(here.server, intake, sender), body["items"], note_fault, hold=held,
                              until=until)
    if not held:
        files.join_waiting(intake, g.user, answers, at)
    return answer({"now": rounds.instant(at), "answers": answers})


def _body() -> dict:
    """The request's JSON. Raises BadRequest, RequestEntityTooLarge."""
    data = _data(LARGEST_BODY)
    try:
        body = json.loads(data.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(body, dict) or not isinstance(body.get("items"), list):
        raise BadRequest
    if len(body["items"]) > deliveries.MOST_ITEMS:
        raise RequestEntityTooLarge
    return body


def _data(most: int) -> bytes:
    """The body. Raises RequestEntityTooLarge."""
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    data = request.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge
    return data


def _no_number(_text: str) -> object:
    raise ValueError("NaN is no number")


def _sent_at(body: dict, at):
    try:
        return instant_of(body.get("now"))
    except (TypeError, ValueError, OverflowError):
        return at


def _short(value: object) -> str:
    """A phone's name for itself, so far as it can be kept."""
    text = value if isinstance(value, str) else ""
    return "".join(each for each in text if each.isascii() and each.isprintable())[:60]


@pages.page("/v/app/file/<item>/<name>", roles=PHONES)
def file_progress(item: str, name: str) -> Response:
    """How much of a file is here."""
    return answer(files.progress(current_app.installation.intake(find_campaign()), g.user, item, name))


@pages.page("/v/app/file/<item>/<name>", roles=PHONES, methods=("POST",), again=again)
def put_file(item: str, name: str) -> Response:
    """The next chunk of a file."""
    chunk = _data(files.LARGEST_CHUNK)
    body, status = files.add(current_app.installation.intake(find_campaign()), g.user, item, name, chunk, clock.now(),
                             hold=g.get("held", False))
    return answer(body, status)
