"""The people who work in a campaign: teams, users, badges, PINs, and what each role may do.

Names are personal and sealed; tables and Datasette show the label (a work number such as `3-012`).
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from campaigns import audit
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.keys import Key, Keyring
from campaigns.store.prepared import Prepared
from campaigns.store.schema import code, team, user
from forms.language import Refusal, Text

ROLES = {
    "volunteer": Text("志愿者", "volunteer"), "clerk": Text("录入员", "clerk"),
    "building_head": Text("楼长或物业", "building head"), "lead": Text("组长", "team lead"),
    "supervisor": Text("督导员", "supervisor"), "organiser": Text("组织者", "organiser"),
}
_INITIAL = {"volunteer": "V", "clerk": "C", "building_head": "H", "lead": "L", "supervisor": "S", "organiser": "O"}
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}


class WrongPin(Refusal):
    status = 403

    def __init__(self):
        super().__init__("工牌或 PIN 不对，请再试一次。忘了 PIN 请找组长。",
                         "The badge or PIN is wrong; please try again. If you forgot the PIN, ask your team lead.")


@dataclass(frozen=True)
class User:
    """A person who works in a campaign; `label` is the work number."""

    id: int
    campaign_id: int
    team_id: int | None
    role: str
    label: str
    epoch: int
    active: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.role, self.id, self.label)


@dataclass(frozen=True)
class NewUser:
    """A user just added, with what is shown once and never again."""

    user: User
    badge: str
    pin: str


def team_named(connection: Connection, campaign_id: int, name: str) -> int:
    """The id of the team called `name`, made if there is none."""
    name = name.strip()
    found = connection.execute(
        select(team.c.id).where(team.c.campaign_id == campaign_id, team.c.name == name)).scalar()
    return found or connection.execute(
        team.insert().values(campaign_id=campaign_id, name=name)).inserted_primary_key.id


def teams(connection: Connection, campaign_id: int) -> dict[int, str]:
    """Team names by id."""
    return dict(connection.execute(
        select(team.c.id, team.c.name).where(team.c.campaign_id == campaign_id).order_by(team.c.id)).all())


def add(connection: Connection, keyring: Keyring, campaign: Campaign, *, role: str, name: str, team_name: str | None,
        at: datetime, actor: Actor, pin: str | None = None, pin_hash: str | None = None) -> NewUser:
    """Add a user with a badge code and a PIN of six digits. `pin_hash`: of `pin`, when it was made beforehand."""
    if role not in ROLES:
        raise Refusal("没有角色“{role}”，可用：{known}。", "There is no role “{role}”; there are: {known}.",
                      role=role, known=", ".join(ROLES))
    if not name.strip():
        raise Refusal("请填姓名。", "Please give a name.")
    pin = pin or f"{secrets.randbelow(10**6):06d}"
    if not (pin.isascii() and pin.isdigit() and len(pin) == 6):
        raise Refusal("PIN 应为 6 位数字。", "A PIN has six digits.")
    team_id = team_named(connection, campaign.id, team_name) if team_name else None
    label = _next_label(connection, campaign.id, role)
    user_id = connection.execute(user.insert().values(
        campaign_id=campaign.id, team_id=team_id, role=role, label=label, pin_hash=pin_hash or hash_pin(pin), epoch=1, active=True,
        sealed=keyring.campaign(campaign.slug).seal(name.strip().encode(), f"user:{label}"), added_at=at,
    )).inserted_primary_key.id
    badge, row = codes.fresh(keyring.server, campaign_id=campaign.id, kind="badge", user_id=user_id, issued_at=at)
    codes.add(connection, [row], at, actor)
    audit.write(connection, campaign.id, at, actor, "user.added", f"user:{label}", role=role)
    return NewUser(by_id(connection, user_id), badge, pin)


def _next_label(connection: Connection, campaign_id: int, role: str) -> str:
    count = connection.execute(select(func.count()).select_from(user).where(
        user.c.campaign_id == campaign_id, user.c.role == role)).scalar_one()
    return f"{_INITIAL[role]}{count + 1:03d}"


def hash_pin(pin: str) -> str:
    """A PIN as it is kept. Takes 77 ms of processor time on purpose: six digits are few."""
    salt = os.urandom(16)
    return base64.b64encode(salt + hashlib.scrypt(pin.encode(), salt=salt, **_SCRYPT)).decode()


def _pin_matches(pin: str, stored: str) -> bool:
    raw = base64.b64decode(stored)
    return hmac.compare_digest(raw[16:], hashlib.scrypt(pin.encode(), salt=raw[:16], **_SCRYPT))


_COLUMNS = [user.c[name] for name in User.__dataclass_fields__]
_by_id = Prepared(select(*_COLUMNS).where(user.c.id == bindparam("id")))


def by_id(connection: Connection, user_id: int) -> User | None:
    """The user of this id, None for nobody."""
    row = _by_id.first(connection, {"id": user_id})
    return row and User(*row)


def every(connection: Connection, campaign_id: int) -> list[User]:
    """All users of the campaign, by role and work number."""
    return [User(*row) for row in connection.execute(
        select(*_COLUMNS).where(user.c.campaign_id == campaign_id).order_by(user.c.role, user.c.label))]


def own_people(by: User | None) -> tuple:
    """The condition on `user` that keeps a lead to the own team's people; a lead of no team has those of no team."""
    return (user.c.team_id == by.team_id,) if by is not None and by.role == "lead" else ()


def by_label(connection: Connection, campaign_id: int, label: str) -> User:
    """The user with this work number (V0012); raises Refusal."""
    row = connection.execute(select(*_COLUMNS).where(user.c.campaign_id == campaign_id, user.c.label == label)).first()
    if row is None:
        raise Refusal("没有工号“{label}”。", "There is nobody with the work number “{label}”.", label=label)
    return User(*row)


def name_of(connection: Connection, key: Key, found: User) -> str:
    """A user's name, unsealed."""
    sealed = connection.execute(select(user.c.sealed).where(user.c.id == found.id)).scalar_one()
    return key.open(sealed, f"user:{found.label}").decode()


def sign_in(connection: Connection, server: Key, badge: str, pin: str) -> User:
    """The user of `badge` (12 symbols) when the PIN fits; raises WrongPin without saying which of the two was wrong."""
    try:
        found = codes.find(connection, server, badge)
    except codes.CodeUnknown:
        raise WrongPin from None
    holder = found.user_id and connection.execute(
        select(*_COLUMNS, user.c.pin_hash).where(user.c.id == found.user_id)).first()
    if found.kind != "badge" or found.revoked_at or not holder or not holder.active:
        raise WrongPin
    if not _pin_matches(pin, holder.pin_hash):
        raise WrongPin
    return User(*holder[:-1])


def still_valid(connection: Connection, user_id: int, epoch: int) -> User | None:
    """The user of a session, or None when they were deactivated or their sessions were ended."""
    found = by_id(connection, user_id)
    return found if found and found.active and found.epoch == epoch else None


def revoke(connection: Connection, found: User, at: datetime, actor: Actor) -> None:
    """End the user's badge and every session, for a lost badge or a person who left."""
    connection.execute(update(user).where(user.c.id == found.id).values(active=False, epoch=user.c.epoch + 1))
    connection.execute(update(code).where(code.c.user_id == found.id, code.c.revoked_at.is_(None)).values(revoked_at=at))
    audit.write(connection, found.campaign_id, at, actor, "user.revoked", f"user:{found.label}")
