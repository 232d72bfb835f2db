"""Who reads Datasette, and what they may see. Whatever is not allowed here is refused."""
from __future__ import annotations

from sqlalchemy import Connection, select

from campaigns import people, reader_ticket
from campaigns.installation import Installation
from campaigns.store.schema import team
from exports.publication.publish import PUBLIC_ENDING


def actor(here: Installation, token: str | None) -> dict | None:
    """Datasette's actor for a reader's ticket: work number, role, campaign and team; None when the ticket is not good.

    Asks the store each time, so that a revoked badge ends reading at once.
    """
    ticket = reader_ticket.check(here.server, token)
    if ticket is None:
        return None
    with here.store.read() as connection:
        return _actor(connection, ticket)


def _actor(connection: Connection, ticket: dict) -> dict | None:
    user = people.still_valid(connection, ticket["user"], ticket["epoch"])
    if user is None or user.role not in reader_ticket.READERS:
        return None
    name = user.team_id and connection.execute(select(team.c.name).where(team.c.id == user.team_id)).scalar()
    return {"id": user.label, "role": user.role, "campaign": ticket["campaign"], "team": name or ""}


def is_public(database: str) -> bool:
    """Whether a published file is a public page; no campaign's slug may end so."""
    return database.endswith(PUBLIC_ENDING)


def allowed(reader: dict | None, action: str, resource: object) -> bool:
    """Whether `reader` may do `action` (a permission of Datasette) on `resource` (a database, or database and table)."""
    if action == "view-instance":
        return reader is not None
    database = resource if isinstance(resource, str) else resource[0] if resource else ""
    own = reader is not None and reader["campaign"] == database
    if action in ("view-database", "view-table", "view-query"):
        return own or is_public(database)
    return own and action == "execute-sql"
