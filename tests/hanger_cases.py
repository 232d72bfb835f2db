"""Hangers for tests: printed, handed out, hung, with times that a test chooses; and the campaign, doors and people of the tests
of hangers, as fixtures."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from campaigns import hangers
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.hangers import Action, Hanger, Result
from campaigns.installation import Installation
from campaigns.people import User
from campaigns.store.schema import code, code_event
from tests import core_cases
from tests.core_cases import NOON


def stocked(here: Installation, made: Campaign, count: int = 6, at: datetime = NOON - timedelta(days=1)) -> list[Hanger]:
    """`count` more hangers, printed and in stock."""
    with here.store.write() as connection:
        serials = hangers.issue(connection, here.server, made, count, at, COMMAND_LINE)
        new = [hangers.by_serial(connection, made, serial) for serial in serials]
        hangers.printed(connection, made, "blank.pdf", [(each.id, 1, place) for place, each in enumerate(new, 1)], at, COMMAND_LINE)
        return [hangers.by_serial(connection, made, serial) for serial in serials]


def text_of(here: Installation, hanger: Hanger) -> str:
    """The 12 symbols on a hanger."""
    with here.store.read() as connection:
        return codes.written(here.server, connection.execute(
            code.select().with_only_columns(code.c.seed).where(code.c.id == hanger.id)).scalar_one())


def act(here: Installation, made: Campaign, person: User, kind: str, hanger: Hanger, at: datetime = NOON,
        received_at: datetime | None = None, item: str | None = None, **more: object) -> Result:
    """One thing done with a hanger, as the phone reports it."""
    action = Action(kind, item or uuid.uuid4().hex, hanger.id, at, received_at or at, **more)
    return here.store.submit(lambda connection: hangers.apply(connection, made, person, action))


def now(here: Installation, hanger: Hanger) -> Hanger:
    with here.store.read() as connection:
        return hangers.by_id(connection, hanger.id)


def book(here: Installation, made: Campaign) -> dict[str, int]:
    """The columns of the books that are not 0, after checking that they balance with the history."""
    with here.store.read() as connection:
        [line] = hangers.balance(connection, made.id)
        assert hangers.unbalanced(connection, made.id) == []
    assert line.balanced
    return {column: count for column, count in line.counts.items() if count}


_numbers = count()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """One for all tests here; each has a campaign of its own."""
    here = core_cases.installation(tmp_path_factory.mktemp("hangers"))
    yield here
    here.store.close()


@pytest.fixture
def made(installation):
    return core_cases.campaign(installation, slug=f"c{next(_numbers)}")


@pytest.fixture
def doors(installation, made):
    return core_cases.door_ids(installation, made)


def worker(here, made):
    return core_cases.worker(here, made, pin_hash="x").user  # nobody signs in here


@pytest.fixture
def alice(installation, made):
    return worker(installation, made)


@pytest.fixture
def ben(installation, made):
    return worker(installation, made)


def hand_out(here, made, first, last, to, at=NOON - 2 * HOUR):
    with here.store.write() as connection:
        return hangers.hand_out(connection, made, first, last, to, at, COMMAND_LINE)


def take_back(here, made, first, last, at=NOON + DAY):
    with here.store.write() as connection:
        return hangers.take_back(connection, made, first, last, at, COMMAND_LINE)


def answer(here, made, hanger, door, channel="hanger", at=NOON, **fields):
    return core_cases.send(here, made, core_cases.entry(
        here, made, door, channel=channel, code_id=hanger.id, filled_at=at, received_at=at, **fields))


def events_of(here, hanger):
    with here.store.read() as connection:
        return list(connection.execute(select(code_event.c.event).where(code_event.c.code_id == hanger.id)
                                       .order_by(code_event.c.id)).scalars())
