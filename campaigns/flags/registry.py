"""Flags: hints for a person to look at, made of figures alone.

FLG-1 A flag names whom it is about (by work number), what was seen in figures, and how to look into it. It decides nothing: no
      tally, no pay and no door changes by a flag.
FLG-2 A check is one function in the registry, of set-based queries; it opens no answers.
FLG-3 Whoever looked at a flag says so; that is a row of its own, and the newest holds. A flag that was looked at stays listed.
      A note about it is sealed.
FLG-4 What a reviewer rejected is looked at already: rejected entries raise no flag.
FLG-5 A lead gets the flags about the own team's people, and of their entries those that these people sent.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from campaigns import audit
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.store.fieldwork import flag_review
from campaigns.store.schema import dwelling, submission, user
from forms.language import Refusal, Text

VERDICTS = {"fine": Text("看过，没问题", "looked at: fine"), "follow-up": Text("看过，要跟进", "looked at: follow up")}
LONGEST_NOTE = 400
SHOWN = 3  # entries named with a flag


class NoSuchFlag(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这一条，可能已经变了。请刷新页面再看。",
                         "There is no such hint, or it changed. Reload the page and look again.")


class NoteTooLong(Refusal):
    status = 422

    def __init__(self):
        super().__init__("备注最多 {most} 字，没有保存。", "A note has {most} characters at most; it was not saved.", most=LONGEST_NOTE)


@dataclass(frozen=True)
class Review:
    """Who looked at a flag, and what came of it."""

    verdict: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Flag:
    """One hint. `about`: what tells it from others of the same check and person: a day, or part of a mark. `ids`: submissions to
    look at; `entries` are the first of them with their doors; `more` is how many there are when they are not all shown."""

    check: str
    user_id: int | None
    about: str
    what: Text
    ids: tuple[int, ...] = ()
    day: str = ""
    label: str = ""
    entries: tuple[tuple[int, str], ...] = ()
    more: int = 0
    review: Review | None = None

    @property
    def key(self) -> str:
        return f"{self.check}:{self.label}:{self.about}"


@dataclass(frozen=True)
class Check:
    """`how`: how a person looks into it."""

    name: Text
    how: Text
    find: Callable[[Connection, Campaign], Iterable[Flag]]


CHECKS: dict[str, Check] = {}


def check(key: str, name: Text, how: Text) -> Callable:
    """Adds the function below it to the registry."""
    def add(find: Callable) -> Callable:
        CHECKS[key] = Check(name, how, find)
        return find
    return add


def every(connection: Connection, campaign: Campaign, team_id: int | None = None, key: Key | None = None) -> list[Flag]:
    """All flags of the campaign, or of one team's people, check by check; with the campaign's `key`, the notes of reviews too."""
    people = {row.id: row for row in connection.execute(
        select(user.c.id, user.c.label, user.c.team_id).where(user.c.campaign_id == campaign.id))}
    reviews = _reviews(connection, campaign, key)
    found = []
    for each in (flag for known in CHECKS.values() for flag in known.find(connection, campaign)):
        who = people.get(each.user_id)
        if team_id is None or (who and who.team_id == team_id):
            named = replace(each, label=who.label if who else "")
            found.append(replace(named, review=reviews.get(named.key)))
    return list(_with_entries(connection, found, team_id))


_about = "flag-review:{}".format


def _reviews(connection: Connection, campaign: Campaign, key: Key | None) -> dict[str, Review]:
    rows = connection.execute(
        select(flag_review.c.flag, flag_review.c.verdict, flag_review.c.note, flag_review.c.sealed,
               func.coalesce(user.c.label, "").label("by"), flag_review.c.at)
        .select_from(flag_review.outerjoin(user, user.c.id == flag_review.c.user_id))
        .where(flag_review.c.campaign_id == campaign.id).order_by(flag_review.c.id))
    return {row.flag: Review(row.verdict, key.open(row.sealed, _about(row.flag)).decode() if key and row.sealed else row.note,
                             row.by, row.at) for row in rows}


def _with_entries(connection: Connection, found: list[Flag], team_id: int | None) -> Iterator[Flag]:
    """The flags with the doors of their first entries; for a team, of those that its own people sent (FLG-5)."""
    own = () if team_id is None else (user.c.team_id == team_id,)
    wanted = sorted({number for each in found for number in each.ids[:SHOWN]})
    places: dict[int, str] = {}
    columns = [dwelling.c[name] for name in ("compound", "building", "unit", "room")]
    for start in range(0, len(wanted), 500):
        for number, address, *parts in connection.execute(
                select(submission.c.id, dwelling.c.address, *columns)
                .join(dwelling, dwelling.c.id == submission.c.dwelling_id).outerjoin(user, user.c.id == submission.c.user_id)
                .where(submission.c.id.in_(wanted[start:start + 500]), *own)):
            places[number] = "-".join(filter(None, parts)) or address
    for each in found:
        yield replace(each, entries=tuple((number, places[number]) for number in each.ids[:SHOWN] if number in places),
                      more=len(each.ids) if len(each.ids) > SHOWN else 0)


def review(connection: Connection, campaign: Campaign, flag: str, verdict: str, note: str, at: datetime, actor: Actor,
           team_id: int | None = None, key: Key | None = None) -> None:
    """Keep that somebody looked at the flag of this key; `team_id`: who looks may only look at this team's people; `key`, the
    campaign's, seals the note."""
    kind, _, rest = flag.partition(":")
    label, _, about = rest.partition(":")
    who = connection.execute(select(user.c.team_id).where(user.c.campaign_id == campaign.id, user.c.label == label)).first()
    theirs = team_id is None or (who is not None and who.team_id == team_id)
    if kind not in CHECKS or verdict not in VERDICTS or not about or len(flag) > 100 or not theirs or (label and who is None):
        raise NoSuchFlag
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    connection.execute(flag_review.insert().values(
        campaign_id=campaign.id, flag=flag, verdict=verdict, note="", user_id=actor.user_id, at=at,
        sealed=key.seal(note.encode(), _about(flag)) if note else None))
    audit.write(connection, campaign.id, at, actor, "flag.reviewed", f"flag:{kind}", who=label, verdict=verdict)
