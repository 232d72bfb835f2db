"""A household's form on the screen and coming back: the same for a resident, a volunteer at the door and a clerk.

Whatever goes wrong after `send`, the same page comes again with everything that was typed and one sentence saying what
to do. Answers go nowhere but into the sealed submission and back to the screen that sent them.
"""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import current_app, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from campaigns import clock, contents, held, media, receipts, submissions
from campaigns.codes import symbols
from campaigns.receipts import WrongReceipt
from campaigns.store import NotSaved
from campaigns.submissions import AlreadyRecorded, Closed, Entry, InstanceTaken, NotOpen
from campaigns.throttle import TooManyTries
from forms import browser
from forms.answers import AnswerError, files_in, from_post, validate
from forms.language import Refusal, Text
from survey import doors, filled, held_files, instances, language
from survey.doors import CodeRevoked, OpenDoor
from survey.entry_page import Sheet, Shown, show
from survey.held_files import DoorShelf
from survey.instances import Instance
from survey.questionnaire.pages import REVIEW
from survey.questionnaire.walk import Walk, World, by_pages
from survey.questionnaire.whole import acted_on, apply_action
from survey.runtime_words import words_digest

STALE = Text("页面打开太久了，这次没有提交成功。您填的都还在，请再按一次“提交登记”。",
             "The page was open for too long, so it was not sent. Everything you filled in is still here: please press "
             "“Send” again.")
NO_COOKIES = Text("如果总是这样，请在浏览器设置里允许 Cookie，或换一个浏览器扫码。",
                  "If this keeps happening, allow cookies in your browser, or scan the code with another browser.")
CORRECTING = Text("下面是已经登记的内容。请改好后再提交。", "This is what is recorded. Change what is wrong, then send.")
_SHOWN_SECONDS = 3600


def posted_instance(code: str) -> Instance | None:
    """The instance that this post carries, when it is one of ours for `code` (as typed in the address)."""
    try:
        return instances.read(current_app.installation.server, request.form.get("instance", ""), symbols.read(code))
    except symbols.Mistyped:
        return None


def blank(sheet: Sheet, at: datetime) -> Response:
    """An empty form."""
    form, instance = sheet.found.form, instances.fresh(at)
    if not by_pages(form):
        return show(sheet, Shown(instance, begins=True))
    world = _world(sheet, at, instance)
    return show(sheet, Shown(instance, walk=Walk(form, {}, world), runtime=_runtime(sheet, world)))


def _runtime(sheet: Sheet, world: World, answers: dict | None = None) -> Markup:
    found = sheet.found
    xml = url_for("front.form_xml", version=found.form_id, digest=browser.digest_of(found.form))
    who = sheet.user.id if sheet.user else 0
    return filled.place(found.form, xml, url_for("front.form_words", v=words_digest()), f"{sheet.action} {who}", world.media,
                        answers)


def _shelf(sheet: Sheet, at: datetime, instance: Instance) -> DoorShelf | None:
    found = sheet.found
    files = sheet.receipt_page.removesuffix("/receipt") + "/file"
    return DoorShelf(found.campaign, found.door.id, instance, files, at) if found.form.files else None


def _world(sheet: Sheet, at: datetime, instance: Instance) -> World:
    return World(language.current(), at.astimezone(clock.zone(sheet.found.campaign.tz)), sheet.user.label if sheet.user else "",
                 _shelf(sheet, at, instance), _media(sheet))


def _media(sheet: Sheet) -> dict[str, str]:
    """The addresses of the form's own pictures and recordings."""
    found = sheet.found
    if not found.form.definition.texts.files():
        return {}
    with current_app.installation.store.read() as connection:
        names = media.names(connection, found.form_id)
    return {name: url_for("front.form_media", digest=digest, name=name) for name, digest in names.items()}


def correction(sheet: Sheet, at: datetime, receipt: str) -> Response:
    """The form with the answers that are recorded, for whoever has the receipt (12 symbols). Raises WrongReceipt."""
    here = current_app.installation
    with here.store.read() as connection:
        mine = receipts.submission_of(connection, here.server, sheet.found.door.id, receipt)
        key = here.keyring.campaign(sheet.found.campaign.slug)
        answers = contents.answers_of(connection, key, submissions.current(connection, mine))
    form = sheet.found.form
    instance = instances.fresh(at)
    world = _world(sheet, at, instance)
    walk = Walk(form, answers, world, key=REVIEW) if by_pages(form) else None
    return show(sheet, Shown(instance, answers, notice=CORRECTING, receipt=receipt, walk=walk,
                             runtime=_runtime(sheet, world, answers) if walk else Markup()))


def take(sheet: Sheet, instance: Instance | None, at: datetime, *, stale: bool = False) -> Response:
    """Answer a post of the form: the receipt page, or the form again.

    `instance`: as `posted_instance` read it. `stale`: the CSRF token was not good.
    """
    sheet = replace(sheet, found=doors.as_begun(sheet.found, request.form.get("_form", "")))
    found, post = sheet.found, request.form
    if by_pages(found.form):
        return _walk_on(sheet, instance, at, stale)
    raw = from_post(found.form, post)
    shown = Shown(instance or instances.fresh(at), raw, receipt=post.get("receipt", ""),
                  ask_receipt="ask_receipt" in post)
    if post.get("_language"):
        language.switch(post["_language"])
        return show(sheet, shown)
    changed = apply_action(found.form, raw, post)
    if changed is not None:
        return show(sheet, replace(shown, answers=changed, at=acted_on(post)))
    try:
        require_takeable(found, shown.instance, at)
    except (CodeRevoked, NotOpen, Closed) as refusal:
        return show(sheet, _refused(shown, refusal))
    if stale or instance is None:
        return show(sheet, replace(shown, notice=stale_words(), alarm=True, status=400))
    return _send(sheet, shown, at)


def _walk_on(sheet: Sheet, instance: Instance | None, at: datetime, stale: bool) -> Response:
    """The next page of a form that is filled page by page, or the last step of all."""
    post = request.form
    if post.get("_language"):
        language.switch(post["_language"])
    ours = instance or instances.fresh(at)
    world = _world(sheet, at, ours)
    if filled.arrived(request.files):
        walk = filled.walk(sheet.found.form, post, request.files, world)
    else:
        post, refused = held_files.received(sheet.found.form, post, request.files, world.shelf)
        walk = Walk.posted(sheet.found.form, post, world, refused)
    shown = Shown(ours, receipt=post.get("receipt", ""), ask_receipt="ask_receipt" in post, walk=walk)
    if post.get("_language"):
        return show(sheet, shown)
    if not filled.arrived(request.files) and not walk.step(post) or walk.errors:
        return show(sheet, replace(shown, status=422 if walk.errors else 200))
    try:
        require_takeable(sheet.found, shown.instance, at)
    except (CodeRevoked, NotOpen, Closed) as refusal:
        return show(sheet, _refused(shown, refusal))
    if stale or instance is None:
        return show(sheet, replace(shown, notice=stale_words(), alarm=True, status=400))
    return _send(sheet, replace(shown, answers=walk.to_send()), at)


def stale_words() -> Text:
    if request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]):
        return STALE
    return Text(STALE.zh + NO_COOKIES.zh, f"{STALE.en} {NO_COOKIES.en}")


def require_takeable(found: OpenDoor, instance: Instance, at: datetime) -> None:
    """Raises CodeRevoked, NotOpen or Closed. What was taken before, sent again, still gets its receipt (INV-1)."""
    try:
        if found.withdrawn:
            raise CodeRevoked
        submissions.is_late(found.campaign, instance.began, at)
    except (CodeRevoked, NotOpen, Closed):
        with current_app.installation.store.read() as connection:
            if not submissions.is_kept(connection, found.campaign.id, instance.id):
                raise


def _send(sheet: Sheet, shown: Shown, at: datetime) -> Response:
    found = sheet.found
    # by the time at which the form was given out: sent again after midnight, the same form gives the same answers (INV-1)
    given = shown.instance.began.astimezone(clock.zone(found.campaign.tz))
    given = shown.walk.moment(given) if shown.walk else given
    result = validate(found.form, shown.answers, today=given.date(), max_persons=found.campaign.terms.max_persons, now=given)
    shown = replace(shown, answers=result.cleaned)
    errors = result.errors or _gone(sheet, shown, result.answers)
    if errors and shown.walk:
        shown.walk.refuse(errors)
    if errors:
        return show(sheet, replace(shown, errors=tuple(errors), status=422))
    try:
        _keep(sheet, shown, result.answers, at)
    except (NotSaved, TooManyTries) as refusal:
        return show(sheet, _refused(shown, refusal))
    except (AlreadyRecorded, InstanceTaken) as refusal:
        return show(sheet, replace(_refused(shown, refusal), instance=_anew(sheet, shown, at), ask_receipt=True))
    except (WrongReceipt, symbols.Mistyped) as refusal:
        if isinstance(refusal, WrongReceipt):
            doors.miss(doors.address())
        return show(sheet, replace(shown, status=refusal.status, ask_receipt=True, receipt_error=refusal.text,
                                   notice=AlreadyRecorded().text, alarm=True))
    session["sent"] = [found.code.id, shown.instance.id, int(at.timestamp()), bool(shown.receipt.strip())]
    return redirect(sheet.receipt_page, 303)


def _gone(sheet: Sheet, shown: Shown, answers: dict) -> list[AnswerError]:
    """The answers whose file was wiped meanwhile (HLD-3); of what is kept already, none."""
    shelf, here, found = shown.walk and shown.walk.world.shelf, current_app.installation, sheet.found
    if shelf is None:
        return []
    with here.store.read() as connection:
        if submissions.is_kept(connection, found.campaign.id, shown.instance.id):
            return []
        before = held_files.before(connection, here.server, shelf.key, found.door.id, _receipt(shown.receipt))
    return shelf.gone(found.form, answers, before)


def _receipt(typed: str) -> str | None:
    """The 12 symbols of a receipt; None for none, and for a mistyped one, which is refused in its turn."""
    try:
        return symbols.read(typed) if typed.strip() else None
    except symbols.Mistyped:
        return None


def _anew(sheet: Sheet, shown: Shown, at: datetime) -> Instance:
    """Another instance for the same page, with the files that it holds."""
    fresh, campaign_id = instances.fresh(at), sheet.found.campaign.id
    if shown.walk and shown.walk.world.shelf is not None:
        current_app.installation.store.submit(lambda connection: held.rebind(connection, campaign_id, shown.instance.id, fresh.id))
        shown.walk.world = replace(shown.walk.world, shelf=_shelf(sheet, at, fresh))
    return fresh


def _refused(shown: Shown, refusal: Refusal) -> Shown:
    return replace(shown, notice=refusal.text, alarm=True, status=refusal.status)


def _keep(sheet: Sheet, shown: Shown, answers: dict, at: datetime) -> None:
    """Seal and commit; returns when it is on disk (INV-1)."""
    found, here = sheet.found, current_app.installation
    receipt = symbols.read(shown.receipt) if shown.receipt.strip() else None
    if receipt:
        doors.require_patience(at)
        with here.store.read() as connection:
            household = submissions.household_of(connection, receipts.submission_of(connection, here.server, found.door.id, receipt))
    else:
        household = sheet.household
    entry = Entry(
        instance=shown.instance.id, form_version_id=found.form_id, channel=sheet.channel, dwelling_id=found.door.id,
        answers=answers, persons=len(answers.get(found.form.person_repeat) or ()), filled_at=shown.instance.began,
        received_at=at, user=sheet.user, code_id=found.code.id, receipt=receipt, household=household)
    intake = here.intake(found.campaign)
    row = intake.prepare(entry)
    shelf = shown.walk and shown.walk.world.shelf
    if shelf is None:
        here.store.submit(lambda connection: intake.accept(connection, entry, row))
        return
    names = [name for _, name, _ in files_in(found.form, answers)]

    def work(connection):
        accepted = intake.accept(connection, entry, row)
        return held.commit(connection, intake.key, found.campaign, accepted.id, entry.instance, names, at)

    held.drop(shelf.folder, here.store.submit(work))


def last_sent(found: OpenDoor, at: datetime) -> str | None:
    """The receipt number (12 symbols) of what this browser sent for this door within the last hour."""
    code_id, instance, sent_at, *_ = session.get("sent") or (None, None, 0)
    if code_id != found.code.id or at.timestamp() > sent_at + _SHOWN_SECONDS:
        return None
    return receipts.of(current_app.installation.server, instance)


def was_correction() -> bool:
    """Whether what this browser sent last changed what was recorded."""
    return (session.get("sent") or [False])[3:] == [True]
