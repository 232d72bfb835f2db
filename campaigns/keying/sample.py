"""Which paper forms are keyed, which of them twice, what the two clerks disagree about, and how well each keys."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, func, select, true

from campaigns import assignments, audit, contents, people, submissions
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import keying_verdict, second_keying
from campaigns.store.schema import code, dwelling, submission
from campaigns.store.schema import user as user_table
from forms.answers import canonical
from forms.language import Refusal

_OF_ALL = 10_000
about = "second-keying:{}".format


class KeyedTwice(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这张表已经复录过了，不用再录。", "This form was keyed a second time already; nothing to do.")


class NotForYou(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这张表不在您要复录的表里。请换一张。", "This form is not one for you to key again; take another.")


@dataclass(frozen=True)
class Keyed:
    """A paper form that was keyed: its first submission."""

    id: int
    instance: str
    user_id: int | None
    dwelling_id: int
    code_id: int | None
    form_version_id: int
    received_at: datetime


_KEYED = [submission.c[name] for name in Keyed.__dataclass_fields__]


def first_keyings(campaign: Campaign) -> Select:
    """The paper forms of a campaign, each by its first submission, as rows for `Keyed`."""
    return select(*_KEYED).where(submission.c.campaign_id == campaign.id, submission.c.channel == "paper",
                                 submission.c.replaces.is_(None))


def is_drawn(key: Key, campaign: Campaign, instance: str) -> bool:
    """Whether this form is one of the sample (DBL-1)."""
    lot = int.from_bytes(key.mac("double-keying", instance.encode())[:8], "big") % _OF_ALL
    return lot < campaign.terms.double_keying_percent * _OF_ALL // 100


def waiting(connection: Connection, key: Key, campaign: Campaign, user: User, code_id: int | None = None) -> list[Keyed]:
    """Drawn forms that `user` may key again, oldest first; with `code_id` those of one paper. A lead, who only reads the list, gets
    the doors of the own team (ASG-4)."""
    query = first_keyings(campaign).where(
        submission.c.user_id != user.id, submission.c.code_id.is_not(None) if code_id is None else submission.c.code_id == code_id,
        ~exists().where(second_keying.c.submission_id == submission.c.id)).order_by(submission.c.id)
    if own := assignments.own_team(user):
        query = query.join(dwelling, dwelling.c.id == submission.c.dwelling_id).where(*own)
    return [found for found in (Keyed(*row) for row in connection.execute(query)) if is_drawn(key, campaign, found.instance)]


def of_paper(connection: Connection, campaign: Campaign, code_id: int) -> list[Keyed]:
    """What was keyed with this code, newest first."""
    return [Keyed(*row) for row in connection.execute(
        first_keyings(campaign).where(submission.c.code_id == code_id).order_by(submission.c.id.desc()))]


def last_of(connection: Connection, campaign: Campaign, user: User, since: datetime) -> Keyed | None:
    """What `user` keyed last, not before `since`."""
    row = connection.execute(first_keyings(campaign).where(
        submission.c.user_id == user.id, submission.c.received_at >= since).order_by(submission.c.id.desc()).limit(1)).first()
    return row and Keyed(*row)


def code_text(connection: Connection, server: Key, code_id: int | None) -> str:
    """The 12 symbols on the paper with this code, "" for none."""
    seed = connection.execute(select(code.c.seed).where(code.c.id == code_id)).scalar() if code_id else None
    return codes.written(server, seed) if seed else ""


def count_of(connection: Connection, campaign: Campaign, user: User, day: str) -> int:
    """How many forms `user` keyed on `day`, second keyings not counted."""
    return connection.execute(select(func.count()).select_from(submission).where(
        submission.c.campaign_id == campaign.id, submission.c.channel == "paper", submission.c.replaces.is_(None),
        submission.c.user_id == user.id, submission.c.day == day)).scalar_one()


# The second keying ----------------------------------------------------------------------------------------------------


def keep_second(connection: Connection, key: Key, campaign: Campaign, submission_id: int, code_id: int, user: User,
                answers: dict, at: datetime) -> list[str]:
    """Keep what the second clerk keyed from the paper with this code; returns the paths that differ. The same clerk again changes nothing.

    Raises NotForYou, KeyedTwice."""
    done = connection.execute(select(second_keying.c.user_id, second_keying.c.differences).where(
        second_keying.c.submission_id == submission_id)).first()
    if done:
        if done.user_id != user.id:
            raise KeyedTwice
        return done.differences
    row = connection.execute(first_keyings(campaign).where(submission.c.id == submission_id)).first()
    if row is None or row.code_id != code_id or row.user_id == user.id or not is_drawn(key, campaign, row.instance):
        raise NotForYou
    first = contents.answers_of(connection, key, submissions.current(connection, submission_id))
    paths, compared = compare(first, answers)
    connection.execute(second_keying.insert(), {
        "campaign_id": campaign.id, "submission_id": submission_id, "user_id": user.id,
        "sealed": key.seal(canonical(answers), about(submission_id)), "differences": paths, "compared": compared, "at": at})
    audit.write(connection, campaign.id, at, user.actor, "keying.second", f"submission:{submission_id}", compared=compared,
                differences=len(paths))
    return paths


def compare(first: dict, second: dict) -> tuple[list[str], int]:
    """The paths ("tenure", "person/1/name", "person/2") at which two sets of answers differ, and how many were compared."""
    one, other = dict(_leaves(first)), dict(_leaves(second))
    lone = {path for paths, others in ((one, other), (other, one)) for path in _entries(paths) - _entries(others)}
    differing: dict[str, None] = {}
    compared = set()
    for path in dict.fromkeys((*one, *other)):
        place = next((entry for entry in sorted(lone, key=len) if path.startswith(f"{entry}/")), path)
        compared.add(place)
        if place != path or one.get(path) != other.get(path):
            differing[place] = None
    return list(differing), len(compared)


def _leaves(answers: dict, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for index, entry in enumerate(value):
                yield from _leaves(entry, f"{prefix}{name}/{index}/")
        elif value:
            yield prefix + name, _plain(" ".join(value) if isinstance(value, list) else value)


def _entries(paths: dict[str, str]) -> set[str]:
    parts = (path.split("/") for path in paths)
    return {"/".join(each[:place + 1]) for each in parts for place, part in enumerate(each) if part.isdigit()}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# How well it is keyed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Accuracy:
    """Of one clerk: forms keyed, how many of them twice, answers compared, answers that differed, and those found wrong."""

    user_id: int
    label: str
    keyed: int
    twice: int
    compared: int
    differing: int
    wrong: int

    @property
    def error_bp(self) -> int | None:
        """Hundredths of a percent, None where nothing was compared."""
        return self.wrong * _OF_ALL // self.compared if self.compared else None


def accuracy(connection: Connection, campaign_id: int, through: int | None = None, reader: User | None = None) -> list[Accuracy]:
    """Of every person who keyed paper, by work number (DBL-5); to a lead, of the own team's people.

    `through`: the last submission that counts, by default all do."""
    counted = submission.c.id <= through if through is not None else true()
    rows = connection.execute(
        select(user_table.c.id, user_table.c.label, second_keying.c.id.label("second"), second_keying.c.compared,
               second_keying.c.differences, keying_verdict.c.first_wrong)
        .select_from(submission.join(user_table, user_table.c.id == submission.c.user_id)
                     .outerjoin(second_keying, second_keying.c.submission_id == submission.c.id)
                     .outerjoin(keying_verdict, keying_verdict.c.second_keying_id == second_keying.c.id))
        .where(and_(submission.c.campaign_id == campaign_id, submission.c.channel == "paper", submission.c.replaces.is_(None), counted,
                    *people.own_people(reader)))
        .order_by(user_table.c.label))
    sums: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        line = sums.setdefault((row.id, row.label), [0] * 5)
        for place, value in enumerate((1, row.second is not None, row.compared or 0, len(row.differences or ()), row.first_wrong or 0)):
            line[place] += value
    return [Accuracy(*who, *line) for who, line in sums.items()]
