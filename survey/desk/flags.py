"""Flags at the desk: what a person should look at, and that somebody did. None of them changes anything by itself."""
from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock, flags, marks
from forms.language import Text
from survey.access import LEAD, READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section("desk.flag_list", Text("请看一看", "Please have a look"),
                        Text("登记太快、答案雷同、位置太远等，请人看一看；系统不会自动处罚谁。",
                             "Entries too fast, answers alike, positions far away: for a person to look at. Nobody is punished by a "
                             "program."), READERS))


@pages.page("/flags", roles=READERS)
def flag_list() -> str:
    """Every flag: those nobody looked at first."""
    return _page()


def _page(error: Text | None = None) -> str:
    campaign, at = find_campaign(), clock.now()
    key = current_app.installation.keyring.campaign(campaign.slug)
    with current_app.installation.store.read() as connection:
        found = flags.every(connection, campaign, (g.user.team_id or 0) if g.user.role == LEAD else None, key)
        unmarked = marks.waiting(connection, campaign)
    return render_template("desk/flags.html", waiting=[each for each in found if each.review is None],
                           seen=[each for each in found if each.review], checks=flags.CHECKS, verdicts=flags.VERDICTS,
                           unmarked=unmarked, error=error, at=at)


@pages.page("/flags", roles=READERS, methods=("POST",))
def review_flag() -> Response:
    """Somebody looked at a flag, or wants the answers compared up to now."""
    campaign, at, here = find_campaign(), clock.now(), current_app.installation
    if "compare" in request.form:
        marks.refresh(here.store, campaign, here.keyring.campaign(campaign.slug))
        return redirect(url_for("desk.flag_list"), 303)
    key = here.keyring.campaign(campaign.slug)
    flag, verdict, note = (request.form.get(name, "") for name in ("flag", "verdict", "note"))
    team, actor = (g.user.team_id or 0) if g.user.role == LEAD else None, g.user.actor
    try:
        here.store.submit(lambda connection: flags.review(connection, campaign, flag, verdict, note, at, actor, team, key))
    except (flags.NoSuchFlag, flags.NoteTooLong) as refusal:
        return Response(_page(refusal.text), refusal.status, mimetype="text/html")
    return redirect(url_for("desk.flag_list"), 303)
