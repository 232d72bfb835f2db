"""What came in: found by receipt number, code or door; when, how, by whom, what is marked, which files. Never the answers."""
from __future__ import annotations

from urllib.parse import quote

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock, form_versions, received
from campaigns.attachments import Folder
from campaigns.frame.doors import NoSuchPlace, SeveralPlaces
from campaigns.received import NothingFound
from campaigns.terms import CHANNEL_NAMES
from forms import flags
from forms.language import Text
from survey import held_files
from survey.access import ORGANISER, READERS, SUPERVISOR
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section(
    "desk.submissions", Text("查收到的登记", "Look up what came in"),
    Text("按回执号、门上的码或门牌查一份登记：什么时候、谁交的、有什么标记、附件。",
         "By receipt number, code or door: when, by whom, what is marked, which files."), READERS))
STALE = Text("页面打开太久了，请再按一次。", "The page was open for too long; please press once more.")
KINDS = {"image": Text("照片", "Picture"), "audio": Text("录音", "Sound"), "video": Text("视频", "Film"), "file": Text("文件", "File"),
         "audit": Text("填写过程", "Log of filling")}


def _page(lines: list | None = None, typed: str = "", error: Text | None = None, notice: Text | None = None, status: int = 200) -> Response:
    campaign = find_campaign()
    with current_app.installation.store.read() as connection:
        marked = received.flagged(connection, campaign, g.user) if lines is None else None
    return Response(render_template("desk/submissions.html", lines=lines, marked=marked, typed=typed, error=error, notice=notice,
                                    channels=CHANNEL_NAMES), status, mimetype="text/html")


@pages.page("/submissions", roles=READERS)
def submissions() -> Response:
    """The field to search with, and the newest submissions that are marked."""
    return _page()


def _find_again() -> Response:
    return _page(typed=request.form.get("what", ""), notice=STALE, status=400)


@pages.page("/submissions", roles=READERS, methods=("POST",), again=_find_again)
def find_submissions() -> Response:
    """What was typed stays out of the address: it may be a code."""
    campaign, here, typed = find_campaign(), current_app.installation, request.form.get("what", "")
    try:
        with here.store.read() as connection:
            lines = received.find(connection, here.server, campaign, g.user, typed)
    except (NothingFound, NoSuchPlace, SeveralPlaces) as refusal:
        return _page(typed=typed, error=refusal.text, status=refusal.status)
    if len(lines) == 1:
        return redirect(url_for("desk.submission", submission_id=lines[0].id), 303)
    return _page(lines, typed)


@pages.page("/submissions/<int:submission_id>", roles=READERS)
def submission(submission_id: int) -> Response:
    """One submission, without its answers."""
    campaign, here = find_campaign(), current_app.installation
    with here.store.read() as connection:
        found = received.one(connection, here.keyring.campaign(campaign.slug), campaign, g.user, submission_id)
        others = [each for each in received.of_door(connection, campaign, g.user, found.dwelling_id) if each.id != found.id]
        form = form_versions.form_of(connection, found.form_version_id)
    return Response(render_template(
        "desk/submission.html", found=found, others=others, form=form, said=[flags.words(form, flag) for flag in found.flags],
        channels=CHANNEL_NAMES, kinds=KINDS, opens=g.user.role in (SUPERVISOR, ORGANISER)), mimetype="text/html")


@pages.page("/submissions/<int:submission_id>/file/<int:file_id>", roles=(SUPERVISOR, ORGANISER))
def submission_file(submission_id: int, file_id: int) -> Response:
    """A file of a submission, unsealed for this one look, which is noted."""
    campaign, here, at = find_campaign(), current_app.installation, clock.now()
    key, viewer = here.keyring.campaign(campaign.slug), g.user
    name, file = here.store.submit(
        lambda connection: received.open_file(connection, key, campaign, viewer, submission_id, file_id, at))
    answer = held_files.content(b"".join(Folder(here.settings.attachments / campaign.slug, key).read(file)))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
