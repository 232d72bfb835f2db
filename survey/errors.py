"""Every error becomes a page here, and nowhere else: what happened, why, and what to do, in the reader's language.

Unexpected errors are logged by type and place in the program. Their messages, the address and the body are not: they
can hold codes and answers.
"""
from __future__ import annotations

import logging
import traceback

from flask import Flask, g, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from campaigns.store import NotSaved
from campaigns.submissions import Closed, NotOpen
from campaigns.throttle import TooManyTries
from forms.language import Refusal, Text
from survey.doors import CodeRevoked, DoorEnded, HangerVoid, NotHung

log = logging.getLogger("survey")

TITLES: dict[type, Text] = {
    NotOpen: Text("登记还没有开始", "Not open yet"),
    Closed: Text("登记已经结束", "This has closed"),
    CodeRevoked: Text("这个码已经停用", "This code is no longer valid"),
    DoorEnded: Text("这处房屋已不在登记范围", "This dwelling is no longer on the list"),
    NotHung: Text("这张卡还没有挂到门上", "This card has not been hung yet"),
    HangerVoid: Text("这张卡不能再用", "This card cannot be used any more"),
    NotSaved: Text("暂时没能保存", "It was not saved"),
    TooManyTries: Text("请稍等再试", "Please wait a while"),
}
_BY_STATUS = {
    400: Text("没有办成", "That did not work"),
    403: Text("这里不能打开", "This cannot be opened"),
    404: Text("没有找到", "Not found"),
    409: Text("没有记入", "Not added"),
    413: Text("内容太大了", "This is too large"),
    414: Text("网址太长了", "This address is too long"),
    429: Text("请稍等再试", "Please wait a while"),
    500: Text("我们这边出了问题", "Something went wrong on our side"),
    503: Text("暂时不能用", "Not available just now"),
}
_HTTP = {
    404: Text("没有这个页面。请核对网址，或重新扫描纸上的二维码。",
              "There is no such page. Check the address, or scan the QR code on the paper again."),
    405: Text("这个地址不能这样打开。请重新扫描纸上的二维码。",
              "This address cannot be opened like that. Please scan the QR code on the paper again."),
    413: Text("一次提交的内容太多，没有收下。请把长的文字改短，人多的分几次登记，再提交。",
              "What was sent is too large and was not taken. Shorten the long texts, or record many people in several "
              "goes, and send again."),
    429: Text("请求太多了，请过几分钟再试。", "Too many requests; please try again in a few minutes."),
}
_NO_IDEA = Text("没有办成，请返回上一页再试一次。", "That did not work. Go back one page and try again.")
_OUR_FAULT = Text("不是您的问题，已经记下来了。请过几分钟再试；如仍不行，请拨打纸上的电话。",
                  "It is not your fault, and it has been noted. Try again in a few minutes; if it still fails, call "
                  "the number on the paper.")
_UNAVAILABLE = Text("系统暂时打不开，请过几分钟再试。", "The system cannot be reached just now; please try again in a few minutes.")


_LONGEST_ADDRESS = 4_000  # characters; the server itself lets twice as much through, so that it is we who answer


class TooLongAddress(Refusal):
    status = 414

    def __init__(self):
        super().__init__("网址太长了，打不开。请重新扫描纸上的二维码，或从首页进入；查找时请少写一些字。",
                         "This address is too long to open. Scan the QR code on the paper again, or go in by the start page; when you "
                         "search, use fewer words.")


def use(app: Flask) -> None:
    app.before_request(_refuse_long_address)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _refuse_long_address() -> None:
    if len(request.environ.get("RAW_URI") or request.full_path) > _LONGEST_ADDRESS:
        raise TooLongAddress


def title_of(refusal: Refusal) -> Text:
    return TITLES.get(type(refusal)) or _BY_STATUS.get(refusal.status, _BY_STATUS[400])


def _page(title: Text, text: Text, status: int) -> Response:
    g.setdefault("campaign", None)
    return Response(render_template("refusal.html", title=title, text=text), status, mimetype="text/html")


def _refused(refusal: Refusal) -> Response:
    return _page(title_of(refusal), refusal.text, refusal.status)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        return _page(_BY_STATUS[413], _HTTP[413], 413)
    response = _page(_BY_STATUS.get(error.code, _BY_STATUS[400]), _HTTP.get(error.code, _NO_IDEA), error.code)
    if error.code == 405 and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _unavailable(error: OperationalError) -> Response:
    """The store cannot be read."""
    log.error("store unavailable %s", whereabouts(error))
    return _page(_BY_STATUS[503], _UNAVAILABLE, 503)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected %s", whereabouts(error))
    return _page(_BY_STATUS[500], _OUR_FAULT, 500)


def whereabouts(error: BaseException) -> str:
    """The type of `error` and the places it came through, without its message."""
    places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = f" caused by {whereabouts(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__} at {' < '.join(reversed(places))}{cause}"
