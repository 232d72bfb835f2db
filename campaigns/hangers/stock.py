"""Hangers at the office: issued, printed, handed out by first and last, taken back, handed over when somebody leaves (HNG-8)."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from campaigns import audit, people
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.hangers import finding, history
from campaigns.hangers.finding import Hanger
from campaigns.hangers.life import REASONS, STATES
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.schema import code, user
from forms.language import Refusal, Text

BATCH = 40
"""Hangers in a batch: five pages of eight. Batch 1 is numbers 1 to 40, and so on."""

_MOST_ISSUED = 100_000
_MOST_MOVED = 2_000
_SHOWN = 5


class BadCount(Refusal):
    def __init__(self):
        super().__init__("一次可发 1 到 {most} 张挂卡，请改数目。",
                         "Between 1 and {most} hangers can be issued at once; change the number.",
                         most=_MOST_ISSUED)


class TooManyAtOnce(Refusal):
    def __init__(self, count: int):
        super().__init__("从第一张到最后一张共 {count} 张，一次最多 {most} 张。请核对这两张卡。",
                         "From the first to the last there are {count} hangers; at most {most} move at once. Check the two cards.",
                         count=count, most=_MOST_MOVED)


class NotAllFit(Refusal):
    """Some hangers of a range are elsewhere: nothing was changed (HNG-8)."""

    status = 409

    def __init__(self, done: Text, misfits: list[tuple[Hanger, str]]):
        self.hangers = [hanger for hanger, _ in misfits]
        super().__init__(
            "这一段里有 {count} 张{done}，所以一张也没有动：{which}。请先查清这几张，或分段办理。",
            "{count} hangers of this range {done}, so none was moved: {which}. Look into these, or do it in parts.",
            count=len(misfits), done=done, which=_which(misfits))


class Missing(Refusal):
    """Numbers of a range that no card has."""

    status = 409

    def __init__(self, serials: list[int]):
        super().__init__("这一段里有 {count} 个编号没有对应的挂卡（{which}），一张也没有动。请核对第一张和最后一张。",
                         "{count} numbers of this range belong to no hanger ({which}), so none was moved. Check the first and the last.",
                         count=len(serials), which=", ".join(map(finding.written, serials[:_SHOWN])) + ("…" if serials[_SHOWN:] else ""))


class CannotHold(Refusal):
    status = 409

    def __init__(self, label: str):
        super().__init__("{label} 已停用，不能领挂卡。请选一位在岗的人。",
                         "{label} is revoked and cannot have hangers. Choose somebody who works now.",
                         label=label)


class OtherTeams(Refusal):
    """A lead meant hangers that another team's people have (HNG-10). Says their numbers, and not who has them."""

    status = 403

    def __init__(self, hangers: list[Hanger]):
        super().__init__(
            "有 {count} 张挂卡在别的组手里，所以一张也没有动：{which}。请只扫本组的卡，或找督导员。",
            "{count} hangers are with another team, so none was moved: {which}. Scan those of your own team, or ask the supervisor.",
            count=len(hangers), which=", ".join(each.number for each in hangers[:_SHOWN]) + ("…" if hangers[_SHOWN:] else ""))


def _which(misfits: list[tuple[Hanger, str]]) -> Text:
    def said(language: str) -> str:
        return ", ".join(f"{hanger.number} {STATES[hanger.state].to(language)}{f' {label}' if label else ''}"
                         for hanger, label in misfits[:_SHOWN]) + ("…" if misfits[_SHOWN:] else "")
    return Text(said("zh"), said("en"))


def issue(connection: Connection, server: Key, campaign: Campaign, count: int, at: datetime, actor: Actor) -> range:
    """`count` blank hangers with the next numbers, not printed yet; returns those numbers. Raises BadCount."""
    if not 1 <= count <= _MOST_ISSUED:
        raise BadCount
    last = connection.execute(select(func.coalesce(func.max(code.c.serial), 0)).where(
        code.c.campaign_id == campaign.id, code.c.kind == "hanger")).scalar_one()
    serials = range(last + 1, last + count + 1)
    codes.add(connection, [codes.fresh(server, campaign_id=campaign.id, kind="hanger", issued_at=at, serial=serial, state="issued")[1]
                           for serial in serials], at, actor)
    audit.write(connection, campaign.id, at, actor, "hangers.issued", f"hangers:{serials[0]}-{serials[-1]}", count=count)
    return serials


def printed(connection: Connection, campaign: Campaign, sheet: str, positions: list[tuple[int, int, int]], at: datetime,
            actor: Actor) -> None:
    """Note that hangers were printed on `sheet` (as `codes.printed`): those printed for the first time are in stock now."""
    codes.printed(connection, campaign.id, sheet, positions, at, actor, layout="door-hanger", blank=True)
    history.settle(connection, [code_id for code_id, _, _ in positions])


def span(connection: Connection, campaign: Campaign, first: Hanger, last: Hanger) -> list[Hanger]:
    """All hangers from one to the other, whichever was scanned first. Raises TooManyAtOnce, Missing."""
    low, high = sorted((first.serial, last.serial))
    if high - low + 1 > _MOST_MOVED:
        raise TooManyAtOnce(high - low + 1)
    found = [Hanger(*row) for row in connection.execute(finding.query().where(
        code.c.campaign_id == campaign.id, code.c.serial.between(low, high)).order_by(code.c.serial))]
    if gaps := sorted(set(range(low, high + 1)) - {each.serial for each in found}):
        raise Missing(gaps)
    return found


def hand_out(connection: Connection, campaign: Campaign, first: Hanger, last: Hanger, to: User, at: datetime, actor: Actor,
             by: User | None = None) -> list[Hanger]:
    """Hand all hangers of a range to `to`; the same again changes nothing.

    `by`: who does it, where that is a person with a reach (HNG-10). Raises NotAllFit, OtherTeams, CannotHold, Missing, TooManyAtOnce.
    """
    if not to.active or to.campaign_id != campaign.id:
        raise CannotHold(to.label)
    found = _reached(connection, span(connection, campaign, first, last), by)
    if all(each.state == "handed" and each.holder_id == to.id for each in found):
        return found
    _require(connection, [each for each in found if each.state != "stock"], _NOT_IN_STOCK)
    return _move(connection, campaign, found, "handed", "hangers.handed", at, actor, to=to.id, label=to.label)


def take_back(connection: Connection, campaign: Campaign, first: Hanger, last: Hanger, at: datetime, actor: Actor,
              by: User | None = None) -> list[Hanger]:
    """Put all hangers of a range back in stock. One that hangs at a door or was lost comes back only by itself, first = last.

    Raises NotAllFit, OtherTeams, Missing, TooManyAtOnce.
    """
    found = _reached(connection, span(connection, campaign, first, last), by)
    back = ("handed", "hung", "lost") if len(found) == 1 else ("handed",)
    if all(each.state == "stock" for each in found):
        return found
    _require(connection, [each for each in found if each.state not in back], _NOT_OUT)
    return _move(connection, campaign, found, "returned", "hangers.returned", at, actor)


def put_back(connection: Connection, campaign: Campaign, hanger: Hanger, at: datetime, actor: Actor,
             by: User | None = None) -> list[Hanger]:
    """A hanger that was lost, or called spoiled by mistake, is in stock again. Raises NotAllFit, OtherTeams."""
    _reached(connection, [hanger], by)
    _require(connection, [] if hanger.state in ("lost", "spoiled") else [hanger], _NOT_AWAY)
    return _move(connection, campaign, [hanger], "found", "hangers.found", at, actor)


def lose_or_spoil(connection: Connection, campaign: Campaign, first: Hanger, last: Hanger, event: str, reason: str, at: datetime,
                  actor: Actor, by: User | None = None) -> list[Hanger]:
    """All hangers of a range are `lost` or `spoiled` (the `event`), for a `reason` of REASONS. Raises as `hand_out` does."""
    found = _reached(connection, span(connection, campaign, first, last), by)
    usable = ("stock", "handed") if len(found) > 1 else ("stock", "handed", "hung", *(("lost",) if event == "spoiled" else ()))
    _require(connection, [each for each in found if each.state not in usable], _NOT_AT_HAND)
    return _move(connection, campaign, found, event, f"hangers.{event}", at, actor, reason=reason if reason in REASONS else "unsaid")


def withdraw(connection: Connection, found: codes.Code, at: datetime, actor: Actor, reason: str = "") -> None:
    """Revoke the code of a hanger; in the books it counts as spoiled unless it was used before."""
    codes.revoke(connection, found, at, actor, reason)
    history.settle(connection, [found.id])


def hand_over(connection: Connection, campaign: Campaign, from_user: User, to_user: User, at: datetime, actor: Actor) -> int:
    """Everything that `from_user` carries, and what they hung that is to be collected, goes to `to_user`; returns how many."""
    if not to_user.active or to_user.campaign_id != campaign.id:
        raise CannotHold(to_user.label)
    ids = connection.execute(select(code.c.id).where(
        code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.holder_id == from_user.id,
        code.c.state.in_(("handed", "hung"))).order_by(code.c.serial)).scalars().all()
    if ids:
        history.note(connection, ids, "passed", history.newest(connection, ids, at), actor, to=to_user.id)
        audit.write(connection, campaign.id, at, actor, "hangers.passed", f"user:{from_user.label}",
                    to=to_user.label, count=len(ids))
    return len(ids)


_NOT_IN_STOCK = Text("不在库里", "are not in stock")
_NOT_OUT = Text("不在志愿者手里", "are not with a volunteer")
_NOT_AWAY = Text("没有丢失也没有作废", "are neither lost nor spoiled")
_NOT_AT_HAND = Text("已经用掉了", "are in use or used up")


def _reached(connection: Connection, found: list[Hanger], by: User | None) -> list[Hanger]:
    """The same hangers, if `by` may move them (HNG-10). Raises OtherTeams."""
    own = people.own_people(by)
    if own:
        theirs = {each.holder_id for each in found} - {None}
        mine = set(connection.execute(select(user.c.id).where(user.c.id.in_(theirs), *own)).scalars())
        if foreign := [each for each in found if each.holder_id in theirs - mine]:
            raise OtherTeams(foreign)
    return found


def _require(connection: Connection, misfits: Sequence[Hanger], done: Text) -> None:
    if misfits:
        labels = dict(connection.execute(select(user.c.id, user.c.label).where(
            user.c.id.in_({each.holder_id for each in misfits[:_SHOWN]}))).all())
        raise NotAllFit(done, [(each, labels.get(each.holder_id, "")) for each in misfits])


def _move(connection: Connection, campaign: Campaign, found: list[Hanger], event: str, action: str, at: datetime, actor: Actor,
          label: str | None = None, **detail: object) -> list[Hanger]:
    ids = [each.id for each in found]
    history.note(connection, ids, event, history.newest(connection, ids, at), actor, **detail)
    audit.write(connection, campaign.id, at, actor, action, f"hangers:{found[0].serial}-{found[-1].serial}", count=len(ids),
                **({"to": label} if label else {}), **({"reason": detail["reason"]} if "reason" in detail else {}))
    return span(connection, campaign, found[0], found[-1])
