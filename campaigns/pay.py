"""Pay periods: the ledger cut into spans of days, each paid once by a sheet that never changes.

PAY-1 A period begins on the day after the one before (the first one: on the first day of the campaign or of its ledger) and ends
      on a day that is over. So none overlaps another, and none leaves a gap.
PAY-2 A period pays every row of the ledger up to its last day that no period paid before: each row in exactly one. What is
      reversed after its period was closed is a negative line of the next one.
PAY-3 The sheet has a line a person, all rows behind them, and the rules that held. Its sums are the ledger's.
PAY-4 A closed period stays closed: its rows and its sheet are append-only, the sheet is signed, sealed, and handed out byte for
      byte as it was made.
"""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, insert, literal, select

from campaigns import audit, clock, ledger, people, rates
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.figures.order import natural
from campaigns.keys import Key
from campaigns.ledger import Item
from campaigns.people import User
from campaigns.rates import EMPTY, InForce
from campaigns.store.fieldwork import pay_line, pay_period
from campaigns.store.schema import tally, user
from campaigns.tally import ONE, yuan
from campaigns.terms import CHANNEL_NAMES
from forms.language import Refusal, Text


class DayNotOver(Refusal):
    status = 422

    def __init__(self, last_day: str):
        super().__init__("{day} 还没有过完，这一天的计件还会变。最晚可以结到昨天。",
                         "{day} is not over, so its tallies can still change. Yesterday is the latest day that can be closed.",
                         day=last_day)


class PaidAlready(Refusal):
    status = 409

    def __init__(self, first_day: str):
        super().__init__("这一期从 {day} 开始，以前的日子已经结过账或还没有开工。请选这一天或以后的日期。",
                         "This period begins on {day}; what came before is closed, or nobody worked yet. Choose that day or a later one.",
                         day=first_day)


class NoDay(Refusal):
    status = 422

    def __init__(self, typed: str):
        super().__init__("日期“{typed}”看不懂，请写成 2026-03-10。", "Cannot read the day “{typed}”; write 2026-03-10.", typed=typed)


class NoSuchPeriod(Refusal):
    status = 404

    def __init__(self, number: int):
        super().__init__("没有第 {number} 期。", "There is no pay period {number}.", number=number)


class Moved(Refusal):
    """The ledger got another row while the sheet was made; whoever closes looks again."""

    status = 409

    def __init__(self):
        super().__init__("刚才又有新的计件进来，请再试一次。", "A new tally came in just now; please try again.")


@dataclass(frozen=True)
class Period:
    """A closed period. `entries` = entries less reversals; `by`: the work number of who closed it, empty at the command line."""

    number: int
    first_day: str
    last_day: str
    closed_at: datetime
    by: str
    entries: int
    fen: int
    digest: str
    signature: str


@dataclass
class Line:
    """What one person gets: entries and reversals as counts, the rest in fen; fen = entry_fen + bonus_fen + reversal_fen."""

    user: User
    name: str
    team: str
    entries: int = 0
    reversals: int = 0
    entry_fen: int = 0
    bonus_fen: int = 0
    reversal_fen: int = 0

    @property
    def fen(self) -> int:
        return self.entry_fen + self.bonus_fen + self.reversal_fen

    def add(self, row: Item) -> None:
        if row.kind == "entry":
            self.entries += 1
            self.entry_fen += row.fen
        elif row.kind == "bonus":
            self.bonus_fen += row.fen
        else:
            self.reversals += 1 if row.rule == "" else 0
            self.reversal_fen += row.fen


@dataclass(frozen=True)
class Draft:
    """A period as it would be closed now. `rules`: each set of rules that held at some time of it."""

    campaign: Campaign
    number: int
    first_day: str
    last_day: str
    lines: list[Line]
    rows: list[Item]
    rules: list[InForce] = field(default_factory=list)

    @property
    def entries(self) -> int:
        return sum(line.entries - line.reversals for line in self.lines)

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)


_PERIOD = [pay_period.c[name] for name in ("number", "first_day", "last_day", "closed_at")] + [
    func.coalesce(user.c.label, ""), *(pay_period.c[name] for name in ("entries", "fen", "digest", "signature"))]


def periods(connection: Connection, campaign_id: int) -> list[Period]:
    """The closed periods, oldest first."""
    return [Period(*row) for row in connection.execute(
        select(*_PERIOD).select_from(pay_period.outerjoin(user, user.c.id == pay_period.c.user_id))
        .where(pay_period.c.campaign_id == campaign_id).order_by(pay_period.c.number))]


def period(connection: Connection, campaign_id: int, number: int) -> Period:
    """The pay period of this number; raises NoSuchPeriod."""
    found = next((each for each in periods(connection, campaign_id) if each.number == number), None)
    if found is None:
        raise NoSuchPeriod(number)
    return found


def begins(connection: Connection, campaign: Campaign) -> str:
    """The first day of the next period (PAY-1)."""
    last = connection.execute(select(func.max(pay_period.c.last_day)).where(pay_period.c.campaign_id == campaign.id)).scalar()
    if last:
        return _next(last)
    first = connection.execute(select(func.min(tally.c.day)).where(tally.c.campaign_id == campaign.id)).scalar()
    return min(filter(None, (first, campaign.day(campaign.opens_at))))


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def yesterday(campaign: Campaign, at: datetime) -> str:
    """The latest day that can be closed."""
    return (clock.day(at, campaign.tz) - timedelta(days=1)).isoformat()


def _checked(connection: Connection, campaign: Campaign, last_day: str, at: datetime) -> str:
    """The first day of the period that would end on `last_day`; raises NoDay, DayNotOver, PaidAlready."""
    try:
        given = date.fromisoformat(last_day.strip()).isoformat()
    except ValueError:
        given = ""
    if not given or given != last_day.strip():
        raise NoDay(last_day.strip()[:20])
    first = begins(connection, campaign)
    if given < first:
        raise PaidAlready(first)
    if given > yesterday(campaign, at):
        raise DayNotOver(given)
    return first


def draft(connection: Connection, campaign: Campaign, key: Key, last_day: str, at: datetime) -> Draft:
    """The period that would be closed with `last_day`, names included. Raises NoDay, DayNotOver, PaidAlready."""
    first = _checked(connection, campaign, last_day, at)
    last_day = last_day.strip()
    number = 1 + connection.execute(select(func.coalesce(func.max(pay_period.c.number), 0)).where(
        pay_period.c.campaign_id == campaign.id)).scalar_one()
    rows = list(ledger.rows(connection, ledger.unpaid(campaign.id, last_day)))
    return Draft(campaign, number, first, last_day, _lines(connection, campaign, key, rows), rows,
                 in_force(connection, campaign, first, last_day))


def _lines(connection: Connection, campaign: Campaign, key: Key, rows: list[Item]) -> list[Line]:
    """A line for each person who has a row, by team and work number."""
    teams = people.teams(connection, campaign.id)
    by_label: dict[str, list[Item]] = defaultdict(list)
    for row in rows:
        by_label[row.label].append(row)
    lines = []
    for each in people.every(connection, campaign.id):
        if each.label in by_label:
            line = Line(each, people.name_of(connection, key, each), teams.get(each.team_id, ""))
            for row in by_label[each.label]:
                line.add(row)
            lines.append(line)
    return sorted(lines, key=lambda line: (natural(line.team), natural(line.user.label)))


def in_force(connection: Connection, campaign: Campaign, first_day: str, last_day: str) -> list[InForce]:
    """The rules of pay that held on some of these days. A campaign made before rules were kept has its terms of today."""
    ends = clock.parse_local(f"{_next(last_day)}T00:00", campaign.tz)
    starts = clock.parse_local(f"{first_day}T00:00", campaign.tz)
    known = [each for each in rates.history(connection, campaign.id) if each.since < ends]
    before = [each for each in known if each.since <= starts][-1:]
    return [*before, *(each for each in known if each.since > starts)] or [InForce(campaign.opens_at, rates.of(campaign.terms))]


def close(connection: Connection, drawn: Draft, *, sheet: bytes, digest: str, signature: str, at: datetime, actor: Actor) -> None:
    """Keep the period `drawn` with its sealed `sheet`. Raises Moved when the ledger no longer is what was drawn, and as `draft`."""
    campaign = drawn.campaign
    first = _checked(connection, campaign, drawn.last_day, at)
    mine = ledger.unpaid(campaign.id, drawn.last_day)
    count, newest = connection.execute(select(func.count(), func.coalesce(func.max(tally.c.id), 0)).where(mine)).one()
    if first != drawn.first_day or (count, newest) != (len(drawn.rows), drawn.rows[-1].id if drawn.rows else 0):
        raise Moved
    period_id = connection.execute(pay_period.insert().values(
        campaign_id=campaign.id, number=drawn.number, first_day=first, last_day=drawn.last_day, closed_at=at,
        user_id=actor.user_id, entries=drawn.entries, fen=drawn.fen, sheet=sheet, digest=digest,
        signature=signature)).inserted_primary_key.id
    connection.execute(insert(pay_line).from_select(
        ["pay_period_id", "tally_id"], select(literal(period_id), tally.c.id).where(mine).order_by(tally.c.id)))
    audit.write(connection, campaign.id, at, actor, "pay.closed", f"pay-period:{drawn.number}", first_day=first,
                last_day=drawn.last_day, rows=count, entries=drawn.entries, fen=drawn.fen, digest=digest)


def sealed_sheet(connection: Connection, campaign_id: int, number: int) -> bytes:
    """The sheet as it is kept."""
    found = connection.execute(select(pay_period.c.sheet).where(
        pay_period.c.campaign_id == campaign_id, pay_period.c.number == number)).scalar()
    if found is None:
        raise NoSuchPeriod(number)
    return found


def about(campaign: Campaign, number: int) -> str:
    """What a sheet is sealed for."""
    return f"pay-sheet:{campaign.slug}:{number}"


def unbalanced(connection: Connection, campaign: Campaign) -> list[str]:
    """What contradicts PAY-1 to PAY-3 in the store; an empty list when the periods agree with the ledger."""
    wrong, expected = [], None
    for each in periods(connection, campaign.id):
        if expected and each.first_day != expected:
            wrong.append(f"period {each.number} does not begin on {expected}")
        expected = _next(each.last_day)
        entries, fen, latest, newest = connection.execute(
            select(func.coalesce(func.sum(ONE), 0), func.coalesce(func.sum(tally.c.fen), 0), func.max(tally.c.day),
                   func.coalesce(func.max(tally.c.id), 0))
            .select_from(pay_line.join(tally, tally.c.id == pay_line.c.tally_id)
                         .join(pay_period, pay_period.c.id == pay_line.c.pay_period_id))
            .where(pay_period.c.campaign_id == campaign.id, pay_period.c.number == each.number)).one()
        if (int(entries), int(fen)) != (each.entries, each.fen) or (latest or "") > each.last_day:
            wrong.append(f"period {each.number} does not agree with the ledger")
        missed = connection.execute(select(func.count()).where(
            ledger.unpaid(campaign.id, each.last_day), tally.c.id < newest)).scalar_one()
        if missed:
            wrong.append(f"period {each.number} left {missed} rows unpaid")
    return wrong


def said(rules: dict) -> list[Text]:
    """The rules of pay in words, a sentence a rule."""
    found = [Text(f"每登记一户 {yuan(rules['rate_fen'])} 元。", f"{yuan(rules['rate_fen'])} yuan for each household.")]
    for name, fen in rates.table(rules["rates"]).items():
        channel = CHANNEL_NAMES[name.removesuffix(EMPTY)]
        empty = Text("，没人住的房屋", ", dwellings where nobody lives") if name.endswith(EMPTY) else Text("", "")
        found.append(Text(f"{channel.zh}{empty.zh}：每份 {yuan(fen)} 元。", f"{channel.en.capitalize()}{empty.en}: {yuan(fen)} yuan each."))
    if rules["bonus_from"]:
        found.append(Text(f"当天从第 {rules['bonus_from']} 户起，每户另奖 {yuan(rules['bonus_fen'])} 元。",
                          f"From household {rules['bonus_from']} of a day on, {yuan(rules['bonus_fen'])} yuan more for each."))
    if rules["building_bonus_fen"]:
        found.append(Text(f"登记完一栋楼最后一户的人，另奖 {yuan(rules['building_bonus_fen'])} 元。",
                          f"{yuan(rules['building_bonus_fen'])} yuan more for the entry that completes a building."))
    if rules["day_cap_fen"]:
        found.append(Text(f"每人每天最多 {yuan(rules['day_cap_fen'])} 元，超出的计数不计酬。",
                          f"At most {yuan(rules['day_cap_fen'])} yuan a person and day; what goes beyond is counted, not paid."))
    found.append(Text("一户只付一次。登记被驳回的，用冲销行扣回。",
                      "A household is paid for once. What is rejected is taken back by a reversal."))
    return found
