"""Badge cards for the people who work in a campaign. The name is unsealed to print it, and nothing else keeps it."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from campaigns import clock, people
from campaigns.audit import COMMAND_LINE, Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.installation import Installation
from campaigns.store.schema import code, user
from exports.sheets import words
from exports.sheets.fonts import CharactersMissing, Fonts
from exports.sheets.layouts.badge import LAYOUT
from exports.sheets.layouts.grid import Notice, Printed
from exports.sheets.paper import Paper
from exports.sheets.printing import NoAddress, require_characters, typed_address, whole_file
from exports.sheets.qr import QrMaker, address_in_code
from forms.language import Refusal


class NoBadges(Refusal):
    def __init__(self):
        super().__init__("没有可打印的工牌。请先增加人员：survey user add",
                         "There are no badges to print. Add people first: survey user add")


@dataclass(frozen=True)
class Badges:
    """The file of badge cards as printed."""

    file: Path
    badges: int
    pages: int
    printed_before: int


class _Badge(NamedTuple):
    code_id: int
    seed: bytes
    printed_at: datetime | None
    user: people.User


def print_badges(here: Installation, campaign: Campaign, *, out: Path, labels: Sequence[str] = (), public_url: str | None = None,
                 at: datetime | None = None, actor: Actor = COMMAND_LINE) -> Badges:
    """One PDF with a card for each active person with a valid badge, by team; `labels` limits to these work numbers.

    Raises NoAddress, NoBadges, CharactersMissing, and Refusal for an unknown work number.
    """
    address = public_url or here.settings.public_url
    if not address:
        raise NoAddress
    fonts = Fonts(here.settings.fonts)
    with here.store.read() as connection:
        found = _to_print(connection, campaign, labels)
        persons = _persons(connection, here, campaign, found)
    _require_names(fonts, found, persons)
    require_characters(fonts, [*words.of_campaign(campaign), *(person.split("\n")[2] for person in persons)])
    qr = QrMaker(address_in_code(address, "B"), LAYOUT.level)
    file = Path(out) / ("badges.pdf" if not labels else f"badges-{'-'.join(each.user.label for each in found)[:100]}.pdf")

    def items() -> Iterator[Printed]:
        for badge, person in zip(found, persons):
            written = codes.written(here.server, badge.seed)
            yield Printed(person, written, qr.of(written))

    with whole_file(file) as unfinished:
        paper = Paper(unfinished, fonts, f"{campaign.title.zh} {words.BADGE.zh}", campaign.office.zh)
        pages = LAYOUT.draw(paper, Notice(campaign, typed_address(address)), items())
        paper.save()
    positions = [(each.code_id, count // LAYOUT.cells + 1, count % LAYOUT.cells + 1) for count, each in enumerate(found)]
    with here.store.write() as connection:
        codes.printed(connection, campaign.id, file.name, positions, at or clock.now(), actor, layout="badge")
    return Badges(file, len(found), pages, sum(each.printed_at is not None for each in found))


def _to_print(connection: Connection, campaign: Campaign, labels: Sequence[str]) -> list[_Badge]:
    chosen = {people.by_label(connection, campaign.id, label).id for label in labels}
    users = {each.id: each for each in people.every(connection, campaign.id)
             if each.active and (not labels or each.id in chosen)}
    rows = connection.execute(
        select(code.c.id, code.c.seed, code.c.printed_at, code.c.user_id).join(user, user.c.id == code.c.user_id)
        .where(code.c.campaign_id == campaign.id, code.c.kind == "badge", code.c.revoked_at.is_(None))
        .order_by(user.c.team_id, user.c.label))
    found = [_Badge(row.id, row.seed, row.printed_at, users[row.user_id]) for row in rows if row.user_id in users]
    if not found:
        raise NoBadges
    return found


def _persons(connection: Connection, here: Installation, campaign: Campaign, found: list[_Badge]) -> list[str]:
    """Each person's three lines on the card: name; work number and role; team."""
    key, teams = here.keyring.campaign(campaign.slug), people.teams(connection, campaign.id)
    return ["\n".join((people.name_of(connection, key, each.user).replace("\n", " "),
                       f"{each.user.label} {people.ROLES[each.user.role].zh} {people.ROLES[each.user.role].en}",
                       teams.get(each.user.team_id, ""))) for each in found]


def _require_names(fonts: Fonts, found: list[_Badge], persons: list[str]) -> None:
    """Like `require_characters`, but says the work number: a name is not for the terminal."""
    missing = {each.user.label: lacks for each, person in zip(found, persons)
               if (lacks := fonts.missing(person.partition("\n")[0]))}
    if missing:
        raise CharactersMissing(set().union(*missing.values()), missing)
