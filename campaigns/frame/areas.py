"""Which team has which doors."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from campaigns import audit, people
from campaigns.audit import Actor
from campaigns.store.schema import dwelling
from forms.language import Refusal


def assign(connection: Connection, campaign_id: int, team_name: str, *, compounds: Sequence[str] = (),
           communities: Sequence[str] = (), at: datetime, actor: Actor) -> int:
    """Give `team_name` (made if needed) the doors of these compounds and communities; returns how many doors it has."""
    team_id = people.team_named(connection, campaign_id, team_name)
    for column, names in ((dwelling.c.compound, compounds), (dwelling.c.community, communities)):
        for name in names:
            if not connection.execute(select(dwelling.c.id).where(
                    dwelling.c.campaign_id == campaign_id, column == name).limit(1)).first():
                raise Refusal("住房底册里没有“{name}”，请核对名称。", "The register has no “{name}”; please check the name.", name=name)
    if compounds or communities:
        connection.execute(update(dwelling).where(
            dwelling.c.campaign_id == campaign_id,
            or_(dwelling.c.compound.in_(compounds), dwelling.c.community.in_(communities))).values(team_id=team_id))
        audit.write(connection, campaign_id, at, actor, "team.assigned", f"team:{team_id}",
                    compounds=list(compounds), communities=list(communities))
    return connection.execute(select(func.count()).select_from(dwelling).where(dwelling.c.team_id == team_id)).scalar_one()
