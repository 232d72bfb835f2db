"""How near the merged records come to the truth.

SCO-1 A household agrees when its record holds exactly its people: name, sex, birth date and document number of each.
SCO-2 A record is compared with the household that truly lives behind its door, whoever told of it.
SCO-3 What was told of by no channel is missing, not wrong.
"""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from campaigns.believable.truth import Totals, Truth
from campaigns.campaign import Campaign
from campaigns.contents import unseal
from campaigns.keys import Key
from campaigns.store.schema import dwelling, record, submission

_WHO = ("name", "sex", "birth_date", "id_number")


@dataclass
class Score:
    """`told` is the truth of what any channel reached, `merged` what the records say, each by compound; `doors` in them
    are records. `agree` counts records of inhabited doors equal to the truth (SCO-1); `persons` sorts all persons of told
    doors: right, wrong (somebody else, or the same with another answer), missed, too many."""

    there: Totals
    told: dict[str, Totals]
    merged: dict[str, Totals]
    agree: int = 0
    persons: Counter[str] = field(default_factory=Counter)

    @property
    def told_in_all(self) -> Totals:
        return _sum(self.told)

    @property
    def merged_in_all(self) -> Totals:
        return _sum(self.merged)

    @property
    def exact(self) -> bool:
        """Whether the merged records are the truth, to the last person."""
        return (self.told == self.merged and self.agree == self.merged_in_all.households
                and self.persons.total() == self.persons["right"])


def compare(connection: Connection, key: Key, campaign: Campaign, truth: Truth,
            step: Callable[[int], None] = lambda done: None) -> Score:
    """Score the records of `campaign` against its `truth`; `step` is told of records done."""
    people = _people(truth)
    numbers = truth.register_codes()
    merged: dict[str, Counter[str]] = {}
    score = Score(truth.totals(), truth.reached(), {})
    rows = connection.execute(
        select(dwelling.c.compound, dwelling.c.register_code, submission.c.instance, submission.c.sealed)
        .select_from(record.join(submission, submission.c.id == record.c.submission_id)
                     .join(dwelling, dwelling.c.id == record.c.dwelling_id))
        .where(record.c.campaign_id == campaign.id).execution_options(yield_per=2_000))
    for compound, register_code, instance, sealed in rows:
        told = _who(unseal(key, instance, sealed).get("person", ()))
        right = people.get(numbers[register_code], Counter())
        counts = merged.setdefault(compound, Counter())
        counts.update(doors=1, households=bool(told), persons=told.total())
        score.agree += told == right and bool(right)
        _sort(score.persons, told, right)
        step(1)
    score.merged = {name: Totals(counts["doors"], counts["households"], counts["persons"])
                    for name, counts in sorted(merged.items())}
    return score


def _sort(persons: Counter[str], told: Counter, right: Counter) -> None:
    same = (told & right).total()
    more, fewer = told.total() - same, right.total() - same
    persons.update(right=same, wrong=min(more, fewer), missed=max(0, fewer - more), too_many=max(0, more - fewer))


def _people(truth: Truth) -> dict[int, Counter]:
    """Who lives behind each door of the truth."""
    found: dict[int, Counter] = {}
    for dwelling_id, answers in truth.connection.execute("SELECT dwelling_id, answers FROM person"):
        found.setdefault(dwelling_id, Counter()).update(_who([json.loads(answers)]))
    return found


def _who(persons: list[dict]) -> Counter:
    return Counter(tuple(person.get(name, "") for name in _WHO) for person in persons)


def _sum(parts: dict[str, Totals]) -> Totals:
    return Totals(*(sum(getattr(each, name) for each in parts.values()) for name in ("doors", "households", "persons")))
