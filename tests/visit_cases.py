"""A visit, and a round, for tests of field work: doors of `core_cases`, times counted from the campaign's opening."""
from __future__ import annotations

import uuid
from datetime import timedelta

from campaigns import rounds, visits
from campaigns.installation import Installation
from campaigns.visits import NewVisit, Recorded
from tests.core_cases import NOON

SALT = "salt"


def new(door: int, outcome: str = "nobody_home", days: float = 0, **fields: object) -> NewVisit:
    """A visit `days` after noon of the first day."""
    at = fields.pop("at", NOON + timedelta(days=days))
    return NewVisit(**{"item": uuid.uuid4().hex, "dwelling_id": door, "outcome": outcome, "at": at, "received_at": at, **fields})


def record(here: Installation, made, by, given: NewVisit, **options: object) -> Recorded:
    key = here.keyring.campaign(made.slug)
    return here.store.submit(lambda connection: visits.record(connection, made, key, by, given, **options))


def stops(here: Installation, made, by, at=NOON) -> list[rounds.Stop]:
    with here.store.read() as connection:
        return rounds.round_of(connection, here.server, made, by, at, SALT)
