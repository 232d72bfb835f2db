"""Items taken in, one transaction each, and their answers."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from math import inf

from sqlalchemy import Connection, bindparam, func, select

from campaigns import audit, throttle
from campaigns.codes.codes import CodeUnknown
from campaigns.deliveries import drafts, field, forms, held, reports
from campaigns.deliveries.items import (
    Answer,
    BadItem,
    Context,
    Item,
    ItemTaken,
    Kind,
    NotForYourRole,
    NotYet,
    Work,
    read_item,
    refused,
)
from campaigns.drafts import TooManyDrafts
from campaigns.store import NotSaved, Store
from campaigns.store.fieldwork import delivery, held_item
from campaigns.store.prepared import Prepared
from campaigns.submissions import Closed, NotOpen
from campaigns.throttle import TooManyTries
from forms.language import Refusal, Text

MOST_ITEMS = 50  # in one request
MOST_A_DAY = 20_000  # items of one person answered in 24 hours: twenty long days' work at once
_AT_ONCE = 10  # items that are prepared together, then committed

KINDS: dict[str, Kind] = {
    "form": forms.KIND, "draft": drafts.KIND, "report": reports.KIND,
    "visit": field.VISIT, "hang": field.HANG, "hanger": field.HANGER, "door": field.DOOR,
}

_NOT_REACHED = Text("这会儿发的人多，这一条还没轮到，会自动再发。",
                    "Many are sending just now and this one's turn did not come; it will be sent again.")
_ENOUGH = Text("这一天从这个工号收到的已经太多，其余的先留在手机里，明天会自动再发。请告诉组长。",
               "Too much came from this work number within a day. The rest stays on the phone and is sent again tomorrow. Tell your lead.")
_FAULT = Text("服务器出了问题，已经记下，会自动再发。", "Something went wrong on the server and was noted; it will be sent again.")


def take(store: Store, context: Context, raw: list, on_fault: Callable[[BaseException], None], *, hold: bool = False,
         until: float = inf) -> list[dict]:
    """The answers to the items `raw`, in their order; what is answered for good is on disk.

    `hold`: take nothing in, hold all of it (a revoked badge). `on_fault` is told of errors in the program. `until`: when to
    come to an end, by `time.monotonic()` (DLV-8)."""
    answers: list[Answer] = []
    if _full(store, context):
        answers = [Answer("later", _ENOUGH)] * len(raw)
    while len(answers) < len(raw) and (not answers or time.monotonic() < until):
        answers += _take_some(store, context, raw[len(answers):len(answers) + _AT_ONCE], on_fault, hold)
    answers += [Answer("later", _NOT_REACHED, {"soon": True})] * (len(raw) - len(answers))
    return [answer.said(each.get("id") if isinstance(each, dict) else None) for each, answer in zip(raw, answers)]


_of_a_day = Prepared(select(func.count()).where(
    delivery.c.user_id == bindparam("user"), delivery.c.received_at > bindparam("since")))


def _full(store: Store, context: Context) -> bool:
    """Whether the sender has had as much answered as anybody may in a day (DLV-9)."""
    with store.read() as connection:
        return _of_a_day.first(connection, {
            "user": context.user.id, "since": context.received_at - timedelta(days=1)})[0] >= MOST_A_DAY


def _take_some(store: Store, context: Context, raw: list, on_fault: Callable, hold: bool) -> list[Answer]:
    with store.read() as connection:
        begun = [_begin(connection, context, each, on_fault, hold) for each in raw]
    outcomes = store.submit_each([work for _, work in begun])
    return [_after(store, context, item, outcome, on_fault) if isinstance(outcome, BaseException) else outcome
            for (item, _), outcome in zip(begun, outcomes)]


def _begin(connection: Connection, context: Context, raw: object, on_fault: Callable, hold: bool) -> tuple[Item | None, Work]:
    """The item and the work that settles it."""
    try:
        item = read_item(context.key, raw)
    except BadItem as bad:
        answer = refused(bad)
        return None, lambda _connection: answer
    known = delivered(connection, context, item)
    if known:
        return item, lambda _connection: known
    if hold:
        return item, lambda connection: held.keep(connection, context, item, "revoked")
    if item.kind not in KINDS:
        return item, lambda connection: held.keep(connection, context, item, "unknown")
    return item, settling(connection, context, item, on_fault)


def settling(connection: Connection, context: Context, item: Item, on_fault: Callable[[BaseException], None]) -> Work:
    """The work that takes `item` in and keeps its answer."""
    kind = KINDS[item.kind]
    try:
        if context.user.role not in kind.roles:
            raise NotForYourRole
        accept = kind.prepare(connection, context, item)
    except Refusal as refusal:
        accept = _raising(refusal)
    except Exception as error:
        on_fault(error)
        return lambda connection: held.keep(connection, context, item, "fault")
    return lambda connection: _settle(connection, context, item, kind, accept)


def _raising(refusal: Refusal) -> Work:
    def work(_connection: Connection) -> Answer:
        raise refusal
    return work


def _settle(connection: Connection, context: Context, item: Item, kind: Kind, accept: Work) -> Answer:
    known = delivered(connection, context, item)
    if known:
        return known
    try:
        was_held = held.check(connection, context, item)
        with audit.undoable(connection):
            answer = accept(connection)
    except (NotYet, TooManyTries, TooManyDrafts) as wait:  # passes by itself: the phone keeps the item and sends it again
        return Answer("later", wait.text)
    except ItemTaken as other:
        return refused(other)
    except (Closed, NotOpen) as outside:
        return held.keep(connection, context, item, "closed", outside) if kind.typed else _refuse(connection, context, item, outside)
    except Refusal as refusal:
        if isinstance(refusal, CodeUnknown) and context.sender.address:
            throttle.miss(connection, context.received_at, context.sender.address)
        if kind.typed:
            return held.keep(connection, context, item, "refused", refusal)
        return _refuse(connection, context, item, refusal)
    if kind.lasting:
        keep(connection, context, item, answer)
    if was_held:
        held.settled(connection, context, item)
    return answer


def _refuse(connection: Connection, context: Context, item: Item, refusal: Refusal) -> Answer:
    """Refused for good, and noted (DLV-7)."""
    answer = refused(refusal)
    audit.write(connection, context.campaign.id, context.received_at, context.user.actor, "item.refused", f"item:{item.id}",
                kind=item.kind, reason=type(refusal).__name__)
    keep(connection, context, item, answer)
    return answer


_known = Prepared(select(delivery.c.mac, delivery.c.answer).where(
    delivery.c.campaign_id == bindparam("campaign"), delivery.c.item == bindparam("item")))
_insert = Prepared(delivery.insert(), (
    "campaign_id", "user_id", "item", "kind", "device", "mac", "sent_at", "received_at", "answer"))


def delivered(connection: Connection, context: Context, item: Item) -> Answer | None:
    """The answer that this item got, None for a new one (DLV-2)."""
    row = _known.first(connection, {"campaign": context.campaign.id, "item": item.id})
    if row is None:
        return None
    if row.mac != item.mac:
        return refused(ItemTaken())
    answer = Answer.of(row.answer)
    return Answer("again", answer.text, answer.facts, answer.private) if answer.status == "taken" else answer


def answer_of(connection: Connection, campaign_id: int, item_id: str) -> Answer | None:
    """The answer that an item got, whatever its content; None for a new one."""
    row = _known.first(connection, {"campaign": campaign_id, "item": item_id})
    return row and Answer.of(row.answer)


def sender_of(connection: Connection, campaign_id: int, item_id: str) -> int | None:
    """Who sent an item that was answered or is held; None for a new one."""
    return connection.execute(
        select(delivery.c.user_id).where(delivery.c.campaign_id == campaign_id, delivery.c.item == item_id).union_all(
            select(held_item.c.user_id).where(held_item.c.campaign_id == campaign_id, held_item.c.item == item_id))).scalar()


def keep(connection: Connection, context: Context, item: Item, answer: Answer) -> None:
    """Keep an answer for good."""
    _insert.run(connection, {
        "campaign_id": context.campaign.id, "user_id": context.user.id, "item": item.id, "kind": item.kind,
        "device": context.sender.device, "mac": item.mac, "sent_at": context.sender.sent_at,
        "received_at": context.received_at, "answer": answer.stored()})


def _after(store: Store, context: Context, item: Item | None, error: BaseException, on_fault: Callable) -> Answer:
    """The transaction failed. A full disk mends itself; an error in the program would come again, so the item is held."""
    if isinstance(error, NotSaved):
        return Answer("later", error.text)
    on_fault(error)
    try:
        return store.submit(lambda connection: held.keep(connection, context, item, "fault"))
    except Exception as again:
        on_fault(again)
        return Answer("later", _FAULT)
