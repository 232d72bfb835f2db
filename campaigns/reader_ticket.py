"""Tells the progress pages (Datasette, another process) who is reading: a signed ticket in the cookie `survey_reader`.

The ticket holds no name and no code. The reader of the ticket still asks the store whether the person may sign in
(`people.still_valid`), so a revoked badge ends reading at once.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from campaigns import clock
from campaigns.keys import Key
from campaigns.people import User

COOKIE = "survey_reader"
READERS = ("lead", "supervisor", "organiser")
"""Roles that read progress."""

VALID = timedelta(hours=12)


def issue(server: Key, user: User, campaign_slug: str, at: datetime) -> str | None:
    """The ticket of `user`, good for 12 hours from `at`; None for a role that does not read progress."""
    if user.role not in READERS:
        return None
    return _serializer(server).dumps({"user": user.id, "epoch": user.epoch, "role": user.role, "campaign": campaign_slug,
                                      "until": int((at + VALID).timestamp())})


def check(server: Key, token: str | None, at: datetime | None = None) -> dict | None:
    """`{"user": id, "epoch": n, "role": ..., "campaign": slug, "until": seconds}` of a ticket, None when it is not good."""
    try:
        ticket = _serializer(server).loads(token or "")
    except BadData:
        return None
    return ticket if ticket["until"] > (at or clock.now()).timestamp() else None


def _serializer(server: Key) -> URLSafeSerializer:
    return URLSafeSerializer(server.derive("reader-ticket"), salt="reader-ticket")
