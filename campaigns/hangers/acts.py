"""What a person does with one hanger: hang it, collect it, report it spoiled, lost, found or brought back (HNG-2 to HNG-5).

`apply` never refuses a fact from the field for what the books say: it is kept, the state follows from the whole history,
and the answer says what came of it. Whether this person may act at this door at all is for the caller to know.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from campaigns import audit, verdicts
from campaigns.campaign import Campaign
from campaigns.frame import doors
from campaigns.frame.doors import NoSuchDoor
from campaigns.hangers import finding, history
from campaigns.hangers.finding import Hanger, OtherCampaignsHanger
from campaigns.hangers.life import REASONS, STATES, Event, Standing, after
from campaigns.people import User
from campaigns.store.schema import code, submission
from campaigns.terms import RECORDING
from forms.language import Refusal, Text

KINDS = ("hung", "collected", "placed", "spoiled", "lost", "found", "returned")
WITH_DOOR = ("hung", "placed")


class NoSuchAction(Refusal):
    def __init__(self, kind: str):
        super().__init__("不认识对挂卡的操作“{kind}”。请更新页面后再试。",
                         "“{kind}” is nothing that can be done with a hanger. Reload the page and try again.", kind=kind)


@dataclass(frozen=True)
class Action:
    """What was done with a hanger: `kind` is one of KINDS, `at` when (by the phone, corrected), `item` the phone's id of it.

    `dwelling_id`: the door, for `hung` and `placed`. `reason`: a key of REASONS, for `spoiled` and `lost`.
    """

    kind: str
    item: str
    hanger_id: int
    at: datetime
    received_at: datetime
    dwelling_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Result:
    """`status`: taken, again (this item was kept before), or conflict (kept, but without effect). `text` is for the person."""

    status: str
    text: Text
    hanger: Hanger


def apply(connection: Connection, campaign: Campaign, user: User, action: Action) -> Result:
    """Keep what `user` did with a hanger, once. Raises NoSuchAction, OtherCampaignsHanger, NoSuchDoor."""
    before = finding.by_id(connection, action.hanger_id)
    if action.kind not in KINDS:
        raise NoSuchAction(action.kind)
    if before.campaign_id != campaign.id or user.campaign_id != campaign.id:
        raise OtherCampaignsHanger
    if (action.kind in WITH_DOOR or action.dwelling_id) and doors.find(connection, campaign.id, action.dwelling_id or 0) is None:
        raise NoSuchDoor
    known = _kept(connection, before.id, action.item)
    if not known:
        _keep(connection, campaign, user, action)
        known = _kept(connection, before.id, action.item)
        status = "taken" if known.moves else "conflict"
    else:
        status = "again"
    now = finding.by_id(connection, before.id)
    return Result(status, _words(connection, campaign, action, known, now), now)


def _keep(connection: Connection, campaign: Campaign, user: User, action: Action) -> None:
    reason = (action.reason if action.reason in REASONS else "unsaid") if action.kind in ("spoiled", "lost") else None
    history.note(connection, [action.hanger_id], action.kind, min(action.at, action.received_at), user.actor, item=action.item,
                 door=action.dwelling_id if action.kind in WITH_DOOR or action.kind == "collected" else None, reason=reason,
                 to=user.id if action.kind == "found" else None)
    audit.write(connection, campaign.id, action.received_at, user.actor, f"hanger.{action.kind}", f"code:{action.hanger_id}",
                **({"door": action.dwelling_id} if action.dwelling_id else {}), **({"reason": reason} if reason else {}))


@dataclass(frozen=True)
class _Kept:
    """An event as it stands in the history: where the hanger stood just then, and whether the event moved it."""

    event: Event
    before: Standing
    moves: bool


def _kept(connection: Connection, hanger_id: int, item: str) -> _Kept | None:
    now = Standing()
    for event in history.of(connection, hanger_id):
        next_ = after(now, event)
        if event.detail.get("item") == item:
            return _Kept(event, now, next_ is not now)
        now = next_
    return None


def _words(connection: Connection, campaign: Campaign, action: Action, kept: _Kept, now: Hanger) -> Text:
    """What came of it, for the person who did it."""
    facts = {"number": now.number, "place": finding.place_of(connection, now) or "-", "state": STATES[now.state]}
    if not kept.moves:
        return Text("{number} 号挂卡当时的状态是“{was}”，这次没有改动，已留在记录里。请告诉组长。",
                    "Hanger {number} was “{was}” then, so nothing was changed; what you reported is kept. Tell your team lead.").fill(
                        was=STATES[kept.before.state], **facts)
    if action.kind in WITH_DOOR and now.dwelling_id != action.dwelling_id:
        return _MOVED_ON.fill(**facts)
    said = _DONE[action.kind]
    if action.kind == "hung":
        said = _hung_words(connection, action, now)
    if action.kind == "collected" and now.dwelling_id is None:
        said = _DOOR_UNKNOWN
    return said.fill(**facts)


_DONE = {
    "hung": Text("{number} 号挂卡已记在 {place}。", "Hanger {number} is put down for {place}."),
    "collected": Text("{number} 号挂卡的纸表已收回，等待录入（{place}）。",
                      "The paper of hanger {number} is collected and waits to be keyed ({place})."),
    "placed": Text("{number} 号挂卡的纸表是 {place} 的。", "The paper of hanger {number} belongs to {place}."),
    "spoiled": Text("{number} 号挂卡已作废，不能再用。", "Hanger {number} is spoiled: it cannot be used any more."),
    "lost": Text("{number} 号挂卡已报丢失。找到了请再扫一次，按“找到了”。",
                 "Hanger {number} is reported lost. If it turns up, scan it again and press “Found”."),
    "found": Text("{number} 号挂卡找到了，记在您手里。", "Hanger {number} was found; it is with you now."),
    "returned": Text("{number} 号挂卡已交回。", "Hanger {number} is back in stock."),
}
_MOVED_ON = Text("{number} 号挂卡后来又挂到了 {place}，以后一次为准。", "Hanger {number} was hung at {place} after that, which counts.")
_OTHERS = Text("这户门上还有别的挂卡（{others}），请把旧的取下。", "There are other hangers at this door ({others}): take them down.")
_DOOR_UNKNOWN = Text("{number} 号挂卡的纸表已收回，但没有它挂在哪户的记录。请在纸上写清门牌，再扫那户门上的码。",
                     "The paper of hanger {number} is collected, but nothing says at which door it hung. Write the address on the "
                     "paper, and scan that door's code.")


_hanging_at = select(code.c.id, code.c.serial).where(
    code.c.dwelling_id == bindparam("door"), code.c.kind == "hanger", code.c.state == "hung").order_by(code.c.serial)
_recorded_at = select(submission.c.id).where(
    submission.c.dwelling_id == bindparam("door"), or_(*(submission.c.channel == each for each in RECORDING)),
    ~verdicts.is_rejected(submission.c.id)).limit(1)


def _hung_words(connection: Connection, action: Action, now: Hanger) -> Text:
    if now.state != "hung":
        return Text("{number} 号挂卡已记在 {place}，现在是“{state}”。", "Hanger {number} is put down for {place}; it is “{state}” now.")
    said = _DONE["hung"]
    others = [serial for each, serial in connection.execute(_hanging_at, {"door": action.dwelling_id}) if each != now.id]
    if others:
        said = _more(said, _OTHERS.fill(others=", ".join(map(finding.written, others))))
    if connection.execute(_recorded_at, {"door": action.dwelling_id}).first():
        said = _more(said, Text("这一户已经登记过了，不用再等。", "This household is recorded already: nothing to wait for."))
    return said


def _more(said: Text, further: Text) -> Text:
    return Text(said.zh + further.zh, f"{said.en} {further.en}")
