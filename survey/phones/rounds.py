"""A person's round in JSON: campaign, forms, doors, hangers, drafts, tally."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime

from flask import current_app
from sqlalchemy import Connection

from campaigns import campaign as campaigns
from campaigns import drafts, hangers, ledger, moves, people, rounds, tally
from campaigns.campaign import Campaign
from campaigns.deliveries.items import instant_of, scan_salt
from campaigns.keys import Key
from campaigns.moves import Move
from campaigns.outcomes import EVIDENCE, HINTS, OUTCOMES
from campaigns.people import User
from campaigns.rounds import Changes, Stop
from campaigns.status import MOST_ATTEMPTS, STATUSES
from campaigns.visits import MOST_HOUSEHOLDS, PROXY_AFTER
from forms.language import Text
from survey.phones import forms


def instant(at: datetime) -> str:
    """UTC to the millisecond."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _both(text: Text) -> dict:
    return {"zh": text.zh, "en": text.en}


def of(connection: Connection, user: User, at: datetime, since: str) -> dict:
    """The round of `user`; `since`: the stamp of an earlier one, for what changed (doors; everything else is always whole)."""
    here = current_app.installation
    campaign = campaigns.by_id(connection, user.campaign_id)
    key, salt = here.keyring.campaign(campaign.slug), scan_salt(here.server, user)
    changes = _changes(connection, here.server, campaign, user, at, since, salt)
    begun = _drafts(connection, key, user)
    lacking = set(begun) - {stop.id for stop in changes.doors}  # a door with a draft is always there, whoever has it by now
    stops = [*changes.doors, *filter(None, (rounds.stop(connection, here.server, campaign, each, at, salt) for each in lacking))]
    blind = user.role == "building_head"
    moved = {} if blind else moves.at_doors(connection, campaign, key, {stop.id for stop in stops}, at)
    return {
        "now": instant(at), "user": _user(connection, key, user), "campaign": _campaign(campaign, at), "terms": _terms(campaign),
        "salt": salt, "codes": _codes(), "forms": forms.listed(connection, user),
        "doors": _doors(stops, begun, moved, blind=blind), "gone": changes.gone, "whole": changes.whole,
        "hangers": _hangers(connection, here.server, campaign, user, salt), "due": _due(connection, campaign, user, at),
        "tally": _tally(connection, campaign, user, at), "stamp": instant(at)}


def _changes(connection: Connection, server: Key, campaign: Campaign, user: User, at: datetime, since: str, salt: str) -> Changes:
    try:
        before = instant_of(since)
    except (TypeError, ValueError, OverflowError):
        return Changes(rounds.round_of(connection, server, campaign, user, at, salt), [], True)
    return rounds.changes_since(connection, server, campaign, user, before, at, salt)


def _user(connection: Connection, key: Key, user: User) -> dict:
    return {"id": user.id, "label": user.label, "role": user.role, "name": people.name_of(connection, key, user)}


def _campaign(campaign: Campaign, at: datetime) -> dict:
    return {"slug": campaign.slug, "title": _both(campaign.title), "office": _both(campaign.office), "phone": campaign.terms.phone,
            "opens": instant(campaign.opens_at), "closes": instant(campaign.closes_at),
            "accepts_until": instant(campaign.accepts_until), "tz": campaign.tz, "phase": campaign.phase(at)}


def _terms(campaign: Campaign) -> dict:
    return {"rate_fen": campaign.terms.rate_fen, "grace_hours": campaign.terms.grace_hours, "max_persons": campaign.terms.max_persons,
            "most_attempts": MOST_ATTEMPTS, "proxy_after": PROXY_AFTER, "most_households": MOST_HOUSEHOLDS}


def _codes() -> dict:
    """The words of every code that a phone shows or sends."""
    return {
        "outcomes": [{"code": code, **_words(each)} for code, each in OUTCOMES.items()],
        "hints": [{"code": code, "name": _both(_name(each))} for code, each in HINTS.items()],
        "evidence": [{"code": code, "name": _both(_name(each))} for code, each in EVIDENCE.items()],
        "statuses": [{"code": code, **_words(each)} for code, each in STATUSES.items()],
        "hanger_states": [{"code": code, "name": _both(words)} for code, words in hangers.STATES.items()],
        "hanger_reasons": [{"code": code, "name": _both(words)} for code, words in hangers.REASONS.items()]}


def _name(each: object) -> Text:
    return each if isinstance(each, Text) else each.name


def _words(each: object) -> dict:
    """What an outcome or a status says of itself: its name, and whatever else is a plain fact."""
    facts = {name: getattr(each, name) for name in getattr(each, "__dataclass_fields__", None) or each._fields}
    return {name: _both(value) if isinstance(value, Text) else value for name, value in facts.items()
            if isinstance(value, (Text, str, bool, int))}


def _drafts(connection: Connection, key: Key, user: User) -> dict[int, list[dict]]:
    """What the person has begun, by door."""
    begun = defaultdict(list)
    for each in drafts.load(connection, key, user):
        begun[each.dwelling_id].append({
            "form": each.key, "version": each.version, "household": each.household, "instance": each.instance,
            "at": instant(each.saved_at), "xml": each.xml.decode()})
    return begun


def _doors(stops: list[Stop], begun: dict[int, list[dict]], moved: dict[int, list[Move]], *, blind: bool) -> list[dict]:
    return [_door(stop, begun.get(stop.id, []), moved.get(stop.id, []), blind) for stop in stops]


def _door(stop: Stop, begun: list[dict], moved: list[Move], blind: bool) -> dict:
    """One door. A building head learns nothing of its household (`blind`)."""
    where = {"id": stop.id, "place": stop.place, "compound": stop.compound, "building": stop.building, "unit": stop.unit,
             "floor": stop.floor, "room": stop.room, "walk": stop.walk, "lon": stop.lon, "lat": stop.lat, "scan": stop.scan}
    if blind:
        return where
    return {**where, "community": stop.community, "status": stop.status, "by": stop.by, "visits": stop.visits, "days": stop.days,
            "households": [{"number": each.number, "status": each.status, "by": each.by} for each in stop.households],
            "call_back": stop.call_back and instant(stop.call_back), "hints": list(stop.hints), "left": stop.left,
            "self_answered": stop.self_answered, "origin": stop.origin, **({"drafts": begun} if begun else {}),
            **({"moves": [asdict(each) for each in moved]} if moved else {})}


def _hangers(connection: Connection, server: Key, campaign: Campaign, user: User, salt: str) -> list[dict]:
    return [{"id": each.hanger.id, "serial": each.hanger.serial, "number": each.hanger.number, "state": each.hanger.state,
             "scan": rounds.scan_of(salt, each.code), "door": each.hanger.dwelling_id}
            for each in hangers.of_user(connection, server, campaign, user)]


def _due(connection: Connection, campaign: Campaign, user: User, at: datetime) -> list[dict]:
    """The collect round: hangers that this person hung before today and nobody answered."""
    return [{"id": each.hanger.id, "serial": each.hanger.serial, "number": each.hanger.number, "door": each.door.id,
             "place": each.door.place, "hung": instant(each.hung_at)} for each in hangers.due(connection, campaign, user, at)]


def _tally(connection: Connection, campaign: Campaign, user: User, at: datetime) -> dict:
    standing = tally.of_user(connection, campaign, user, at)
    return {"today": standing.today, "total": standing.total, "fen_today": standing.fen_today, "fen": standing.fen,
            "entries": ledger.of_user_entries(connection, user)}
