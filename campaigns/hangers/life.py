"""The life of a hanger: its states, the one table of moves between them, and the fold of a history into where it stands."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from forms.language import Text

STATES = {
    "issued": Text("还没印", "not printed yet"), "stock": Text("在库", "in stock"), "handed": Text("已领", "handed out"),
    "hung": Text("已挂", "hung"), "answered": Text("已扫码填报", "answered"), "collected": Text("已收回纸表", "collected"),
    "keyed": Text("纸表已录入", "keyed"), "spoiled": Text("作废", "spoiled"), "lost": Text("丢失", "lost"),
}
COLUMNS = {
    "stock": ("stock",), "handed": ("handed",), "hung": ("hung",), "answered": ("answered",),
    "collected": ("collected", "keyed"), "spoiled": ("spoiled",), "lost": ("lost",),
}
"""The columns of the books and the states that each counts: every state but `issued` stands in exactly one (HNG-7)."""

REASONS = {
    "torn": Text("撕坏、弄脏", "torn or dirty"), "wet": Text("淋湿", "wet"), "misprint": Text("印坏了", "misprinted"),
    "refused": Text("住户不要", "not wanted by the household"), "gone": Text("门上不见了", "gone from the door"),
    "left_behind": Text("落在别处", "left somewhere"), "unsaid": Text("没有说明", "not said"),
}

_IN_USE = ("stock", "handed", "hung", "lost")
MOVES: dict[str, dict[str, str]] = {
    # event: {from: to}. An event from any other state leaves the hanger where it is (HNG-3).
    "printed": {"issued": "stock"},
    "handed": {"stock": "handed"},
    "passed": {"handed": "handed", "hung": "hung"},  # to another person: what is carried, and what hangs and is to be collected
    "returned": dict.fromkeys(("handed", "hung", "lost"), "stock"),
    "hung": dict.fromkeys(_IN_USE, "hung"),  # hung again: at another door. Lost or never handed out, but hung: it was there
    "answered": dict.fromkeys((*_IN_USE, "spoiled"), "answered"),  # the submission is there, so it was not spoiled
    "collected": dict.fromkeys(_IN_USE, "collected"),
    "placed": {"collected": "collected"},  # a collected paper whose door was not known
    "moved": {state: state for state in ("hung", "answered", "collected", "keyed")},  # its door turned out to be another one
    "keyed": dict.fromkeys((*_IN_USE, "collected", "spoiled"), "keyed"),
    "spoiled": dict.fromkeys(_IN_USE, "spoiled"),
    "lost": dict.fromkeys(("stock", "handed", "hung"), "lost"),
    "found": dict.fromkeys(("lost", "spoiled"), "handed"),
    "revoked": dict.fromkeys(_IN_USE, "spoiled"),
}


class Event(NamedTuple):
    """One row of a hanger's history; `detail` as stored: `to` a person, `door` a dwelling, `item`, `reason`."""

    event: str
    at: datetime
    user_id: int | None
    detail: dict


class Standing(NamedTuple):
    """Where a hanger is: its state, who has it or had it last, and its door."""

    state: str = "issued"
    holder_id: int | None = None
    dwelling_id: int | None = None


def after(now: Standing, event: Event) -> Standing:
    """Where a hanger stands after `event`; `now` itself when the event leads nowhere from here."""
    state = MOVES[event.event].get(now.state)
    if state is None:
        return now
    holder, door = event.detail.get("to"), event.detail.get("door")
    match event.event:
        case "handed" | "passed":
            return now._replace(state=state, holder_id=holder)
        case "returned":
            return Standing(state)
        case "found":
            return Standing("handed", holder) if holder else Standing("stock")
        case "hung":
            return Standing(state, event.user_id or now.holder_id, door)
        case "collected":
            return Standing(state, event.user_id or now.holder_id, door or now.dwelling_id)
        case _:
            return now._replace(state=state, dwelling_id=door or now.dwelling_id)


def fold(history: Iterable[Event]) -> Standing:
    """Where a hanger with this history stands. The events come in the order in which they happened."""
    now = Standing()
    for event in history:
        now = after(now, event)
    return now
