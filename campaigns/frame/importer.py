"""Importing a register: first a plan that changes nothing, then the plan carried out in one transaction.

The plan compares the file with the frame door by door. Doors that the file does not have are ended only in compounds that the
file mentions: a property company's list says nothing about other compounds. A row that is refused does not end its door. A
column that the file lacks is empty in the file: the plan counts the changes by column, so that nobody empties one unseen.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select, update

from campaigns import audit, people
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.frame import comparison, walking
from campaigns.frame.plans import Plan, Planned, Summary
from campaigns.frame.rows import TEXTS
from campaigns.keys import Key
from campaigns.store.schema import dwelling
from forms.language import Refusal

Progress = Callable[[float], None]  # told the share that is done, from 0 to 1

_AT_ONCE = 10_000


class FrameMoved(Refusal):
    """The frame was changed by somebody else between plan and apply."""

    status = 409

    def __init__(self):
        super().__init__("核对期间住房底册被改动过，没有导入任何内容。请再运行一次。",
                         "The frame was changed while the file was being compared; nothing was imported. Please run it again.")


def plan(connection: Connection, key: Key, campaign: Campaign, path: Path, progress: Progress | None = None) -> Plan:
    """Compare the register at `path` with the frame of `campaign`; changes nothing. `key` is the campaign's.

    Raises RegisterRefused when the file as a whole cannot be imported. Bad rows are in the plan's `problems`.
    """
    return comparison.compare(connection, key, campaign, Path(path), progress or (lambda share: None))


def apply(connection: Connection, plan: Plan, at: datetime, actor: Actor, progress: Progress | None = None) -> Summary:
    """Carry out `plan`: all of it in this transaction, with its audit row. Raises FrameMoved when the frame is another by now.

    A changed door keeps its id, and with it its codes and submissions.
    """
    campaign_id, progress = plan.campaign.id, progress or (lambda share: None)
    if comparison.frame(connection, campaign_id)[1] != plan.state:
        raise FrameMoved
    if not plan.changes_nothing:
        teams = {name: people.team_named(connection, campaign_id, name) for name in _teams(plan)}
        _add(connection, plan, teams, at, progress)
        _change(connection, plan, teams)
        if plan.end:
            connection.execute(_end, [{"door_id": door_id, "at": at} for door_id, _ in plan.end])
        if not plan.first:
            walking.renumber(connection, campaign_id)
        audit.write(connection, campaign_id, at, actor, "frame.imported", "frame", file=plan.fingerprint, added=len(plan.add),
                    changed=len(plan.change) - len(plan.revive), revived=len(plan.revive), ended=len(plan.end), same=plan.same,
                    bad=plan.bad)
    progress(1.0)
    doors = connection.execute(select(func.count()).select_from(dwelling).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None))).scalar_one()
    return Summary(len(plan.add), len(plan.change) - len(plan.revive), len(plan.revive), len(plan.end), plan.same, plan.bad, doors)


_FIELDS = (*TEXTS, "area_dm2", "lon", "lat", "extra", "sealed", "digest")
_end = update(dwelling).where(dwelling.c.id == bindparam("door_id")).values(ended_at=bindparam("at"))
_update = update(dwelling).where(dwelling.c.id == bindparam("door_id")).values(
    ended_at=None, team_id=func.coalesce(bindparam("new_team"), dwelling.c.team_id),
    **{name: bindparam(f"new_{name}") for name in _FIELDS})


def _teams(plan: Plan) -> list[str]:
    """Names of all teams that the file gives doors to, in the order of the file."""
    return list(dict.fromkeys(each.team for each in (*plan.add, *plan.change.values()) if each.team))


def _values(each: Planned) -> tuple:
    return (each.texts[0] or None, *each.texts[1:], each.area_dm2, each.lon, each.lat, each.extra, each.sealed, each.digest)


def _add(connection: Connection, plan: Plan, teams: dict[str, int], at: datetime, progress: Progress) -> None:
    """Insert the new doors. In an empty frame they get their walking order at once, else `renumber` gives it to all.

    Columns that are empty throughout are left to the table's defaults, which saves a fifth of the time.
    """
    walks = walking.in_order([(each.place, False) for each in plan.add]) if plan.first else [0] * len(plan.add)
    rows = [(*_values(each), teams.get(each.team), walk) for each, walk in zip(plan.add, walks)]
    names = [*_FIELDS, "team_id", "walk"]
    used = [place for place, name in enumerate(names) if name == "extra" or any(row[place] not in ("", None) for row in rows)]
    constant = {"campaign_id": plan.campaign.id, "added_at": at}
    chosen = [(place, names[place]) for place in used]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(dwelling.insert(), [
            {**constant, "door": each.door, **{name: row[place] for place, name in chosen}}
            for each, row in zip(plan.add[start:start + _AT_ONCE], rows[start:start + _AT_ONCE])])
        progress(min(1.0, (start + _AT_ONCE) / len(rows)))


def _change(connection: Connection, plan: Plan, teams: dict[str, int]) -> None:
    """Rewrite changed doors. A file without a team leaves the door with the team that it has."""
    names = [f"new_{name}" for name in _FIELDS]
    rows = [{"door_id": door_id, "new_team": teams.get(each.team), **dict(zip(names, _values(each)))}
            for door_id, each in plan.change.items()]
    if rows:
        connection.execute(_update, rows)
