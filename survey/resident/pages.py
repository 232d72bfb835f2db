"""From a code on paper to a receipt number, without an account."""
from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock
from campaigns.campaign import Campaign
from campaigns.codes import symbols
from campaigns.missed import MOST_BY_CODE
from campaigns.receipts import WrongReceipt
from forms.language import Text
from survey import access, doors, entries, held_files, households
from survey.access import RESIDENT_BY_CODE, Pages
from survey.doors import BadgeAtTheDoor, HangerVoid, NotHung, OpenDoor
from survey.entries import STALE
from survey.entry_page import Sheet

pages = Pages("resident", __name__)


def _code_page(typed: str = "", error: Text | None = None, notice: Text | None = None, status: int = 200, *,
               calm: bool = False) -> Response:
    return Response(render_template("code.html", typed=typed, error=error, notice=notice, calm=calm), status, mimetype="text/html")


def _typed_again() -> Response:
    return _code_page(request.form.get("code", ""), notice=STALE_CODE, status=400)


STALE_CODE = Text("页面打开太久了，请再按一次“打开”。", "The page was open for too long; please press “Open” once more.")


@pages.page("/h", roles=RESIDENT_BY_CODE)
def type_code() -> Response:
    """Type a code that cannot be scanned."""
    return _code_page()


@pages.page("/h", roles=RESIDENT_BY_CODE, methods=("POST",), again=_typed_again)
def read_code() -> Response:
    """A mistyped code is no guess: it is caught here, before any look-up."""
    typed = request.form.get("code", "")
    try:
        text = symbols.read(typed)
    except symbols.Mistyped as mistyped:
        return _code_page(typed, mistyped.text, status=422)
    return redirect(url_for("resident.landing", code=text), 303)


@pages.page("/h/<code>", "/H/<code>", roles=RESIDENT_BY_CODE)
def landing(code: str) -> Response:
    """Who asks, why, for how long and on what ground; then the form. Of a recorded household it says only that (INV-4)."""
    at = clock.now()
    try:
        found = doors.find(code, at)
    except symbols.Mistyped as mistyped:
        return _code_page(code, mistyped.text, status=404)
    except BadgeAtTheDoor as badge:
        return redirect(url_for("sign_in.badge", code=badge.code), 303)
    except (NotHung, HangerVoid) as hanger:
        if _collects_for(g.campaign):
            return redirect(url_for("volunteer.hanger", code=symbols.read(code)), 303)
        return _code_page(notice=hanger.text, status=hanger.status, calm=isinstance(hanger, NotHung))
    doors.note_scan(found, at)
    if found.recorded:
        return _recorded(found)
    doors.require_open(found.campaign, at)
    return Response(render_template("landing.html", found=found, collector=_collector(found)), mimetype="text/html")


def _collector(found: OpenDoor) -> bool:
    """Whether a volunteer or clerk of this campaign is signed in on this phone: they record under their own name."""
    return _collects_for(found.campaign)


def _collects_for(campaign: Campaign) -> bool:
    user = access.user()
    return user is not None and user.role in access.COLLECTORS and user.campaign_id == campaign.id


def _recorded(found: OpenDoor, typed: str = "", error: Text | None = None, notice: Text | None = None,
              status: int = 200) -> Response:
    open_now = found.campaign.phase(clock.now()) == "open"
    return Response(render_template("recorded.html", found=found, typed=typed, error=error, notice=notice,
                                    open_now=open_now, whom_to_ask=found.campaign.terms.whom_to_ask), status, mimetype="text/html")


def sheet(found: OpenDoor, household: int = 1) -> Sheet:
    which = f"/household/{household}" if household > 1 else ""
    return Sheet(found, found.channel, f"/h/{found.text}{which}/form", f"/h/{found.text}/receipt", household=household)


@pages.page("/h/<code>/form", roles=RESIDENT_BY_CODE)
def form(code: str) -> Response:
    """The empty form."""
    at = clock.now()
    found = doors.find(code, at)
    if found.recorded:
        return redirect(url_for("resident.landing", code=found.text), 303)
    doors.require_open(found.campaign, at)
    return entries.blank(sheet(found), at)


@pages.page("/h/<code>/another", roles=RESIDENT_BY_CODE)
def another(code: str) -> Response:
    """'We are another household behind this door': on to its form (MIS-7)."""
    found = doors.find(code, clock.now())
    doors.require_open(found.campaign, clock.now())
    return redirect(sheet(found, households.next_number(found, MOST_BY_CODE)).action, 303)


@pages.page("/h/<code>/household/<int:number>/form", roles=RESIDENT_BY_CODE)
def further_form(code: str, number: int) -> Response:
    """The empty form of a further household."""
    at = clock.now()
    found = doors.find(code, at)
    if not households.may_answer(found, number, MOST_BY_CODE) or households.is_recorded(found, number):
        return redirect(url_for("resident.landing", code=found.text), 303)
    doors.require_open(found.campaign, at)
    return entries.blank(sheet(found, number), at)


def _further_again(code: str, number: int) -> Response:
    return _take(code, number, stale=True)


@pages.page("/h/<code>/household/<int:number>/form", roles=RESIDENT_BY_CODE, methods=("POST",), again=_further_again, files=True)
def send_further(code: str, number: int) -> Response:
    """Take the form of a further household, or show it again."""
    return _take(code, number)


def _form_again(code: str) -> Response:
    return _take(code, stale=True)


@pages.page("/h/<code>/form", roles=RESIDENT_BY_CODE, methods=("POST",), again=_form_again, files=True)
def send(code: str) -> Response:
    """Take the form, or show it again."""
    return _take(code)


def _take(code: str, number: int = 1, *, stale: bool = False) -> Response:
    at = clock.now()
    instance = entries.posted_instance(code)
    found = doors.find(code, at, shown_before=instance is not None, revoked_too=instance is not None)
    if not households.may_answer(found, number, MOST_BY_CODE):
        return redirect(url_for("resident.landing", code=found.text), 303)
    return entries.take(sheet(found, number), instance, at, stale=stale)


@pages.page("/h/<code>/file/<file>", roles=RESIDENT_BY_CODE)
def held_file(code: str, file: str) -> Response:
    """A photo or other file that the form in this browser brought, until it is sent; its random name is known to that page only."""
    found = doors.find(code, clock.now(), revoked_too=True)
    return held_files.look(found.campaign, found.door.id, file) or abort(404)


@pages.page("/h/<code>/receipt", roles=RESIDENT_BY_CODE)
def receipt(code: str) -> Response:
    """The receipt number, for the browser that just sent the form."""
    at = clock.now()
    found = doors.find(code, at, revoked_too=True)
    number = entries.last_sent(found, at)
    if number is None:
        return redirect(url_for("resident.landing", code=found.text), 303)
    return Response(render_template("receipt.html", found=found, receipt=symbols.grouped(number),
                                    corrected=entries.was_correction()), mimetype="text/html")


def _correct_again(code: str) -> Response:
    return _recorded(doors.find(code, clock.now()), request.form.get("receipt", ""), notice=STALE, status=400)


@pages.page("/h/<code>/correct", roles=RESIDENT_BY_CODE)
def before_correcting(code: str) -> Response:
    """A reload of the address that the receipt is sent to."""
    return redirect(url_for("resident.landing", code=code), 303)


@pages.page("/h/<code>/correct", roles=RESIDENT_BY_CODE, methods=("POST",), again=_correct_again)
def correct(code: str) -> Response:
    """With the receipt: the form with what was answered (INV-4)."""
    at = clock.now()
    found = doors.find(code, at)
    typed = request.form.get("receipt", "")
    doors.require_open(found.campaign, at)
    doors.require_patience(at)
    try:
        return entries.correction(sheet(found), at, symbols.read(typed))
    except symbols.Mistyped as mistyped:
        return _recorded(found, typed, mistyped.text, status=422)
    except WrongReceipt as wrong:
        doors.miss(doors.address())
        g.campaign = found.campaign
        return _recorded(found, typed, wrong.text, status=wrong.status)
