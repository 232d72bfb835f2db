"""Hangers for tests: printed, handed out, hung, with times that a test chooses."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from campaigns import hangers
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.hangers import Action, Hanger, Result
from campaigns.installation import Installation
from campaigns.people import User
from campaigns.store.schema import code
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
