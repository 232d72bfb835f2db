"""Areas to teams, buildings to people, and everything of somebody who leaves to the next."""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app, g, redirect, render_template, request, session, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import assignments, clock, people
from campaigns.assignments import Building, Place
from campaigns.store.schema import dwelling
from forms.language import Refusal, Text
from survey import numbers
from survey.access import READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section("desk.assign", Text("分工", "Who goes where"),
                        Text("把片区分给组，把楼栋分给人；有人离开时移交。",
                             "Areas to teams, buildings to people; hand over when somebody leaves."),
                        READERS))
LEVELS = {"compound": Text("按小区", "by compound"), "community": Text("按社区", "by community"), "grid": Text("按网格", "by grid")}


class NothingChosen(Refusal):
    status = 422

    def __init__(self):
        super().__init__("没有选中。请先勾选楼栋或片区，再选人或组。",
                         "Nothing was chosen. Tick buildings or areas first, then choose a person or a team.")


@dataclass
class Area:
    """A compound, community or grid with its buildings summed up. `short`: buildings with too few people."""

    name: str
    place: dict
    doors: int = 0
    buildings: int = 0
    short: int = 0
    teams: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    @property
    def value(self) -> str:
        return json.dumps(self.place, ensure_ascii=False)


def _areas(found: list[Building], level: str, teams: dict[int, str], least: int) -> list[Area]:
    areas: dict[tuple, Area] = {}
    for each in found:
        place = {"community": each.community, "grid": each.grid} if level == "grid" else {level: getattr(each, level)}
        area = areas.setdefault(tuple(place.values()), Area(" ".join(filter(None, place.values())), place))
        area.doors += each.doors
        area.buildings += 1
        area.short += each.wanting(least) > 0
        area.teams.add(teams.get(each.team_id, ""))
        area.people.update(each.people)
    return list(areas.values())


@pages.page("/assign", roles=READERS)
def assign() -> str:
    """Areas, or the buildings of one compound."""
    campaign = find_campaign()
    compound = request.args.get("compound")
    level = request.args.get("level") if request.args.get("level") in LEVELS else "compound"
    with current_app.installation.store.read() as connection:
        teams = people.teams(connection, campaign.id)
        inside = (dwelling.c.compound == compound,) if compound is not None else ()
        found = assignments.buildings(connection, campaign, *assignments.own_team(g.user), *inside)
        holders = assignments.holders(connection, campaign, g.user)
    shared = {"teams": teams, "holders": [each for each in holders if each.user.active], "least": campaign.terms.per_building,
              "said": _said(), "all_holders": holders}
    if compound is None:
        return render_template("desk/assign.html", areas=_areas(found, level, teams, campaign.terms.per_building), level=level,
                               levels=LEVELS, **shared)
    return render_template("desk/assign_buildings.html", found=found, compound=compound, value=_value, **shared)


def _value(each: Building) -> str:
    return json.dumps({"community": each.community, "grid": each.grid, "compound": each.compound, "building": each.building},
                      ensure_ascii=False)


def _said() -> Text | None:
    """What the last change did, once."""
    told = session.pop("assigned", None)
    return Text(*told) if told else None


def _places() -> list[Place]:
    chosen = []
    for text in request.form.getlist("place"):
        try:
            given = json.loads(text)
            chosen.append(Place(**{name: str(value) for name, value in given.items()}))
        except (ValueError, TypeError, AttributeError):
            raise NothingChosen from None
    if not chosen:
        raise NothingChosen
    return chosen


def _team_number(text: str) -> int | None:
    """None for nobody; a number that is none is no team."""
    return (numbers.read(text) or -1) if text.isdecimal() else None


def _posted(name: str) -> str:
    return request.form.get(name, "").strip()


@pages.page("/assign", roles=READERS, methods=("POST",))
def change() -> Response:
    """Buildings to a person or from them; areas to a team."""
    campaign, at, by = find_campaign(), clock.now(), g.user
    step, places, label, team = _posted("step"), _places(), _posted("person"), _posted("team")
    if (step == "team" and not team) or (step in ("give", "take") and not label) or step not in ("team", "give", "take"):
        raise NothingChosen

    def work(connection: Connection) -> int:
        if step == "team":
            return sum(assignments.give_area(connection, campaign, _team_number(team), place, at, by.actor, by)
                       for place in places)
        who = people.by_label(connection, campaign.id, label)
        ids = [each for place in places for each in assignments.doors_in(connection, campaign.id, place, by)]
        do: Callable = assignments.assign if step == "give" else assignments.release
        return do(connection, campaign, who, ids, at, by.actor, by)

    doors = current_app.installation.store.submit(work)
    told = {"team": Text("已换组：{doors} 户。", "{doors} doors went to that team."),
            "give": Text("{label} 新增 {doors} 户。", "{doors} more doors for {label}."),
            "take": Text("从 {label} 收回 {doors} 户。", "{doors} doors taken from {label}.")}[step]
    session["assigned"] = list(told.fill(doors=doors, label=label))
    back = {"compound": _posted("compound")} if _posted("compound") else {"level": _posted("level") or "compound"}
    return redirect(url_for("desk.assign", **back), 303)


@pages.page("/assign/hand-over", roles=READERS, methods=("POST",))
def hand_over() -> Response:
    """Everything of one person to another."""
    campaign, at, by = find_campaign(), clock.now(), g.user
    of, to = _posted("of"), _posted("to")
    if not of or not to:
        raise NothingChosen

    def work(connection: Connection) -> assignments.HandedOver:
        return assignments.hand_over(connection, campaign, people.by_label(connection, campaign.id, of),
                                     people.by_label(connection, campaign.id, to), at, by.actor, by)

    moved = current_app.installation.store.submit(work)
    session["assigned"] = list(Text(
        "{of} 的 {doors} 户门、{drafts} 份草稿、{hangers} 张卡已移交给 {to}。",
        "{doors} doors, {drafts} drafts and {hangers} hangers of {of} went to {to}.").fill(
        of=of, to=to, doors=moved.doors, drafts=moved.drafts, hangers=moved.hangers))
    return redirect(url_for("desk.assign"), 303)
