"""The page of a household's form: whose it is, and what stands around the questions."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, g
from markupsafe import Markup
from werkzeug.wrappers import Response

from campaigns import clock
from campaigns.people import User
from forms.answers import AnswerError
from forms.language import Text
from survey import headers, language
from survey.doors import OpenDoor
from survey.instances import Instance
from survey.questionnaire import words
from survey.questionnaire.walk import Walk
from survey.questionnaire.whole import page_parts, questionnaire_html
from survey.sessions import csrf_token
from survey.skeleton import lasting, skeleton

_HEADINGS = {"paper": Text("录入纸表", "Key in a paper form"), "visit": Text("上门登记", "Door visit")}
_HEADING, _CORRECTION = Text("填写登记表", "Fill in the form"), Text("更正登记", "Correct the answers")


@dataclass(frozen=True)
class Sheet:
    """One form page: whose door, through which channel, by whom; `action` and `receipt_page` are addresses; `household`: which one
    behind the door."""

    found: OpenDoor
    channel: str
    action: str
    receipt_page: str
    user: User | None = None
    household: int = 1


@dataclass(frozen=True)
class Shown:
    """What the page shows beside the questions. `walk`: where a form that is filled page by page stands. `receipt`: the number
    of a correction; `ask_receipt`: show its field. `runtime`: what the script needs to take over from here. `begins`: nothing is
    filled in yet. `at`: the person by whom the page opens."""

    instance: Instance
    answers: dict | None = None
    errors: tuple[AnswerError, ...] = ()
    notice: Text | None = None
    alarm: bool = False
    receipt: str = ""
    ask_receipt: bool = False
    receipt_error: Text | None = None
    status: int = 200
    walk: Walk | None = None
    runtime: Markup = Markup()
    begins: bool = False
    at: int | None = None


def show(sheet: Sheet, shown: Shown) -> Response:
    """The form page."""
    found = sheet.found
    campaign, now = found.campaign, language.current()
    g.campaign = campaign
    shell = skeleton("entry.html", now, campaign=campaign, until=clock.as_said(campaign.closes_at, campaign.tz),
                     files=bool(found.form.files), alone=shown.walk is None, runtime=bool(shown.runtime))
    if shown.runtime:
        headers.runs_forms()
    heading = _CORRECTION if shown.receipt and not shown.ask_receipt else _HEADINGS.get(sheet.channel, _HEADING)
    blank = shown.answers is None and not shown.errors
    return shell.join(
        shown.status, heading=language.tell(heading), action=sheet.action, token=csrf_token(), place=found.door.place,
        instance=shown.instance.signed(current_app.installation.server, found.text), form=str(found.form_id),
        body=shown.walk.html() if shown.walk else lasting(page_parts(found.form, now)[0]) if blank else
        questionnaire_html(found.form, now, shown.answers, shown.errors, at=shown.at),
        send="" if shown.walk else lasting(_send_button(now)),
        runtime=shown.runtime, draft=lasting(_draft_offer(now)) if shown.begins else "",
        notice=_notice(shown), receipt=_receipt_field(shown),
        mistake=language.say("错误：", "Error: ") if shown.errors or shown.receipt_error or shown.walk and shown.walk.errors else "")


@lru_cache(maxsize=8)
def _send_button(now: str) -> Markup:
    """The button under a form that stands on one page."""
    return Markup('<div class="send">\n<button type="submit" class="button" data-sending="{}">{}</button>\n</div>').format(
        words.SENDING.to(now), words.SEND.to(now))


@lru_cache(maxsize=8)
def _draft_offer(now: str) -> Markup:
    """What asks whether to go on with a draft of this phone; shown by the script that finds one."""
    return Markup('<div class="notice" id="draft" role="status" data-words="{}" data-earlier="{}" hidden><p></p><div class="draft-buttons">'
                  '<button type="button" class="button" value="go">{}</button>'
                  '<button type="button" class="button secondary" value="anew">{}</button></div></div>').format(
        *(text.to(now) for text in (words.DRAFT_FOUND, words.DRAFT_EARLIER, words.DRAFT_GO_ON, words.DRAFT_ANEW)))


def _notice(shown: Shown) -> Markup:
    if shown.notice is None:
        return Markup()
    kind = Markup('class="notice alarm" role="alert"') if shown.alarm else Markup('class="notice" role="status"')
    return Markup("<div {}><p>{}</p></div>").format(kind, language.tell(shown.notice))


def _receipt_field(shown: Shown) -> Markup:
    """The receipt number: hidden once it was checked, a field where it is missing or wrong."""
    if not shown.ask_receipt:
        return Markup('<input type="hidden" name="receipt" value="{}">').format(shown.receipt) if shown.receipt else Markup()
    return Markup(current_app.jinja_env.get_template("receipt_field.html").render(
        value=shown.receipt, error=shown.receipt_error and language.tell(shown.receipt_error), inside=True))
