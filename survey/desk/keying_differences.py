"""Two keyings of one paper side by side, for a supervisor who has the paper at hand and says which is right."""
from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import clock, form_versions, keying, people, receipts, submissions
from campaigns.campaign import Campaign
from campaigns.frame import doors as frame
from campaigns.keying import Pair
from campaigns.submissions import Entry, Intake
from forms.answers import canonical
from forms.form import Form
from forms.language import Text
from forms.offline import judge
from survey import language
from survey.access import ORGANISER, SUPERVISOR
from survey.desk.menu import find_campaign, pages
from survey.questionnaire.words import PERSON

UNSETTLED = Text("每一处都要选一边，再存。", "Choose one side in each line, then save.")


@dataclass(frozen=True)
class Line:
    """One answer of which two clerks say different things. `which`: what was chosen so far."""

    path: str
    label: str
    first: str
    second: str
    which: str = ""


@pages.page("/keying/differences/<int:keying_id>", roles=(SUPERVISOR, ORGANISER))
def keying_differences(keying_id: int) -> Response:
    """What differs. Who looked is in the audit log."""
    return _show(keying_id)


def _show(keying_id: int, chosen: dict[str, str] | None = None, notice: Text | None = None, status: int = 200) -> Response:
    campaign, here, user, at = find_campaign(), current_app.installation, g.user, clock.now()
    with here.store.read() as connection:
        found = keying.pair(connection, here.keyring.campaign(campaign.slug), campaign, keying_id)
        form = form_versions.form_of(connection, found.keyed.form_version_id)
        by = [people.by_id(connection, each).label if each else "-" for each in (found.first_by, found.second_by)]
        door = frame.find(connection, campaign.id, found.keyed.dwelling_id)
    here.store.submit(lambda connection: keying.note_seen(connection, campaign, keying_id, user, at))
    lines = [_line(form, found, path, (chosen or {}).get(path, "")) for path in found.differences]
    return Response(render_template("desk/keying_differences.html", keying_id=keying_id, lines=lines, by=by, door=door, notice=notice),
                    status, mimetype="text/html")


def _line(form: Form, found: Pair, path: str, which: str) -> Line:
    parts = path.split("/")
    persons = [int(part) + 1 for part in parts if part.isdigit()]
    where = PERSON.fill(number=persons[-1]).to(language.current()) if persons else ""
    question = None if parts[-1].isdigit() else next((q for q in form.root.walk() if q.name == parts[-1]), None)
    label = question.label.to(language.current()) if question else ""
    return Line(path, " · ".join(filter(None, (where, label))) or path,
                *(_said(question, parts, answers) for answers in (found.first, found.second)), which)


def _said(question: object, parts: list[str], answers: object) -> str:
    """The answer at a path in words; of a whole person all that is said of them."""
    for part in parts:
        try:
            answers = answers[int(part)] if isinstance(answers, list) else answers.get(part)
        except (IndexError, AttributeError):
            answers = None
    if answers is None:
        return ""
    if isinstance(answers, dict):
        return "，".join(value for value in answers.values() if isinstance(value, str))
    words = dict(question.choices) if question else {}
    return "、".join(words[code].to(language.current()) if code in words else code
                    for code in ([answers] if isinstance(answers, str) else answers))


def _again(keying_id: int) -> Response:
    return _show(keying_id, _chosen(), Text("页面打开太久了，请再按一次。", "The page was open for too long; please press once more."), 400)


def _chosen() -> dict[str, str]:
    return {name.removeprefix("which-"): value for name, value in request.form.items() if name.startswith("which-")}


@pages.page("/keying/differences/<int:keying_id>", roles=(SUPERVISOR, ORGANISER), methods=("POST",), again=_again)
def keying_settle(keying_id: int) -> Response:
    """Keep who was right; where it was the second clerk, a correction replaces what the first one keyed (DBL-4)."""
    campaign, here, user, at, chosen = find_campaign(), current_app.installation, g.user, clock.now(), _chosen()
    key, intake = here.keyring.campaign(campaign.slug), here.intake(campaign)
    with here.store.read() as connection:
        differences = keying.pair(connection, key, campaign, keying_id).differences
    if any(chosen.get(path) not in ("first", "second") for path in differences):
        return _show(keying_id, chosen, UNSETTLED, 422)
    right = {path for path in differences if chosen[path] == "second"}

    def work(connection: Connection) -> None:
        found = keying.pair(connection, key, campaign, keying_id)
        correction = _correct(connection, intake, campaign, found, right, at, user) if right else None
        keying.settle(connection, campaign, found, right, user, at, correction)

    here.store.submit(work)
    return redirect(url_for("desk.keying_home"), 303)


def _correct(connection: Connection, intake: Intake, campaign: Campaign, found: Pair, right: set[str], at: datetime,
             user: people.User) -> int:
    """The correction with the second clerk's answers; what breaks a rule of the form is flagged, as everything from paper."""
    form = form_versions.form_of(connection, found.keyed.form_version_id)
    answers = keying.merged(found, right)
    judged = judge(form, answers, today=clock.day(at, campaign.tz), now=at, max_persons=campaign.terms.max_persons)
    entry = Entry(
        instance=secrets.token_hex(16), form_version_id=found.keyed.form_version_id, channel="paper",
        dwelling_id=found.keyed.dwelling_id,
        household=submissions.household_of(connection, found.keyed.id), answers=judged.answers,
        persons=len(judged.answers.get(form.person_repeat) or ()),
        filled_at=min(found.keyed.received_at, at), received_at=at, user=user, code_id=found.keyed.code_id,
        receipt=receipts.of(intake.server, found.keyed.instance), flags=judged.flags,
        source=canonical(answers) if judged.flags else None)
    return intake.accept(connection, entry, intake.prepare(entry)).id
