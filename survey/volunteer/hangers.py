"""Door hangers on the plain pages: what I carry, what is to be collected, and what was done with one hanger."""
from __future__ import annotations

import re
import uuid

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import campaign as campaigns
from campaigns import clock, hangers
from campaigns.codes import codes, symbols
from campaigns.hangers import REASONS, STATES, Action, Hanger
from forms.language import Refusal, Text
from survey import doors
from survey.access import COLLECTORS
from survey.volunteer.pages import YOUR_BADGE, OtherCampaign, pages

STALE = Text("页面打开太久了，请再按一次。", "The page was open for too long; please press the button once more.")
_ITEM = re.compile(r"[0-9a-f]{32}")

OFFERED = {
    # where a hanger stands: what can be done with it, the usual thing first
    "stock": ("hung", "spoiled", "lost"), "handed": ("hung", "collected", "spoiled", "lost", "returned"),
    "hung": ("collected", "hung", "spoiled", "lost"), "collected": ("placed",), "lost": ("found", "hung"),
}


class DoorNeeded(Refusal):
    status = 422

    def __init__(self):
        super().__init__("请扫或输入这户门上的码，才知道挂在哪一户。", "Scan or type the code at the door, to say which door it is.")


def _find(connection: Connection, typed: str) -> Hanger:
    g.campaign = campaigns.by_id(connection, g.user.campaign_id)
    return hangers.by_typed(connection, current_app.installation.server, g.campaign, typed)


def _home(typed: str = "", error: Text | None = None, notice: Text | None = None, status: int = 200) -> Response:
    here = current_app.installation
    with here.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
        held = [each.hanger for each in hangers.of_user(connection, here.server, g.campaign, g.user)]
        due = hangers.due(connection, g.campaign, g.user, clock.now())
    return Response(render_template("volunteer/hangers.html", carried=[each for each in held if each.state == "handed"],
                                    hanging=sum(each.state == "hung" for each in held), due=due, typed=typed, error=error,
                                    notice=notice), status, mimetype="text/html")


def _home_again() -> Response:
    return _home(request.form.get("hanger", ""), notice=STALE, status=400)


@pages.page("/v/hanger", roles=COLLECTORS)
def hanger_home() -> Response:
    """What I carry and what is to be collected; scan or type a hanger."""
    return _home()


@pages.page("/v/hanger", roles=COLLECTORS, methods=("POST",), again=_home_again)
def read_hanger() -> Response:
    """A hanger was typed: its code or its number."""
    typed = request.form.get("hanger", "").strip().rsplit("/", 1)[-1]
    try:
        with doors.guesses_slowed(clock.now()) as connection:
            _find(connection, typed)
    except Refusal as refusal:
        return _home(typed, refusal.text, status=refusal.status)
    return redirect(url_for("volunteer.hanger", code=typed), 303)


def _page(code: str, error: Text | None = None, notice: Text | None = None, status: int = 200) -> Response:
    with doors.guesses_slowed(clock.now()) as connection:
        found = _find(connection, code)
        place = hangers.place_of(connection, found)
    return Response(render_template(
        "volunteer/hanger.html", hanger=found, place=place, state=STATES[found.state], offered=_offered(found),
        reasons={key: text for key, text in REASONS.items() if key != "misprint"}, item=_item(), code=code, error=error, notice=notice,
        typed=request.form.get("door", "")), status, mimetype="text/html")


def _offered(found: Hanger) -> tuple[str, ...]:
    return () if found.state == "collected" and found.dwelling_id else OFFERED.get(found.state, ())


def _item() -> str:
    """The id of what will be done on this page: pressed twice, it is done once (HNG-4)."""
    posted = request.form.get("item", "")
    return posted if _ITEM.fullmatch(posted) else uuid.uuid4().hex


def _page_again(code: str) -> Response:
    try:
        return _page(code, notice=STALE, status=400)
    except Refusal:
        return _home(code, notice=STALE, status=400)


@pages.page("/v/hanger/<code>", roles=COLLECTORS)
def hanger(code: str) -> Response:
    """One hanger: where the books have it, and what can be done with it."""
    try:
        return _page(code)
    except (symbols.Mistyped, codes.CodeUnknown, hangers.NotAHanger, hangers.NoSuchHanger) as refusal:
        return _home(code, refusal.text, status=refusal.status)


@pages.page("/v/hanger/<code>", roles=COLLECTORS, methods=("POST",), again=_page_again)
def act(code: str) -> Response:
    """Something was done with the hanger."""
    here, at = current_app.installation, clock.now()
    kind = request.form.get("act", "")
    try:
        door_id = _door(at) if kind in ("hung", "placed") else None
    except Refusal as refusal:
        return _page(code, refusal.text, status=refusal.status)
    with doors.guesses_slowed(at) as connection:
        found = _find(connection, code)
    action = Action(kind, _item(), found.id, at, at, door_id, request.form.get("reason", ""))
    campaign, person = g.campaign, g.user
    result = here.store.submit(lambda connection: hangers.apply(connection, campaign, person, action))
    return Response(render_template("volunteer/hanger_done.html", result=result, code=code,
                                    unplaced=result.hanger.state == "collected" and not result.hanger.dwelling_id), mimetype="text/html")


def _door(at: object) -> int:
    """The door whose code was scanned or typed."""
    typed = request.form.get("door", "").strip().rsplit("/", 1)[-1]
    if not typed:
        raise DoorNeeded
    try:
        found = doors.find(typed, at)
    except doors.BadgeAtTheDoor:
        raise Refusal(*YOUR_BADGE) from None
    except doors.NotHung:
        raise DoorNeeded from None
    if found.campaign.id != g.user.campaign_id:
        g.campaign = None
        raise OtherCampaign(found.campaign)
    return found.door.id
