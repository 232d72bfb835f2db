"""Whose phone it is; and what a phone may still do whose session is over.

PHN-1 A phone whose badge was revoked, or replaced, reads nothing any more. What it has not sent yet is taken from it all the same,
      for 14 days from its sign-in, and held for a lead: the signature of its cookie says whose it is.
PHN-2 A session that only ran out of time is answered `expired`: the person signs in again and nothing is held.
"""
from __future__ import annotations

import json

from flask import current_app, g, request, session
from werkzeug.wrappers import Response

from campaigns import clock, people
from campaigns.people import User
from forms.language import Text
from survey.access import SESSION_SECONDS

HELD_SECONDS = 14 * 24 * 3600
HOLDING = ("phones.sync", "phones.put_file", "phones.file_progress")
"""Endpoints that a phone with a revoked badge may still call."""

REVOKED = Text("工牌已停用，手机上的名单不能再看。没发出的内容会封存，请找组长。",
               "Your badge was revoked, so the list on this phone is closed. What is unsent is kept sealed: see your team lead.")
EXPIRED = Text("登录已过期，请再输入一次 PIN。没发出的内容还在手机里。",
               "You were signed out. Enter your PIN again; what is unsent is still on the phone.")


def answer(body: dict, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), status, content_type="application/json; charset=utf-8")


def both(text: Text) -> dict:
    return {"zh": text.zh, "en": text.en}


def nobody() -> Response | None:
    """Nobody is signed in: what the phone is told; None lets it go on, for what is to be held (`g.held`)."""
    former = _former()
    if former is None:
        return answer({"status": "expired", "text": both(EXPIRED)}, 401)
    if request.endpoint not in HOLDING:
        return answer({"status": "revoked", "text": both(REVOKED)}, 401)
    g.user, g.held = former, True
    return None


def _former() -> User | None:
    """Whose session this was, when it ended because the badge was revoked or replaced; None for any other reason."""
    signed = session.get("user")
    if not signed:
        return None
    user_id, epoch, since = signed
    with current_app.installation.store.read() as connection:
        found = people.by_id(connection, user_id)
    if found is None or (found.active and found.epoch == epoch):
        return None
    limit = HELD_SECONDS if request.endpoint in HOLDING else HELD_SECONDS + SESSION_SECONDS
    return found if clock.now().timestamp() <= since + limit else None
