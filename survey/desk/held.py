"""What phones sent and could not be taken in: by person, without its content, to be taken in as theirs or not."""
from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, session, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import clock, deliveries, people
from campaigns.deliveries import held
from campaigns.people import User
from forms.language import Refusal, Text
from survey.access import READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages
from survey.phones import files
from survey.phones.pages import note_fault

SECTIONS.append(Section("desk.held_home", Text("等放行的内容", "Waiting to be released"),
                        Text("手机发来但没能记入的：工牌停用、登记结束后、没有通过检查。",
                             "Sent by phones and not taken in: badge revoked, after closing, refused."),
                        READERS))

KIND_NAMES = {
    "form": Text("登记表", "household form"), "visit": Text("走访", "visit"), "hang": Text("挂卡", "hanger hung"),
    "hanger": Text("挂卡情况", "hanger"), "door": Text("新增的门", "missed door"), "report": Text("上报", "report"),
    "draft": Text("没填完的表", "unfinished form")}


class NobodyHeld(Refusal):
    status = 404

    def __init__(self):
        super().__init__("这个人没有等放行的内容，或者属于别的组。", "Nothing is held of this person, or they are of another team.")


def _words(kind: str) -> Text:
    return KIND_NAMES.get(kind, Text("不认识的内容", "unknown"))


@pages.page("/held", roles=READERS)
def held_home() -> str:
    """Who has something held, how much, and since when."""
    campaign = find_campaign()
    with current_app.installation.store.read() as connection:
        queues = held.queues(connection, campaign, g.user)
    return render_template("desk/held.html", queues=queues, words=_words, said=_said())


def _said() -> Text | None:
    said = session.pop("held_said", None)
    return Text(*said) if said else None


def _owner(connection: Connection, label: str) -> User:
    for each in held.queues(connection, find_campaign(), g.user):
        if each.user.label == label:
            return each.user
    raise NobodyHeld


@pages.page("/held/<label>", roles=READERS)
def held_of(label: str) -> str:
    """What is held of one person: kinds, reasons and times."""
    with current_app.installation.store.read() as connection:
        owner = _owner(connection, label)
        rows = held.of_user(connection, g.campaign, owner)
    return render_template("desk/held_of.html", owner=owner, rows=rows, words=_words, reasons=held.REASONS, said=_said())


@pages.page("/held/<label>", roles=READERS, methods=("POST",))
def decide_held(label: str) -> Response:
    """Take the ticked items in as that person's, or decide that they are not taken in."""
    here, at = current_app.installation, clock.now()
    with here.store.read() as connection:
        owner = _owner(connection, label)
    items, intake = request.form.getlist("item"), here.intake(g.campaign)
    if request.form.get("step") == "reject":
        with here.store.write() as connection:
            count = deliveries.reject(connection, intake, here.server, owner, items, at, g.user.actor)
        said = Text("{count} 条没有收下。", "{count} were not taken in.").fill(count=count)
    else:
        done = deliveries.release(here.store, intake, here.server, owner, items, at, g.user.actor, note_fault)
        files.join_waiting(intake, owner, done.answers, at)
        said = _released(done)
    session["held_said"] = list(said)
    with here.store.read() as connection:
        left = people.by_label(connection, g.campaign.id, label) and held.of_user(connection, g.campaign, owner)
    return redirect(url_for("desk.held_of", label=label) if left else url_for("desk.held_home"), 303)


def _released(done: deliveries.Released) -> Text:
    said = Text("{count} 条已收下。", "{count} taken in.").fill(count=done.taken)
    if done.kept:
        why = done.kept[0][1]
        said = Text(f"{said.zh}{len(done.kept)} 条还不能收：{why.zh}", f"{said.en} {len(done.kept)} cannot be taken in yet: {why.en}")
    return said
