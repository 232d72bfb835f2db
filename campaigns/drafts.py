"""Forms begun at a door and not finished, kept so that the same person on another phone, or whoever takes the door over, goes on.

DRF-1 A draft is known by the instance in its XML; a later save replaces an earlier one, never the other way round.
DRF-2 It lies sealed, and is gone when its form has come in.
DRF-3 It belongs to one person, and is handed over with what else they had; who saves it from an old phone changes what is in it,
      not whose it is.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from campaigns import audit, submissions
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import draft
from campaigns.store.prepared import Prepared
from campaigns.store.schema import dwelling, form_version
from forms.language import Refusal

MOST_DRAFTS = 500  # of one person: more than the doors of a round


class TooManyDrafts(Refusal):
    status = 429

    def __init__(self):
        super().__init__("您没填完的表已有 {most} 份，这一份先留在手机里。请先填完一些，手机会再发。",
                         "You have {most} unfinished forms already, so this one stays on the phone for now. Finish some of them; the "
                         "phone sends it again.", most=MOST_DRAFTS)


@dataclass(frozen=True)
class NewDraft:
    """`xml`: the form as far as it was filled; `instance`: of that XML."""

    form_version_id: int
    dwelling_id: int
    household: int
    instance: str
    xml: bytes
    saved_at: datetime


@dataclass(frozen=True)
class Draft:
    """A draft, opened. `key` and `version`: of its form."""

    dwelling_id: int
    household: int
    instance: str
    key: str
    version: str
    saved_at: datetime
    xml: bytes


_about = "draft:{}".format


def save(connection: Connection, campaign: Campaign, key: Key, by: User, new: NewDraft, at: datetime) -> bool:
    """Keep `new`; False when a later one is there, or its form came in (DRF-1, DRF-2). Raises TooManyDrafts."""
    mine = (draft.c.campaign_id == campaign.id, draft.c.instance == new.instance)
    saved_at = connection.execute(select(draft.c.saved_at).where(*mine)).scalar()
    if (saved_at and saved_at >= new.saved_at) or submissions.is_kept(connection, campaign.id, new.instance):
        return False
    row = {"form_version_id": new.form_version_id, "dwelling_id": new.dwelling_id, "household": new.household,
           "sealed": key.seal(new.xml, _about(new.instance)), "saved_at": new.saved_at}
    if saved_at:
        connection.execute(update(draft).where(*mine).values(**row))
    else:
        if connection.execute(select(func.count()).where(draft.c.user_id == by.id)).scalar_one() >= MOST_DRAFTS:
            raise TooManyDrafts
        connection.execute(draft.insert(), {"campaign_id": campaign.id, "user_id": by.id, "instance": new.instance, **row})
        audit.write(connection, campaign.id, at, by.actor, "draft.begun", f"door:{new.dwelling_id}", household=new.household)
    return True


def load(connection: Connection, key: Key, of: User) -> list[Draft]:
    """The drafts of a person, oldest first; those of doors that have ended too."""
    rows = connection.execute(
        select(draft.c.dwelling_id, draft.c.household, draft.c.instance, form_version.c.key, form_version.c.version, draft.c.saved_at,
               draft.c.sealed)
        .join(form_version, form_version.c.id == draft.c.form_version_id).join(dwelling, dwelling.c.id == draft.c.dwelling_id)
        .where(draft.c.user_id == of.id).order_by(draft.c.saved_at, draft.c.id))
    return [Draft(*row[:-1], key.open(row.sealed, _about(row.instance))) for row in rows]


_of_campaign = delete(draft).where(draft.c.campaign_id == bindparam("campaign"))
_same = draft.c.instance == bindparam("instance")
_wipe = Prepared(_of_campaign.where(_same))
_wipe_begun = Prepared(_of_campaign.where(or_(_same, (draft.c.dwelling_id == bindparam("door")) & (
    draft.c.household == bindparam("household")) & (draft.c.user_id == bindparam("user")))))


def wipe(connection: Connection, campaign: Campaign, instance: str, dwelling_id: int | None, household: int, by: User) -> None:
    """The form came in: its draft goes, and so does what the same person had begun for the same household."""
    form = {"campaign": campaign.id, "instance": instance}
    if dwelling_id is None:
        _wipe.run(connection, form)
    else:
        _wipe_begun.run(connection, {**form, "door": dwelling_id, "household": household, "user": by.id})


def hand_over(connection: Connection, campaign: Campaign, of: User, to: User, at: datetime, actor: Actor) -> int:
    """Give every draft of `of` to `to` (DRF-3); returns how many."""
    moved = connection.execute(update(draft).where(draft.c.campaign_id == campaign.id, draft.c.user_id == of.id).values(
        user_id=to.id)).rowcount
    if moved:
        audit.write(connection, campaign.id, at, actor, "drafts.handed-over", f"user:{of.label}", to=to.label, drafts=moved)
    return moved
