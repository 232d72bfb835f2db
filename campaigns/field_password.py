"""How a volunteer's or clerk's device (ODK Collect, KoboCollect) signs in: a user name and a random password.

FPW-1 The user name is `<campaign>-<work number>` in small letters (c1-v001); the password is made here, never chosen.
FPW-2 Digest needs HA1 = MD5(user:realm:password) (RFC 2617, 3.2.2.2): it is kept sealed, and the password is not kept.
FPW-3 A new password ends the old one. A revoked person's does not open anything.
FPW-4 A Digest nonce is ours and lives five minutes; each of its counts is good once, in any order within 60 of the
      highest, because a device may send two requests at the same time.
"""
from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from campaigns import audit
from campaigns import campaign as campaigns
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key, Keyring
from campaigns.people import User
from campaigns.store.prepared import Prepared, Whole
from campaigns.store.schema import campaign as campaign_table
from campaigns.store.schema import digest_nonce, field_password, user
from forms.language import LANGUAGES, Refusal

REALM = "survey"
ROLES = ("volunteer", "clerk")
NONCE_LIVES = timedelta(minutes=5)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_GROUPS = (4, 4, 4)  # 59 bits
_WINDOW = 60


class NotForDevices(Refusal):
    def __init__(self):
        super().__init__("只有志愿者和录入员可以用手机采集软件，请换一个工号。",
                         "Only volunteers and clerks work with a collecting app; choose another work number.")


@dataclass(frozen=True)
class FieldPassword:
    """What is typed into the app; `password` is shown once and never again."""

    name: str
    password: str


@dataclass(frozen=True)
class Holder:
    """Whose name was given and where they work, what their password hashes to, and the language that they read."""

    user: User
    campaign: Campaign
    ha1: str
    language: str


def user_name(campaign: Campaign, found: User) -> str:
    """What a field user signs in as on a device: c1-v0012."""
    return f"{campaign.slug}-{found.label}".lower()


def issue(connection: Connection, keyring: Keyring, campaign: Campaign, found: User, at: datetime, actor: Actor,
          language: str = "zh") -> FieldPassword:
    """Give `found` a new password for a device. Raises NotForDevices for other roles."""
    if found.role not in ROLES or language not in LANGUAGES:
        raise NotForDevices
    made = FieldPassword(user_name(campaign, found), _random())
    sealed = keyring.campaign(campaign.slug).seal(ha1_of(made.name, made.password).encode(), _about(found.id))
    connection.execute(delete(field_password).where(field_password.c.user_id == found.id))
    connection.execute(insert(field_password).values(user_id=found.id, sealed=sealed, language=language, issued_at=at))
    audit.write(connection, campaign.id, at, actor, "user.field-password", f"user:{found.label}")
    return made


def _random() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(size)) for size in _GROUPS)


def ha1_of(name: str, password: str) -> str:
    """The hash of name, realm and password that Digest authentication uses (RFC 2617, section 3.2.2.2), in hex."""
    return hashlib.md5(f"{name}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def _about(user_id: int) -> str:
    return f"field-password:{user_id}"


_COLUMNS = [user.c[name] for name in User.__dataclass_fields__]
_all = [field_password.c.sealed, field_password.c.language, *_COLUMNS, *campaign_table.c]
_holder = Prepared(
    select(*[each.label(f"c{place}") for place, each in enumerate(_all)])
    .select_from(user.join(field_password, field_password.c.user_id == user.c.id)
                 .join(campaign_table, campaign_table.c.id == user.c.campaign_id))
    .where(campaign_table.c.slug == bindparam("slug"), user.c.label == bindparam("label"), user.c.active),
    wholes=(Whole(2, 2 + len(_COLUMNS), lambda values: User(*values)), Whole(2 + len(_COLUMNS), len(_all), campaigns.of_columns)))


def holder(connection: Connection, keyring: Keyring, name: str) -> Holder | None:
    """Who has this user name; None for nobody, or a person who was revoked or has no password."""
    slug, _, label = name.rpartition("-")
    if name != name.lower():
        return None  # the name is part of HA1
    row = _holder.first(connection, {"slug": slug, "label": label.upper()})
    if row is None:
        return None
    sealed, language, found, campaign = row
    ha1 = keyring.campaign(campaign.slug).open(sealed, _about(found.id)).decode()
    return Holder(found, campaign, ha1, language)


def fits(found: Holder | None, name: str, password: str) -> bool:
    """Whether this is the password, in the same time for a wrong name."""
    return hmac.compare_digest(ha1_of(name, password), found.ha1 if found else "-" * 32) and found is not None


# Nonces ---------------------------------------------------------------------------------------------------------------


def new_nonce(server: Key, at: datetime) -> str:
    """A nonce that says when it was made and that this server made it."""
    text = f"{round(at.timestamp() * 1000):x}.{os.urandom(8).hex()}"
    return f"{text}.{_signature(server, text)}"


def _signature(server: Key, text: str) -> str:
    return server.mac("digest-nonce", text.encode()).hex()[:32]


def nonce_made(server: Key, nonce: str) -> datetime | None:
    """When we made this nonce; None for one that is not ours."""
    text, _, signature = nonce.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(server, text).encode()):
        return None
    return datetime.fromtimestamp(int(text.split(".")[0], 16) / 1000, UTC)


_of_nonce = Prepared(select(digest_nonce).where(digest_nonce.c.nonce == bindparam("nonce")))
_count_up = Prepared(update(digest_nonce).where(digest_nonce.c.nonce == bindparam("of")).values(
    highest=bindparam("top"), seen=bindparam("marks")))


def use_count(connection: Connection, nonce: str, made: datetime, count: int, at: datetime) -> bool:
    """Use count `count` of a nonce; False when it was used before, or is too old to know (FPW-4)."""
    row = _of_nonce.first(connection, {"nonce": nonce})
    if row is None:
        connection.execute(delete(digest_nonce).where(digest_nonce.c.made_at < at - 2 * NONCE_LIVES))
        connection.execute(insert(digest_nonce).values(nonce=nonce, made_at=made, highest=count, seen=1))
        return True
    ahead = count - row.highest
    if ahead > 0:
        seen = ((row.seen << ahead) | 1) & ((1 << _WINDOW) - 1) if ahead < _WINDOW else 1
    elif -ahead >= _WINDOW or row.seen >> -ahead & 1:
        return False
    else:
        seen = row.seen | 1 << -ahead
    _count_up.run(connection, {"of": nonce, "top": max(count, row.highest), "marks": seen})
    return True
