"""Keying paper forms: the pile, one form after the other, the sample that is keyed twice, and what came of it."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import clock, contents, hangers, keying, receipts, submissions
from campaigns.campaign import Campaign
from campaigns.codes import symbols
from campaigns.frame import doors as frame
from campaigns.keying import Keyed, KeyedTwice, NotForYou
from campaigns.receipts import WrongReceipt
from campaigns.store import NotSaved
from campaigns.submissions import Accepted, Closed, Entry, InstanceTaken, NotOpen
from forms import keyed
from forms.answers import canonical, from_post, validate
from forms.language import Refusal, Text
from forms.offline import judge
from survey import doors, entries, instances, numbers
from survey.access import CLERK, READERS
from survey.desk.keying_page import Sheet, first_of_last_person, show
from survey.desk.menu import SECTIONS, Section, find_campaign, pages
from survey.doors import CodeRevoked, OpenDoor
from survey.questionnaire.whole import apply_action

SECTIONS.append(Section(
    "desk.keying_home", Text("录入纸表", "Key in paper forms"),
    Text("收回的纸表、抽样复录和录入差错率。", "The pile of paper forms, the sample keyed twice, and the error rates."), (CLERK, *READERS)))

STALE = Text("页面打开太久了，请再按一次。", "The page was open for too long; please press once more.")
KEYED_BEFORE = Text("这张表已经录过。如再录一份，两份都会保留。只是想改，请返回后按 F8。",
                    "This form was keyed before. If you key it again, both are kept. To mend it, go back and press F8.")
_MENDS_FOR = timedelta(hours=1)


class OtherCampaign(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这张表属于另一项登记，不能在这里录。请放到那一摞去。",
                         "This form belongs to another campaign and cannot be keyed here. Put it on that pile.")


class NothingToMend(Refusal):
    status = 404

    def __init__(self):
        super().__init__("最近一小时您没有录过表。更早的请交督导员更正。",
                         "You keyed nothing within the last hour. Give older forms to a supervisor to correct.")


# The start: the pile --------------------------------------------------------------------------------------------------


@pages.page("/keying", roles=(CLERK, *READERS))
def keying_home() -> Response:
    """Where the next form is typed or scanned; for readers the state of keying."""
    return _start() if g.user.role == CLERK else _overview()


def _start(typed: str = "", error: Text | None = None, notice: Text | None = None, status: int = 200) -> Response:
    campaign, at, here = find_campaign(), clock.now(), current_app.installation
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        last = keying.last_of(connection, campaign, g.user, at - _MENDS_FOR)
        again = [_line(connection, each) for each in keying.waiting(connection, key, campaign, g.user)]
        html = render_template(
            "desk/keying.html", typed=typed, error=error, notice=notice, again=again, phase=campaign.phase(at),
            last=last and _line(connection, last), receipt=last and symbols.grouped(receipts.of(here.server, last.instance)),
            count=keying.count_of(connection, campaign, g.user, campaign.day(at)),
            saved=request.args.get("saved") if request.method == "GET" else None,
            to_key=_pile(connection),
            mine=next((each for each in keying.accuracy(connection, campaign.id) if each.user_id == g.user.id), None))
    return Response(html, status, mimetype="text/html")


def _pile(connection: Connection) -> list[dict]:
    """The paper forms that were collected and wait to be keyed."""
    found = hangers.to_key(connection, g.campaign, g.user)
    return [{"number": each.hanger.number, "place": each.door.place, "by": each.label,
             "code": keying.code_text(connection, current_app.installation.server, each.hanger.id)} for each in found if each.door]


def _line(connection: Connection, each: Keyed) -> dict:
    """A keyed form in a list: its door, and where to key it."""
    door = frame.find(connection, g.user.campaign_id, each.dwelling_id)
    code = keying.code_text(connection, current_app.installation.server, each.code_id)
    return {"keyed": each, "place": door.place if door else "", "code": code}


def _start_again() -> Response:
    return _start(request.form.get("code", ""), notice=STALE, status=400)


@pages.page("/keying", roles=CLERK, methods=("POST",), again=_start_again)
def keying_find() -> Response:
    """A form was typed or scanned: by the number or the code on it, or the address in its QR."""
    typed = request.form.get("code", "")
    last, campaign = typed.strip().rsplit("/", 1)[-1].strip(), find_campaign()
    try:
        if last.isascii() and last.isdigit() and len(last) < symbols.LENGTH:
            with current_app.installation.store.read() as connection:
                hanger = hangers.by_serial(connection, campaign, int(last))
                text = keying.code_text(connection, current_app.installation.server, hanger.id)
        else:
            text = symbols.read(last)
        _open(text, clock.now())
    except Refusal as refusal:  # told beside the field, whichever it is: the next form is scanned at once
        g.campaign = None
        return _start(typed, refusal.text, status=422 if isinstance(refusal, symbols.Mistyped) else refusal.status)
    return redirect(url_for("desk.keying_form", code=text), 303)


# One form -------------------------------------------------------------------------------------------------------------


def _open(code: str, at: datetime, *, begun: bool = False) -> OpenDoor:
    found = doors.find(code, at, shown_before=begun, revoked_too=begun)
    if found.campaign.id != g.user.campaign_id:
        raise OtherCampaign
    g.campaign = found.campaign
    return found


def _sheet(found: OpenDoor, at: datetime, typed: dict | None = None, **more: object) -> Sheet:
    instance = more.pop("instance", None) or instances.fresh(at)
    return Sheet(found, instance, instance.signed(current_app.installation.server, found.text),
                 url_for("desk.keying_form", code=found.text), typed or {}, **more)


@pages.page("/keying/form/<code>", roles=CLERK)
def keying_form(code: str) -> Response:
    """The empty form; for a form of the sample that somebody else keyed, to be keyed a second time (DBL-2)."""
    at = clock.now()
    found = _open(code, at)
    key = current_app.installation.keyring.campaign(found.campaign.slug)
    with current_app.installation.store.read() as connection:
        second = keying.waiting(connection, key, found.campaign, g.user, found.code.id)
        before = keying.of_paper(connection, found.campaign, found.code.id)
    if not second:
        doors.require_open(found.campaign, at)
    if not found.form.simple:
        return redirect(url_for("volunteer.form", code=found.text), 303)
    return show(_sheet(found, at, second=second[0].id if second else None, notice=KEYED_BEFORE if before and not second else None))


@pages.page("/keying/last", roles=CLERK)
def keying_last() -> Response:
    """What was keyed last, to be mended."""
    campaign, at, here = find_campaign(), clock.now(), current_app.installation
    with here.store.read() as connection:
        last = keying.last_of(connection, campaign, g.user, at - _MENDS_FOR)
        if last is None or last.code_id is None:
            raise NothingToMend
        text = keying.code_text(connection, current_app.installation.server, last.code_id)
        answers = contents.answers_of(connection, here.keyring.campaign(campaign.slug), submissions.current(connection, last.id))
    found = _open(text, at, begun=True)
    return show(_sheet(found, at, keyed.typed(found.form, answers), receipt=receipts.of(here.server, last.instance)))


def _form_again(code: str) -> Response:
    return _take(code, stale=True)


@pages.page("/keying/form/<code>", roles=CLERK, methods=("POST",), again=_form_again)
def keying_send(code: str) -> Response:
    """Keep the form and go on to the next; or show it again with what is wrong."""
    return _take(code)


def _take(code: str, *, stale: bool = False) -> Response:
    at, post = clock.now(), request.form
    instance = entries.posted_instance(code)
    found = _open(code, at, begun=instance is not None)
    typed = from_post(found.form, post)
    sheet = _sheet(found, at, typed, instance=instance, receipt=post.get("receipt", ""), second=numbers.read(post.get("second")))
    changed = apply_action(found.form, typed, post)
    if changed is not None:
        return show(replace(sheet, typed=changed, focus=first_of_last_person(found.form, changed) if "_add" in post else ""))
    if stale or instance is None:
        return show(replace(sheet, notice=entries.stale_words(), status=400))
    try:
        if not sheet.second:
            entries.require_takeable(found, instance, at)
        return _judge_and_keep(sheet, at)
    except (CodeRevoked, NotOpen, Closed, NotSaved, InstanceTaken, WrongReceipt, KeyedTwice, NotForYou) as refusal:
        return show(replace(sheet, notice=refusal.text, status=refusal.status))


def _judge_and_keep(sheet: Sheet, at: datetime) -> Response:
    form, terms = sheet.found.form, sheet.found.campaign.terms
    meant = keyed.read(form, sheet.typed)
    given = sheet.instance.began.astimezone(clock.zone(sheet.found.campaign.tz))
    result = validate(form, meant, today=given.date(), max_persons=terms.max_persons, now=given)
    answers, flags = result.answers, ()
    if result.errors and "as_on_paper" not in request.form:
        return show(replace(sheet, errors=tuple(result.errors), status=422))
    if result.errors:
        answers, flags = judge(form, meant, today=given.date(), max_persons=terms.max_persons, now=given)
    if sheet.second:
        _keep_second(sheet, answers, at)
        return redirect(url_for("desk.keying_home", saved=2), 303)
    _keep(sheet, answers, flags, at)
    return redirect(url_for("desk.keying_home", saved=1), 303)


def _keep(sheet: Sheet, answers: dict, flags: tuple[str, ...], at: datetime) -> Accepted:
    """On disk when it returns (INV-1). What breaks a rule of the form but stands so on the paper is kept as it was typed,
    beside what the form takes of it (SUB-7)."""
    found = sheet.found
    return _accept(found.campaign, Entry(
        instance=sheet.instance.id, form_version_id=found.form_id, channel="paper", dwelling_id=found.door.id, answers=answers,
        persons=len(answers.get(found.form.person_repeat) or ()), filled_at=sheet.instance.began, received_at=at, user=g.user,
        code_id=found.code.id, receipt=sheet.receipt or None, flags=flags, source=canonical(sheet.typed) if flags else None))


def _accept(campaign: Campaign, entry: Entry) -> Accepted:
    intake = current_app.installation.intake(campaign)
    row = intake.prepare(entry)
    return current_app.installation.store.submit(lambda connection: intake.accept(connection, entry, row))


def _keep_second(sheet: Sheet, answers: dict, at: datetime) -> None:
    campaign, paper, user, here = sheet.found.campaign, sheet.found.code.id, g.user, current_app.installation
    key = here.keyring.campaign(campaign.slug)
    here.store.submit(lambda connection: keying.keep_second(connection, key, campaign, sheet.second, paper, user, answers, at))


# The state of keying, for readers -------------------------------------------------------------------------------------


def _overview() -> Response:
    campaign, here = find_campaign(), current_app.installation
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        html = render_template(
            "desk/keying_overview.html", to_key=len(_pile(connection)),
            people=keying.accuracy(connection, campaign.id, reader=g.user),
            waiting=len(keying.waiting(connection, key, campaign, g.user)),
            pairs=[{"row": row, "door": frame.find(connection, campaign.id, row.dwelling_id)}
                   for row in keying.to_settle(connection, campaign, g.user)])
    return Response(html, mimetype="text/html")
