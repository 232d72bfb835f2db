"""What is paid for which work, as the organiser sets it.

RAT-1 A household that was collected earns `rate_fen`. `rates` may name another sum for a channel, and for dwellings that the
      form finds empty: `visit=60,paper=20,visit.empty=30`, each in fen. What a resident sends alone earns nobody anything.
RAT-2 Bonuses: from the `bonus_from`-th paid household of a day of work on, `bonus_fen` more for each; and `building_bonus_fen`
      for the entry that completes a building.
RAT-3 `day_cap_fen`: what a person can earn for one day of work. An entry or bonus beyond it counts, at 0 fen.
RAT-4 A change counts from the moment it is made, never backwards; every set of rules is kept with the instant it began.

Visits without a form and hangers are not paid: every row of the ledger points to one submission (INV-7), and pay for attempts
would buy attempts.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from campaigns.store.fieldwork import pay_rule
from forms.language import Refusal

TERMS = ("rate_fen", "rates", "bonus_from", "bonus_fen", "building_bonus_fen", "day_cap_fen")
"""The terms of a campaign that say what is paid."""

EMPTY = ".empty"
MOST_FEN = 100_000


class BadRates(Refusal):
    """`--rates` that cannot be read."""

    def __init__(self, part: str, channels: Sequence[str]):
        super().__init__("--rates 里的“{part}”看不懂。请写成 渠道=分，用逗号隔开，例如 visit=60,paper=20,visit.empty=30；"
                         "渠道有：{known}；金额 0 到 {most} 分，每个渠道只写一次。",
                         "Cannot read “{part}” in --rates. Write channel=fen, separated by commas, such as "
                         "visit=60,paper=20,visit.empty=30; the channels are {known}; from 0 to {most} fen, each channel once.",
                         part=part, known=", ".join(channels), most=MOST_FEN)


def check(text: str, channels: Sequence[str]) -> None:
    """Raises BadRates."""
    known = {*channels, *(channel + EMPTY for channel in channels)}
    seen = set()
    for part in filter(None, text.split(",")):
        name, _, fen = part.strip().partition("=")
        if name not in known or name in seen or not (fen.isascii() and fen.isdigit() and int(fen) <= MOST_FEN):
            raise BadRates(part, channels)
        seen.add(name)


@lru_cache(maxsize=64)
def table(text: str) -> dict[str, int]:
    """Fen by channel, from `rates` as checked."""
    pairs = (part.strip().partition("=") for part in filter(None, text.split(",")))
    return {name: int(fen) for name, _, fen in pairs}


def rate(terms: object, channel: str, empty: bool) -> int:
    """What an entry of `channel` earns in fen (RAT-1); `empty`: the form found nobody living there."""
    named = table(terms.rates)
    if empty and channel + EMPTY in named:
        return named[channel + EMPTY]
    return named.get(channel, terms.rate_fen)


def of(terms: object) -> dict:
    """The terms of pay alone."""
    return {name: getattr(terms, name) for name in TERMS}


def note(connection: Connection, campaign_id: int, terms: object, at: datetime) -> None:
    """Keep the rules of pay that hold from `at` on, when they differ from those that held before (RAT-4)."""
    before = connection.execute(select(pay_rule.c.rules).where(pay_rule.c.campaign_id == campaign_id).order_by(
        pay_rule.c.id.desc()).limit(1)).scalar()
    if before != of(terms):
        connection.execute(pay_rule.insert().values(campaign_id=campaign_id, since=at, rules=of(terms)))


@dataclass(frozen=True)
class InForce:
    """Rules of pay and the instant from which they held."""

    since: datetime
    rules: dict


def history(connection: Connection, campaign_id: int) -> list[InForce]:
    """Every set of rules that the campaign had, oldest first."""
    return [InForce(*row) for row in connection.execute(select(pay_rule.c.since, pay_rule.c.rules).where(
        pay_rule.c.campaign_id == campaign_id).order_by(pay_rule.c.id))]
