"""What is held: sent by a phone, kept sealed, and not taken in until a lead decides (DLV-5)."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from campaigns import audit, people
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.deliveries.items import Answer, Context, Item, ItemTaken, joined, read_item, refused
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import held_item
from campaigns.store.prepared import Prepared
from campaigns.store.schema import user
from forms.language import Refusal, Text

REASONS = {
    "revoked": Text("工牌已停用", "badge revoked"),
    "closed": Text("登记已结束，或还没有开始", "after closing, or before opening"),
    "unknown": Text("这里还不认识的内容", "of a kind not known here"),
    "refused": Text("没有通过检查", "refused"),
    "fault": Text("程序出错", "an error in the program"),
}
"""Why something is held."""

_SAID = {
    "revoked": Text("工牌已停用，这一条已封存，没有记入。请找组长：组长放行后才算数。",
                    "Your badge was revoked. This is kept sealed and does not count until your team lead releases it: see them."),
    "closed": Text("内容已封存，请找组长。", "It is kept sealed; see your team lead."),
    "unknown": Text("这一条服务器还不认识，已原样封存。请告诉组长。",
                    "The server does not know this kind of item yet; it is kept as it came. Tell your team lead."),
    "refused": Text("填的内容已封存，没有丢。", "What you typed is kept sealed, not lost."),
    "fault": Text("服务器处理这一条时出了问题，已原样封存，没有丢。请告诉组长。",
                  "Something went wrong with this item. It is kept as it came and is not lost. Tell your team lead."),
}


MOST_HELD = 2_000  # items of one person that wait for a lead
_FULL = Text("您已有很多内容等组长处理，这一条先留在手机里，会自动再发。请找组长。",
             "Much of yours waits for your team lead already, so this stays on the phone and is sent again by itself. See your team lead.")
_waiting = Prepared(select(func.count()).where(held_item.c.user_id == bindparam("user"), held_item.c.verdict.is_(None)))


def keep(connection: Connection, context: Context, item: Item, reason: str, refusal: Refusal | None = None) -> Answer:
    """Hold `item`, once; its answer. `refusal` says why it could not be taken in. Beyond MOST_HELD it stays on the phone (DLV-9)."""
    answer = Answer("refused" if reason == "refused" else "held", joined(refusal and refusal.text, _SAID[reason]), {"kept": True})
    try:
        known = check(connection, context, item)
    except ItemTaken as other:
        return refused(other)
    if not known:
        if _waiting.first(connection, {"user": context.user.id})[0] >= MOST_HELD:
            return Answer("later", joined(refusal and refusal.text, _FULL))
        connection.execute(held_item.insert(), {
            "campaign_id": context.campaign.id, "user_id": context.user.id, "item": item.id, "kind": item.kind,
            "device": context.sender.device, "reason": reason, "mac": item.mac, "sent_at": context.sender.sent_at,
            "sealed": context.key.seal(item.content, _about(item.id)), "received_at": context.received_at})
        audit.write(connection, context.campaign.id, context.received_at, context.user.actor, "item.held", f"item:{item.id}",
                    kind=item.kind, reason=type(refusal).__name__ if refusal else reason)
    return answer


_about = "held:{}".format


_held = Prepared(select(held_item.c.mac).where(
    held_item.c.campaign_id == bindparam("campaign"), held_item.c.item == bindparam("item")))


def check(connection: Connection, context: Context, item: Item) -> bool:
    """Whether this very item is held. Raises ItemTaken where it is held with other content."""
    row = _held.first(connection, {"campaign": context.campaign.id, "item": item.id})
    if row is not None and row.mac not in (None, item.mac):
        raise ItemTaken
    return row is not None and row.mac is not None


def settled(connection: Connection, context: Context, item: Item) -> None:
    """The item may have been held before, and has been taken in now: sent again with a good badge."""
    if not context.released:
        _close(connection, context.campaign.id, [item.id], "sent", context.received_at, None)


def released(connection: Connection, context: Context, item: Item, at: datetime, actor: Actor) -> None:
    """A lead let the item in."""
    _close(connection, context.campaign.id, [item.id], "released", at, actor.user_id)
    audit.write(connection, context.campaign.id, at, actor, "item.released", f"item:{item.id}", kind=item.kind,
                **{"for": context.user.label})


def close(connection: Connection, campaign: Campaign, items: Sequence[str], verdict: str, at: datetime, actor: Actor,
          owner: User) -> None:
    """Decide about held items for good."""
    _close(connection, campaign.id, items, verdict, at, actor.user_id)
    audit.write(connection, campaign.id, at, actor, f"items.{verdict}", f"user:{owner.label}", items=len(items))


def _close(connection: Connection, campaign_id: int, items: Sequence[str], verdict: str, at: datetime, by: int | None) -> None:
    connection.execute(update(held_item).where(
        held_item.c.campaign_id == campaign_id, held_item.c.item.in_(items), held_item.c.verdict.is_(None),
    ).values(verdict=verdict, released_at=at, released_by=by))


# --- what leads see ----------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Queue:
    """What is held of one person: how many items, of which kinds, and when they came. No answers."""

    user: User
    count: int
    kinds: Counter
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Row:
    """One held item, without its content."""

    item: str
    kind: str
    reason: str
    device: str
    sent_at: datetime | None
    received_at: datetime


_open = held_item.c.verdict.is_(None)


def queues(connection: Connection, campaign: Campaign, by: User | None) -> list[Queue]:
    """Everybody of whom something is held, by work number; a lead sees the own team."""
    counted: dict[int, list] = {}
    query = (select(held_item.c.user_id, held_item.c.kind, func.count().label("count"), func.min(held_item.c.received_at).label("first"),
                    func.max(held_item.c.received_at).label("last"))
             .join(user, user.c.id == held_item.c.user_id)
             .where(held_item.c.campaign_id == campaign.id, _open, *people.own_people(by))
             .group_by(held_item.c.user_id, held_item.c.kind))
    for row in connection.execute(query):
        counted.setdefault(row.user_id, []).append(row)
    found = [Queue(people.by_id(connection, user_id), sum(row.count for row in rows), Counter({row.kind: row.count for row in rows}),
                   min(row.first for row in rows), max(row.last for row in rows)) for user_id, rows in counted.items()]
    return sorted(found, key=lambda each: each.user.label)


def of_user(connection: Connection, campaign: Campaign, owner: User) -> list[Row]:
    """What is held of one person, in the order in which it came."""
    return [Row(*row) for row in connection.execute(
        select(*[held_item.c[name] for name in Row.__dataclass_fields__])
        .where(held_item.c.campaign_id == campaign.id, held_item.c.user_id == owner.id, _open).order_by(held_item.c.id))]


def opened(connection: Connection, key: Key, campaign: Campaign, owner: User, items: Sequence[str]) -> list[tuple[Row, Item]]:
    """Held items with their content, to be taken in."""
    rows = connection.execute(
        select(*[held_item.c[name] for name in Row.__dataclass_fields__], held_item.c.sealed)
        .where(held_item.c.campaign_id == campaign.id, held_item.c.user_id == owner.id, held_item.c.item.in_(items), _open)
        .order_by(held_item.c.id)).all()
    return [(Row(*row[:-1]), read_item(key, json.loads(key.open(row[-1], _about(row.item))))) for row in rows]
