"""Two keyings of one paper side by side, and which of the two was right in each answer."""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, exists, select

from campaigns import assignments, audit, contents, submissions
from campaigns.campaign import Campaign
from campaigns.keying.sample import Keyed, about, compare, first_keyings
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import keying_verdict, second_keying
from campaigns.store.schema import dwelling, submission
from forms.answers import canonical
from forms.language import Refusal


class Settled(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这张表的不同之处已经有人定过了。", "Somebody settled these differences already.")


class NoSuchKeying(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这份复录。", "There is no such second keying.")


@dataclass(frozen=True)
class Pair:
    """Two keyings of one paper. `first`: the answers as they stand, `second`: of the second clerk."""

    id: int
    keyed: Keyed
    first_by: int | None
    second_by: int
    differences: list[str]
    first: dict
    second: dict


def to_settle(connection: Connection, campaign: Campaign, reader: User | None = None) -> list[Row]:
    """Second keyings with differences that nobody settled: id, submission_id, dwelling_id, count and at. To a lead, those of the
    own team's doors (ASG-4)."""
    rows = connection.execute(
        select(second_keying.c.id, second_keying.c.submission_id, second_keying.c.differences, second_keying.c.at,
               submission.c.dwelling_id)
        .join(submission, submission.c.id == second_keying.c.submission_id)
        .join(dwelling, dwelling.c.id == submission.c.dwelling_id)
        .where(second_keying.c.campaign_id == campaign.id, *assignments.own_team(reader),
               ~exists().where(keying_verdict.c.second_keying_id == second_keying.c.id))
        .order_by(second_keying.c.id))
    return [row for row in rows if row.differences]


def pair(connection: Connection, key: Key, campaign: Campaign, keying_id: int) -> Pair:
    """Both keyings, unsealed. Raises NoSuchKeying, Settled."""
    row = connection.execute(select(second_keying).where(
        second_keying.c.id == keying_id, second_keying.c.campaign_id == campaign.id)).first()
    if row is None:
        raise NoSuchKeying
    if connection.execute(select(keying_verdict.c.id).where(keying_verdict.c.second_keying_id == keying_id)).first():
        raise Settled
    keyed = Keyed(*connection.execute(first_keyings(campaign).where(submission.c.id == row.submission_id)).one())
    first = contents.answers_of(connection, key, submissions.current(connection, keyed.id))
    second = json.loads(key.open(row.sealed, about(row.submission_id)))
    return Pair(row.id, keyed, keyed.user_id, row.user_id, compare(first, second)[0], first, second)


def merged(found: Pair, second_right: set[str]) -> dict:
    """The first answers with the second clerk's where that clerk was right."""
    answers = json.loads(canonical(found.first))
    entries: list[str] = []
    for path in found.differences:
        if path in second_right:
            (entries.append(path) if path.rsplit("/", 1)[-1].isdigit() else _copy(path.split("/"), answers, found.second))
    for path in sorted(entries, key=lambda each: int(each.rsplit("/", 1)[-1]), reverse=True):
        _copy_entry(path.split("/"), answers, found.second)
    return answers


def _copy(parts: list[str], into: dict, source: dict) -> None:
    for name, index in zip(parts[:-1:2], parts[1:-1:2]):
        into, source = into[name][int(index)], source[name][int(index)]
    if parts[-1] in source:
        into[parts[-1]] = source[parts[-1]]
    else:
        into.pop(parts[-1], None)


def _copy_entry(parts: list[str], into: dict, source: dict) -> None:
    """A person whom only one of the two has: taken over from the second, or taken out."""
    *above, name, index = parts
    for outer, number in zip(above[::2], above[1::2]):
        into, source = into[outer][int(number)], source[outer][int(number)]
    theirs = source.get(name) or []
    if int(index) < len(theirs):
        into.setdefault(name, []).insert(int(index), theirs[int(index)])
    else:
        del into[name][int(index)]


def note_seen(connection: Connection, campaign: Campaign, keying_id: int, user: User, at: datetime) -> None:
    """Somebody looked at both keyings of a form."""
    audit.write(connection, campaign.id, at, user.actor, "keying.seen", f"second-keying:{keying_id}")


def settle(connection: Connection, campaign: Campaign, found: Pair, second_right: set[str], user: User, at: datetime,
           correction_id: int | None) -> None:
    """Keep who was right (DBL-4). `found`: read in the same transaction, so that nobody else has settled it."""
    wrong = len([path for path in found.differences if path in second_right])
    connection.execute(keying_verdict.insert(), {
        "campaign_id": campaign.id, "second_keying_id": found.id, "user_id": user.id, "first_wrong": wrong,
        "second_wrong": len(found.differences) - wrong, "correction_id": correction_id, "at": at})
    audit.write(connection, campaign.id, at, user.actor, "keying.settled", f"second-keying:{found.id}", first_wrong=wrong,
                second_wrong=len(found.differences) - wrong)
