"""Doors by status, doors that volunteers found, and doors with several households: a lead looks and decides."""
from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock, door_lists, missed
from campaigns.status import STATUSES
from forms.language import Refusal, Text
from survey import numbers
from survey.access import READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section("desk.doors", Text("房屋和状态", "Doors and their status"),
                        Text("新发现的门、一门多户，以及哪些门还没去、要再去。",
                             "Doors found in the field, several households, doors still to do."),
                        READERS))
DONE = {"keep": Text("已保留。", "Kept."), "end": Text("已注销。", "Ended."), "merge": Text("已合并。", "Merged.")}


class NoSuchStep(Refusal):
    def __init__(self):
        super().__init__("请选择要怎么处理这户门。", "Choose what to do with this door.")


@pages.page("/doors", roles=READERS)
def doors() -> str:
    """Counts by status, what waits for review, and one page of doors."""
    campaign, here = find_campaign(), current_app.installation
    wanted = request.args.get("status", "")
    compound = request.args.get("compound", "")
    after = request.args.get("after", "0")
    with here.store.read() as connection:
        key = here.keyring.campaign(campaign.slug)
        found, found_all = door_lists.new_doors(connection, campaign, key, g.user)
        several, several_all = door_lists.several_households(connection, campaign, key, g.user)
        counts = door_lists.by_status(connection, campaign, g.user, compound or None)
        listed, following = door_lists.page(connection, campaign, wanted if wanted in STATUSES else None, g.user, compound or None,
                                            int(after) if after.isdecimal() and len(after) < 8 else 0)
        compounds = door_lists.compounds(connection, campaign, g.user)
    return render_template(
        "desk/doors.html", found=found, found_all=found_all, several=several, several_all=several_all, counts=counts, listed=listed,
        following=following, compounds=compounds, wanted=wanted if wanted in STATUSES else "", compound=compound, statuses=STATUSES,
        done=DONE.get(request.args.get("done", "")), at=clock.now())


@pages.page("/doors", roles=READERS, methods=("POST",))
def review() -> Response:
    """A lead decided about a door: keep it, end it, or merge it into another one."""
    campaign, at = find_campaign(), clock.now()
    step, door, into = request.form.get("step", ""), *(numbers.read(request.form.get(name)) for name in ("door", "into"))
    if step not in DONE or door is None or (step == "merge" and into is None):
        raise NoSuchStep

    def work(connection):
        if step == "merge":
            missed.merge(connection, campaign, door, into, at, g_user.actor, g_user)
        else:
            getattr(missed, step)(connection, campaign, door, at, g_user.actor, g_user)

    g_user = g.user  # the writer's thread knows no request
    current_app.installation.store.submit(work)
    return redirect(url_for("desk.doors", done=step), 303)
