"""The plain way, without the app and without JavaScript: the own tally, the next door's code, and the household's form
filled at the door or from paper. `survey/volunteer/shell.py` serves the app, which does the same offline.
"""
from __future__ import annotations

from datetime import datetime

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import campaign as campaigns
from campaigns import clock, tally
from campaigns.campaign import Campaign
from campaigns.codes import symbols
from campaigns.codes.codes import CodeUnknown
from campaigns.tally import Tally
from campaigns.visits import MOST_HOUSEHOLDS
from forms.language import Refusal, Text
from survey import doors, entries, held_files, households
from survey.access import CLERK, COLLECTORS, PHONES, Pages
from survey.doors import BadgeAtTheDoor, HangerVoid, NotHung, OpenDoor
from survey.entry_page import Sheet

pages = Pages("volunteer", __name__)

STALE = Text("页面打开太久了，请再按一次“打开”。", "The page was open for too long; please press “Open” once more.")
YOUR_BADGE = Text("这是工牌，不是门上的码。请扫门上或登记卡上的码。",
                  "This is a badge, not a door's code. Scan the code at the door or on the household's paper.")


class OtherCampaign(Refusal):
    """A code of a campaign that this person does not work in."""

    status = 403

    def __init__(self, other: Campaign):
        super().__init__("这个码属于另一项登记“{title}”，您不能在这里填。请核对是不是拿错了卡。",
                         "This code belongs to another campaign, “{title}”, so you cannot fill it in here. "
                         "Please check whether you took the wrong card.", title=other.title)


def _standing(at: datetime) -> tuple[Campaign, Tally]:
    with current_app.installation.store.read() as connection:
        campaign = campaigns.by_id(connection, g.user.campaign_id)
        return campaign, tally.of_user(connection, campaign, g.user, at)


def _home(typed: str = "", error: Text | None = None, notice: Text | None = None, status: int = 200) -> Response:
    at = clock.now()
    g.campaign, standing = _standing(at)
    return Response(render_template("volunteer/home.html", standing=standing, typed=typed, error=error, notice=notice,
                                    phase=g.campaign.phase(at)), status, mimetype="text/html")


def _home_again() -> Response:
    return _home(request.form.get("code", ""), notice=STALE, status=400)


@pages.page("/v/plain", roles=PHONES)
def home() -> Response:
    """The own tally, and where the next door's code goes."""
    return _home()


@pages.page("/v/plain", roles=COLLECTORS, methods=("POST",), again=_home_again)
def read_code() -> Response:
    """A door's code was typed."""
    typed = request.form.get("code", "")
    try:
        text = symbols.read(typed)
    except symbols.Mistyped as mistyped:
        return _home(typed, mistyped.text, status=422)
    return redirect(url_for("volunteer.door", code=text), 303)


def _find(code: str, at: datetime, *, shown_before: bool = False, revoked_too: bool = False) -> OpenDoor:
    found = doors.find(code, at, shown_before=shown_before, revoked_too=revoked_too)
    if found.campaign.id != g.user.campaign_id:
        g.campaign = None
        raise OtherCampaign(found.campaign)
    return found


@pages.page("/v/door/<code>", roles=COLLECTORS)
def door(code: str) -> Response:
    """Which door this is and whether its household is recorded; never what was answered."""
    at = clock.now()
    try:
        found = _find(code, at)
    except symbols.Mistyped as mistyped:
        return _home(code, mistyped.text, status=404)
    except CodeUnknown as unknown:
        return _home(code, unknown.text, status=unknown.status)
    except BadgeAtTheDoor:
        return _home(error=YOUR_BADGE, status=422)
    except (NotHung, HangerVoid):
        return redirect(url_for("volunteer.hanger", code=symbols.read(code)), 303)
    doors.require_open(found.campaign, at)
    return Response(render_template("volunteer/door.html", found=found, paper=g.user.role == CLERK), mimetype="text/html")


def _sheet(found: OpenDoor, household: int = 1) -> Sheet:
    action = url_for("volunteer.further_form", code=found.text, number=household) if household > 1 \
        else url_for("volunteer.form", code=found.text)
    return Sheet(found, "paper" if g.user.role == CLERK else "visit", action, url_for("volunteer.receipt", code=found.text), g.user,
                 household)


@pages.page("/v/door/<code>/form", roles=COLLECTORS)
def form(code: str) -> Response:
    """The empty form. A visit to a recorded household goes back to the door's page; keyed paper is always kept."""
    at = clock.now()
    found = _find(code, at)
    doors.require_open(found.campaign, at)
    if found.recorded and g.user.role != CLERK:
        return redirect(url_for("volunteer.door", code=found.text), 303)
    return entries.blank(_sheet(found), at)


@pages.page("/v/door/<code>/another", roles=COLLECTORS)
def another(code: str) -> Response:
    """One more household behind this door: on to its form."""
    found = _find(code, clock.now())
    return redirect(_sheet(found, households.next_number(found, MOST_HOUSEHOLDS)).action, 303)


@pages.page("/v/door/<code>/household/<int:number>/form", roles=COLLECTORS)
def further_form(code: str, number: int) -> Response:
    """The empty form of a further household."""
    at = clock.now()
    found = _find(code, at)
    doors.require_open(found.campaign, at)
    if not households.may_answer(found, number, MOST_HOUSEHOLDS) or households.is_recorded(found, number):
        return redirect(url_for("volunteer.door", code=found.text), 303)
    return entries.blank(_sheet(found, number), at)


def _further_again(code: str, number: int) -> Response:
    return _take(code, number, stale=True)


@pages.page("/v/door/<code>/household/<int:number>/form", roles=COLLECTORS, methods=("POST",), again=_further_again, files=True)
def send_further(code: str, number: int) -> Response:
    """Take the form of a further household, or show it again."""
    return _take(code, number)


def _form_again(code: str) -> Response:
    return _take(code, stale=True)


@pages.page("/v/door/<code>/form", roles=COLLECTORS, methods=("POST",), again=_form_again, files=True)
def send(code: str) -> Response:
    """Take the form, or show it again."""
    return _take(code)


def _take(code: str, number: int = 1, *, stale: bool = False) -> Response:
    at = clock.now()
    instance = entries.posted_instance(code)
    found = _find(code, at, shown_before=instance is not None, revoked_too=instance is not None)
    if not households.may_answer(found, number, MOST_HOUSEHOLDS):
        return redirect(url_for("volunteer.door", code=found.text), 303)
    return entries.take(_sheet(found, number), instance, at, stale=stale)


@pages.page("/v/door/<code>/file/<file>", roles=COLLECTORS)
def held_file(code: str, file: str) -> Response:
    """A photo or other file of a form that is not sent yet."""
    found = _find(code, clock.now(), revoked_too=True)
    return held_files.look(found.campaign, found.door.id, file) or abort(404)


@pages.page("/v/door/<code>/receipt", roles=COLLECTORS)
def receipt(code: str) -> Response:
    """The receipt number for the household, and the tally grown."""
    at = clock.now()
    found = _find(code, at, revoked_too=True)
    number = entries.last_sent(found, at)
    if number is None:
        return redirect(url_for("volunteer.door", code=found.text), 303)
    _, standing = _standing(at)
    return Response(render_template("volunteer/receipt.html", found=found, receipt=symbols.grouped(number),
                                    standing=standing), mimetype="text/html")
