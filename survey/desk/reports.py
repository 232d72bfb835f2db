"""Reports from the field: a list, each one with its answers, and its photos. Whoever reads one is in the audit log (REP-5)."""
from __future__ import annotations

from collections.abc import Iterator

from flask import current_app, g, render_template, request
from werkzeug.wrappers import Response

from campaigns import clock, filetypes, form_versions, reports
from campaigns.attachments import Folder
from campaigns.reports import NoSuchReport
from forms.form import Form
from forms.language import Text
from forms.questions import Question
from survey import numbers
from survey.access import READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section("desk.reports_home", Text("上报", "Reports"),
                        Text("事件、楼栋情况和其他上报，照片可下载。", "Incidents, stairwell sheets and other reports, with their photos."),
                        READERS))
_PAGE = 50


@pages.page("/reports", roles=READERS)
def reports_home() -> str:
    """Reports, newest first."""
    campaign = find_campaign()
    before, key = numbers.read(request.args.get("before")), request.args.get("form", "")
    with current_app.installation.store.read() as connection:
        found = reports.listed(connection, campaign, g.user, key=key, before=before, most=_PAGE + 1)
        titles = {form.key: form.title for _, purpose, form in form_versions.in_use(connection, campaign.id)
                  if purpose == form_versions.REPORT}
    return render_template("desk/reports.html", found=found[:_PAGE], more=found[_PAGE - 1].id if len(found) > _PAGE else None,
                           titles=titles, key=key)


@pages.page("/reports/<int:report_id>", roles=READERS)
def report(report_id: int) -> str:
    """One report with its answers; this look is noted."""
    here, campaign, at, actor = current_app.installation, find_campaign(), clock.now(), g.user.actor
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        found = reports.found(connection, campaign, g.user, report_id)
        form = form_versions.form_of(connection, found.form_version_id)
        answers, files = reports.opened(connection, key, found), reports.files_of(connection, key, found.id)
        building = reports.named_building(connection, key, found)
    here.store.submit(lambda connection: reports.note_reading(connection, campaign, found, at, actor))
    return render_template("desk/report.html", found=found, form=form, rows=list(_rows(form, answers)), files=files,
                           place=found.place or building)


def _rows(form: Form, answers: dict) -> Iterator[tuple[Text, str | Text]]:
    """(question, answer) in the order of the form; a choice by its words."""
    questions = {question.name: question for question in form.root.walk()}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, inside in enumerate(value, 1):
                yield Text(f"{number}", f"{number}"), ""
                yield from _rows(form, inside)
        elif value not in (None, "", []):
            question = questions.get(name)
            yield (question.label if question and question.label else Text(name, name)), _said(question, value)


def _said(question: Question | None, value: object) -> str | Text:
    words = dict(question.choices) if question else {}
    if isinstance(value, list):
        said = [words.get(each, Text(each, each)) for each in value]
        return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))
    return words.get(value, str(value))


@pages.page("/reports/<int:report_id>/file/<file>", roles=READERS)
def report_file(report_id: int, file: str) -> Response:
    """A photo or other file of a report, to be saved; this is noted."""
    here, campaign, at, actor = current_app.installation, find_campaign(), clock.now(), g.user.actor
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        found = reports.found(connection, campaign, g.user, report_id)
        if file not in reports.files_of(connection, key, found.id).values():
            raise NoSuchReport
    here.store.submit(lambda connection: reports.note_reading(connection, campaign, found, at, actor, file))
    content = b"".join(Folder(here.settings.attachments / campaign.slug, key).read(file))
    kind = filetypes.shown_as(content[:filetypes.HEAD]) or "application/octet-stream"
    return Response(content, content_type=kind, headers={"Content-Disposition": f"attachment; filename=report-{report_id}-{file[:8]}"})
