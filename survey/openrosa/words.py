"""The XML that OpenRosa clients are answered with, and how refusals reach the person who holds the device."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import current_app, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from forms.language import Refusal, Text
from survey import language
from survey.errors import whereabouts
from survey.openrosa.credentials import Unknown

log = logging.getLogger("survey")

TOO_LARGE = Text("这份表和附件太大，没有收下。请减少或缩小照片后再发送。",
                 "This form with its files is too large and was not taken. Send fewer or smaller photos.")
BAD_REQUEST = Text("没有完整收到，请再发送一次。", "It did not arrive in full; please send it again.")
OUR_FAULT = Text("服务器出了问题，已经记下。表还在手机里，请过几分钟再发送。",
                 "Something went wrong on the server, and it has been noted. The form is still on the phone; send it again in a "
                 "few minutes.")


def xml(body: str, status: int = 200) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', status, content_type="text/xml; charset=utf-8")


def elements(parts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<{tag}>{escape(_printable(text))}</{tag}>" for tag, text in parts)


def message(text: Text, status: int, nature: str = "") -> Response:
    """An OpenRosa message, which the app shows to its person."""
    attribute = f' nature="{nature}"' if nature else ""
    return xml(f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message{attribute}>'
               f"{escape(_printable(language.tell(text)))}</message></OpenRosaResponse>", status)


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char >= " " or char in "\t\n")


def finish(response: Response) -> Response:
    """The headers that clients look for on every answer."""
    response.headers.extend([
        ("X-OpenRosa-Version", "1.0"), ("X-OpenRosa-Accept-Content-Length", str(current_app.installation.settings.max_upload)),
        ("Content-Language", language.current())])
    return response


def refused(refusal: Refusal) -> Response:
    response = message(refusal.text, refusal.status, "submit_error" if request.method == "POST" else "")
    if isinstance(refusal, Unknown):
        for challenge in refusal.challenges:
            response.headers.add("WWW-Authenticate", challenge)
    return response


def http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        response = message(TOO_LARGE, 413, "submit_error")
        response.headers["Connection"] = "close"  # the rest of the body is not read
        return response
    return message(BAD_REQUEST, error.code or 400)


def unexpected(error: Exception) -> Response:
    """As `survey.errors` does for pages: type and place are logged, never what was sent."""
    log.error("%s %s", "store unavailable" if isinstance(error, OperationalError) else "unexpected", whereabouts(error))
    return message(OUR_FAULT, 503 if isinstance(error, OperationalError) else 500)
