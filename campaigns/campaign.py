"""A campaign: what it asks, of whom, from when until when, and on what terms.

It opens and closes by its own clock (INV-8): `open` and `close` only move the instants.
"""
from __future__ import annotations

import dataclasses
import re
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

import forms.form
import forms.media
from campaigns import audit, clock, form_versions, rates
from campaigns.audit import Actor
from campaigns.keys import Keyring
from campaigns.store.schema import campaign as table
from campaigns.terms import DEFAULTS, Terms, refuse_bad
from forms.language import Refusal, Text

PRESETS = {
    "housing-census": Text("住房与人口登记", "Housing and population census"),
    "spring-check": Text("春季人口核查", "Spring check"),
}


class NoSuchCampaign(Refusal):
    status = 404


@dataclass(frozen=True)
class Campaign:
    """One campaign as stored. `title`, `office`, `purpose` and `ground` are Texts in both languages."""

    id: int
    slug: str
    title: Text
    preset: str
    tz: str
    opens_at: datetime
    closes_at: datetime
    terms: Terms

    @property
    def office(self) -> Text:
        return Text(self.terms.office_zh, self.terms.office_en)

    @property
    def purpose(self) -> Text:
        return Text(self.terms.purpose_zh, self.terms.purpose_en)

    @property
    def ground(self) -> Text:
        return Text(self.terms.ground_zh, self.terms.ground_en)

    @property
    def accepts_until(self) -> datetime:
        """End of the grace period for forms begun before closing."""
        return self.closes_at + timedelta(hours=self.terms.grace_hours)

    @property
    def deletes_on(self) -> datetime:
        return self.closes_at + timedelta(days=self.terms.keep_days)

    def phase(self, at: datetime) -> str:
        """`before`, `open` or `closed` at that instant."""
        if at < self.opens_at:
            return "before"
        return "open" if at < self.closes_at else "closed"

    def day(self, at: datetime) -> str:
        """The campaign's day of that instant, as an ISO date."""
        return clock.day(at, self.tz).isoformat()


_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


def new(connection: Connection, keyring: Keyring, *, slug: str, title: Text, preset: str, opens_at: datetime,
        closes_at: datetime, tz: str, terms: Terms = DEFAULTS, at: datetime, actor: Actor) -> Campaign:
    """Make a campaign with the preset's form and a key of its own. Raises Refusal for what cannot be."""
    _refuse_bad(slug, preset, opens_at, closes_at)
    refuse_bad(title, terms)
    clock.zone(tz)
    if connection.execute(select(table.c.id).where(table.c.slug == slug)).first():
        raise Refusal("已有名为 {slug} 的任务，请换一个。", "There is a campaign called {slug} already; choose another name.", slug=slug)
    workbook, form = forms.form.library(preset)
    keyring.create_campaign(slug)
    campaign_id = connection.execute(table.insert().values(
        slug=slug, title_zh=title.zh, title_en=title.en, preset=preset, tz=tz, opens_at=opens_at, closes_at=closes_at,
        terms=dataclasses.asdict(terms), added_at=at)).inserted_primary_key.id
    audit.write(connection, campaign_id, at, actor, "campaign.made", f"campaign:{slug}", preset=preset)
    rates.note(connection, campaign_id, terms, at)
    form_versions.set_form(connection, campaign_id, workbook, form, at, actor)
    return by_slug(connection, slug)


def _refuse_bad(slug: str, preset: str, opens_at: datetime, closes_at: datetime) -> None:
    if not _SLUG.fullmatch(slug):
        raise Refusal("任务代号“{slug}”只能用小写字母、数字和短横线，以字母开头，例如 census-2026。",
                      "The slug “{slug}” may hold lower-case letters, digits and dashes and begins with a letter, "
                      "such as census-2026.", slug=slug)
    if slug.endswith("-public"):
        raise Refusal("任务代号不能以 -public 结尾，它留给公开页的文件名。",
                      "A slug may not end in -public; that ending is kept for the file of the public page.")
    if preset not in PRESETS:
        raise Refusal("没有预设“{preset}”，可用：{known}。", "There is no preset “{preset}”; there are: {known}.",
                      preset=preset, known=", ".join(PRESETS))
    if closes_at <= opens_at:
        raise Refusal("结束时间须晚于开始时间。", "The campaign must close after it opens.")


def of_columns(row: Sequence) -> Campaign:
    """The campaign whose columns, in the table's order, are `row`."""
    return _campaign(_Columns(*row))


_Columns = namedtuple("_Columns", table.c.keys())


def _campaign(row: object) -> Campaign:
    return Campaign(row.id, row.slug, Text(row.title_zh, row.title_en), row.preset, row.tz, row.opens_at, row.closes_at,
                    Terms.of(row.terms))


_by_slug = select(table).where(table.c.slug == bindparam("slug"))
_by_id = select(table).where(table.c.id == bindparam("id"))


def by_slug(connection: Connection, slug: str) -> Campaign:
    """The campaign of this slug; raises NoSuchCampaign with the slugs that there are."""
    row = connection.execute(_by_slug, {"slug": slug}).first()
    if row is None:
        known = ", ".join(connection.execute(select(table.c.slug).order_by(table.c.id)).scalars()) or "-"
        raise NoSuchCampaign("没有任务“{slug}”，现有：{known}。", "There is no campaign “{slug}”; there are: {known}.",
                             slug=slug, known=known)
    return _campaign(row)


def by_id(connection: Connection, campaign_id: int) -> Campaign:
    """The campaign of this id, which must be there."""
    return _campaign(connection.execute(_by_id, {"id": campaign_id}).one())


def every(connection: Connection) -> list[Campaign]:
    """All campaigns, oldest first."""
    return [_campaign(row) for row in connection.execute(select(table).order_by(table.c.id))]


def open_now(connection: Connection, found: Campaign, at: datetime, actor: Actor) -> Campaign:
    """Open at `at` if it is not open yet. A campaign that has closed needs a later end: see `set_times`."""
    if found.phase(at) == "closed":
        raise Refusal("“{title}”已在 {when} 结束。要继续，请给出新的结束时间（--closes）。",
                      "“{title}” closed {when}. To go on, give a new closing time (--closes).",
                      title=found.title, when=clock.as_said(found.closes_at, found.tz, at))
    return set_times(connection, found, min(found.opens_at, at), found.closes_at, at, actor)


def close_now(connection: Connection, found: Campaign, at: datetime, actor: Actor) -> Campaign:
    """Close at `at`; one that has closed already keeps its time."""
    if found.phase(at) == "before":
        raise Refusal("“{title}”还没有开始，不能结束。", "“{title}” has not opened yet, so it cannot close.", title=found.title)
    return set_times(connection, found, found.opens_at, min(found.closes_at, at), at, actor)


def set_times(connection: Connection, found: Campaign, opens_at: datetime, closes_at: datetime, at: datetime,
              actor: Actor) -> Campaign:
    """Move the opening and closing instants."""
    if closes_at <= opens_at:
        raise Refusal("结束时间须晚于开始时间。", "The campaign must close after it opens.")
    if (opens_at, closes_at) == (found.opens_at, found.closes_at):
        return found
    connection.execute(update(table).where(table.c.id == found.id).values(opens_at=opens_at, closes_at=closes_at))
    audit.write(connection, found.id, at, actor, "campaign.times", f"campaign:{found.slug}",
                opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
    return by_id(connection, found.id)


def set_terms(connection: Connection, found: Campaign, terms: Terms, at: datetime, actor: Actor,
              title: Text | None = None) -> Campaign:
    """Change the terms, and the title where one is given; what was accepted under the old ones stays as it was."""
    title = title or found.title
    refuse_bad(title, terms)
    connection.execute(update(table).where(table.c.id == found.id).values(
        terms=dataclasses.asdict(terms), title_zh=title.zh, title_en=title.en))
    changed = [name for name in dataclasses.asdict(terms) if getattr(terms, name) != getattr(found.terms, name)]
    if title != found.title:
        changed.append("title")
    rates.note(connection, found.id, terms, at)
    audit.write(connection, found.id, at, actor, "campaign.terms", f"campaign:{found.slug}", changed=changed)
    return by_id(connection, found.id)
