"""What a visitor of a demo is shown: a door that is still to do, and the log-ins that were kept."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, exists, select

from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.frame.doors import Door, by_id
from campaigns.installation import Installation
from campaigns.store.schema import code, dwelling, submission


@dataclass(frozen=True)
class Login:
    """Someone who works in the demo; `badge` is 12 symbols."""

    label: str
    role: str
    team: str | None
    badge: str
    pin: str


def logins(path: Path) -> list[Login]:
    """Everyone whose badge and PIN were kept when the demo was made."""
    return [Login(**each) for each in json.loads(path.read_text())]


def door_to_do(here: Installation, campaign: Campaign) -> tuple[Door, str] | None:
    """The first door in walking order from which nothing has come, and its code (12 symbols); None when all is done."""
    valid = and_(code.c.dwelling_id == dwelling.c.id, code.c.kind == "household", code.c.revoked_at.is_(None))
    with here.store.read() as connection:
        row = connection.execute(
            select(dwelling.c.id, code.c.seed).join(code, valid)
            .where(dwelling.c.campaign_id == campaign.id, dwelling.c.ended_at.is_(None),
                   ~exists().where(submission.c.dwelling_id == dwelling.c.id))
            .order_by(dwelling.c.walk).limit(1)).first()
        return row and (by_id(connection, row.id), codes.written(here.server, row.seed))
