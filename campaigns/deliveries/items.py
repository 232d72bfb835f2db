"""An item as it came from a phone, what is known of its sender, and the answer that it gets."""
from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.people import User
from campaigns.submissions import Intake
from forms.language import Refusal, Text

ITEM = re.compile(r"[0-9a-f]{32}")
_KIND = re.compile(r"[a-z][a-z_]{0,39}")
_EXACT_ENOUGH = timedelta(minutes=2)  # the way over a slow network
_WRONG = timedelta(hours=1)
_MOST_ID = 2**31 - 1


class BadItem(Refusal):
    def __init__(self, what: str):
        super().__init__("手机发来的一条内容不完整（{what}），没有记入。请更新手机上的页面；如仍不行，请找组长。",
                         "Something that the phone sent is not whole ({what}), so it was not added. Update the page on the phone; if "
                         "it still fails, ask your team lead.", what=what)


class ItemTaken(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这一条以前收到过，内容不同，没有改动已收到的。请告诉组长。",
                         "This was received before with other content; what was received is unchanged. Tell your team lead.")


class NotForYourRole(Refusal):
    status = 403

    def __init__(self):
        super().__init__("您的角色不记这一项，没有记入。确要记的，请找组长。",
                         "This is not for your role to record, so it was not added. If it should be, ask your team lead.")


class NotYet(Refusal):
    """What this item belongs to has not arrived; the phone sends it again."""

    def __init__(self):
        super().__init__("它所属的新门还没有收到，会自动再发。",
                         "The new door that it belongs to has not arrived yet; it will be sent again.")


@dataclass(frozen=True)
class Sender:
    """Who sent a request, with which phone, and when by the phone's clock. `address`: the throttle's key."""

    user: User
    device: str
    sent_at: datetime
    received_at: datetime
    address: str = ""


@dataclass(frozen=True)
class Context:
    """All that taking an item in needs. `released`: a lead lets it in, so the campaign's times do not keep it out."""

    server: Key
    intake: Intake
    sender: Sender
    released: bool = False

    @property
    def campaign(self) -> Campaign:
        return self.intake.campaign

    @property
    def key(self) -> Key:
        return self.intake.key

    @property
    def user(self) -> User:
        return self.sender.user

    @property
    def received_at(self) -> datetime:
        return self.sender.received_at

    @cached_property
    def offset(self) -> timedelta:
        """What must be added to the phone's instants (DLV-4)."""
        found = self.received_at - self.sender.sent_at
        return found if abs(found) > _EXACT_ENOUGH else timedelta()

    @property
    def clock_flags(self) -> tuple[str, ...]:
        """`clock:-259200` where the phone is wrong by more than an hour: seconds that it is ahead, negative when behind."""
        return (f"clock:{-round(self.offset.total_seconds()):+d}",) if abs(self.offset) > _WRONG else ()

    def corrected(self, text: object) -> datetime:
        """An instant of the phone by the server's clock, within what can be; the arrival where the phone says none."""
        instant = self.planned(text)
        if instant is None:
            return self.received_at
        return min(max(instant, min(self.campaign.opens_at, self.received_at)), self.received_at)

    def planned(self, text: object) -> datetime | None:
        """As `corrected`, for an instant that may lie ahead; None where the phone says none."""
        try:
            return instant_of(text) + self.offset
        except (TypeError, ValueError, OverflowError):
            return None

    @cached_property
    def salt(self) -> str:
        return scan_salt(self.server, self.user)


def scan_salt(server: Key, user: User) -> str:
    """What goes into the `scan` values of a person's round: random, other for each person and after each new badge."""
    return server.mac("scan-salt", f"{user.id}:{user.epoch}".encode()).hex()[:32]


def instant_of(text: object) -> datetime:
    """An ISO instant with its zone, in UTC to the millisecond. Raises ValueError, TypeError or OverflowError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("no zone")
    instant = instant.astimezone(UTC)
    if not 1970 <= instant.year <= 2200:
        raise ValueError("not of our time")
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@dataclass(frozen=True)
class Item:
    """One thing that a phone sent. `body`: all of it, as it came; `mac`: keyed hash of that."""

    id: str
    kind: str
    body: dict
    mac: bytes

    @property
    def content(self) -> bytes:
        return _canonical(self.body)

    def text(self, name: str, longest: int = 2_000_000) -> str:
        """A text of the body, "" for none. Raises BadItem for something else."""
        value = self.body.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest:
            raise BadItem(name)
        return value

    def number(self, name: str, least: int = 0, most: int = _MOST_ID) -> int | None:
        """A whole number of the body, None for none. Raises BadItem for something else."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise BadItem(name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.body.get(name) or []
        if not isinstance(value, list) or len(value) > 100 or not all(isinstance(each, str) for each in value):
            raise BadItem(name)
        return tuple(value)


def _canonical(body: dict) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def read_item(key: Key, raw: object) -> Item:
    """Raises BadItem for what is no item at all."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not ITEM.fullmatch(raw["id"]):
        raise BadItem("id")
    if not isinstance(raw.get("kind"), str) or not _KIND.fullmatch(raw["kind"]):
        raise BadItem("kind")
    try:
        return Item(raw["id"], raw["kind"], raw, key.mac("delivery", _canonical(raw)))
    except (UnicodeEncodeError, RecursionError):  # half a character, or lists in lists without end
        raise BadItem("JSON") from None


@dataclass(frozen=True)
class Answer:
    """`status`: taken, again, conflict (kept, but another came first), refused, held or later. `facts` go to the phone,
    `private` stay here."""

    status: str
    text: Text
    facts: dict = field(default_factory=dict)
    private: dict = field(default_factory=dict)

    def stored(self) -> dict:
        return {"status": self.status, "text": list(self.text), "facts": self.facts, "private": self.private}

    @classmethod
    def of(cls, stored: dict) -> Answer:
        return cls(stored["status"], Text(*stored["text"]), stored["facts"], stored["private"])

    def said(self, item_id: object) -> dict:
        """As the phone gets it."""
        return {"id": item_id, "status": self.status, "text": {"zh": self.text.zh, "en": self.text.en}, **self.facts}


def refused(refusal: Refusal) -> Answer:
    """What a phone is told of a refused item."""
    return Answer("refused", refusal.text)


def joined(*parts: Text | None) -> Text:
    """Sentences one after the other."""
    said = [part for part in parts if part is not None]
    return Text("".join(part.zh for part in said), " ".join(part.en for part in said))


Work = Callable[[Connection], Answer]


class Kind(NamedTuple):
    """How one kind of item is taken. `prepare` thinks, on a snapshot, and gives the work of the transaction; both raise Refusal.

    `roles`: who sends it. `typed`: it holds what somebody typed, so it is held rather than refused away. `lasting`: its answer is
    kept; not so for what a phone sends again and again and that is the same when it is taken twice."""

    prepare: Callable[[Connection, Context, Item], Work]
    roles: tuple[str, ...] = ("volunteer", "clerk")
    typed: bool = False
    lasting: bool = True
