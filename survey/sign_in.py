"""Signing in with a badge and a PIN, for everybody who works in a campaign."""
from __future__ import annotations

from datetime import datetime

from flask import current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from campaigns import campaign as campaigns
from campaigns import clock, people, reader_ticket, throttle
from campaigns.codes import codes, symbols
from campaigns.people import User, WrongPin
from forms.language import Text
from survey import access, doors
from survey.access import PUBLIC, Pages

pages = Pages("sign_in", __name__)

STALE = Text("页面打开太久了，请再按一次“登录”。", "The page was open for too long; please press “Sign in” once more.")
_PIN_LENGTH = 6


def _page(badge: str = "", *, scanned: bool = False, app: bool = False, errors: dict[str, Text] | None = None, notice: Text | None = None,
          status: int = 200) -> Response:
    return Response(render_template("sign_in.html", badge=badge, scanned=scanned, app=app, errors=errors or {},
                                    notice=notice),
                    status, mimetype="text/html")


@pages.page("/sign-in", roles=PUBLIC)
def form() -> Response:
    """Type the badge and the PIN."""
    return _page()


@pages.page("/b/<code>", "/B/<code>", roles=PUBLIC)
def badge(code: str) -> Response:
    """A badge was scanned: only the PIN is asked. A household's code goes where it belongs."""
    try:
        text = symbols.read(code)
    except symbols.Mistyped as mistyped:
        return _page(code, errors={"badge": mistyped.text}, status=404)
    at, here = clock.now(), current_app.installation
    with doors.guesses_slowed(at) as connection:
        found = codes.find(connection, here.server, text)
        g.campaign = campaigns.by_id(connection, found.campaign_id)
        holder = people.by_id(connection, found.user_id) if found.user_id else None
    if found.kind != "badge":
        return redirect(url_for("resident.landing", code=text), 303)
    return _page(symbols.grouped(text), scanned=True, app=holder is not None and _in_the_app(holder))


def _again() -> Response:
    return _page(request.form.get("badge", ""), scanned="scanned" in request.form, notice=STALE, status=400)


@pages.page("/sign-in", roles=PUBLIC, methods=("POST",), again=_again)
def sign_in() -> Response:
    """Check badge and PIN; wrong ones count against the address and against the badge."""
    typed, pin, scanned = request.form.get("badge", ""), request.form.get("pin", ""), "scanned" in request.form
    try:
        text = symbols.read(typed)
    except symbols.Mistyped as mistyped:
        return _page(typed, errors={"badge": mistyped.text}, status=422)
    pin = pin.strip()
    if not (len(pin) == _PIN_LENGTH and pin.isdecimal()):
        return _page(typed, scanned=scanned, errors={"pin": Text("PIN 是 6 位数字。", "The PIN has six digits.")}, status=422)
    try:
        return _signed_in(_check(text, pin, clock.now()), text, clock.now())
    except WrongPin as wrong:
        doors.miss(doors.address(), throttle.badge_key(current_app.installation.server, text))
        return _page(typed, scanned=scanned, errors={"pin": wrong.text}, status=wrong.status)


def _check(text: str, pin: str, at: datetime) -> User:
    here = current_app.installation
    with here.store.read() as connection:
        throttle.check(connection, at, doors.address(), throttle.badge_key(here.server, text))
        return people.sign_in(connection, here.server, text, pin)


def _in_the_app(found: User) -> bool:
    """Clerks sit at a desk with a network; the app is for those who walk."""
    return found.role in access.PHONES and found.role != access.CLERK


def _home(found: User, badge: str) -> str:
    if _in_the_app(found):  # what stands behind # never reaches a server: the app reads there whose PIN to ask for, and takes it away
        return f"{url_for('shell.start')}#badge={symbols.grouped(badge)}"
    return url_for("volunteer.home") if found.role == access.CLERK else url_for("lead.home")


def _signed_in(found: User, badge: str, at: datetime) -> Response:
    here = current_app.installation
    wanted = session.get("next")
    access.begin_session(found)
    area = url_for("shell.start") if found.role in access.PHONES else url_for("lead.home")
    response = redirect(wanted if wanted and wanted.startswith(area) else _home(found, badge), 303)
    with here.store.read() as connection:
        slug = campaigns.by_id(connection, found.campaign_id).slug
    ticket = reader_ticket.issue(here.server, found, slug, at)
    if ticket:
        response.set_cookie(reader_ticket.COOKIE, ticket, max_age=int(reader_ticket.VALID.total_seconds()), httponly=True,
                            samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    else:
        _forget_reader(response)  # on a shared computer: the ticket of whoever was signed in before
    return response


def _forget_reader(response: Response) -> None:
    response.delete_cookie(reader_ticket.COOKIE, httponly=True, samesite="Lax",
                           secure=current_app.config["SESSION_COOKIE_SECURE"])


@pages.page("/sign-out", roles=access.STAFF, methods=("POST",))
def sign_out() -> Response:
    """End this browser's session, for the progress pages too."""
    session.clear()
    response = redirect(url_for("front.home"), 303)
    _forget_reader(response)
    return response
