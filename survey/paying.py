"""Closing a pay period and handing out its sheet: the domain draws it up, `exports` builds the workbook, here it is signed,
sealed and kept. The desk and the command line both come here."""
from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection

from campaigns import audit, pay
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.keys import fingerprint
from campaigns.pay import Period
from exports import paysheet
from exports.archive import minisign
from exports.archive.archive_keys import own_public_key, signing_key
from forms.language import Refusal


def close(here: Installation, campaign: Campaign, last_day: str, at: datetime, actor: Actor) -> Period:
    """Close the period that ends on `last_day`. The workbook is built on a snapshot, so that the intake never waits for it.

    Raises the refusals of `pay.draft`, and Moved when the ledger changed meanwhile."""
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        drawn = pay.draft(connection, campaign, key, last_day, at)
    sheet = paysheet.build(drawn, at)
    digest = fingerprint(sheet)
    signature = signing_key(here.keyring).sign(_hash(sheet), _comment(campaign, drawn, digest))
    sealed = key.seal(sheet, pay.about(campaign, drawn.number))
    with here.store.write() as connection:
        pay.close(connection, drawn, sheet=sealed, digest=digest, signature=signature, at=at, actor=actor)
        return pay.period(connection, campaign.id, drawn.number)


def _hash(data: bytes) -> bytes:
    return hashlib.blake2b(data).digest()


def _comment(campaign: Campaign, drawn: pay.Draft, digest: str) -> str:
    return f"pay sheet {campaign.slug} {drawn.number} {drawn.first_day}..{drawn.last_day} {drawn.fen} fen sha256:{digest}"


def sheet(here: Installation, connection: Connection, campaign: Campaign, number: int) -> bytes:
    """The workbook of a closed period, byte for byte as it was made. Raises NoSuchPeriod."""
    sealed = pay.sealed_sheet(connection, campaign.id, number)
    return here.keyring.campaign(campaign.slug).open(sealed, pay.about(campaign, number))


def hand_out(here: Installation, campaign: Campaign, number: int, at: datetime, actor: Actor) -> tuple[bytes, Period]:
    """`sheet` and its period, with a note of who took it: it holds names."""
    with here.store.read() as connection:
        data, found = sheet(here, connection, campaign, number), pay.period(connection, campaign.id, number)
    here.store.submit(lambda connection: audit.write(connection, campaign.id, at, actor, "pay.sheet-taken", f"pay-period:{number}"))
    return data, found


def file_name(campaign: Campaign, number: int) -> str:
    return f"pay-{campaign.slug}-{number}.xlsx"


def problems(here: Installation, connection: Connection, campaign: Campaign) -> list[str]:
    """What is wrong with the closed periods: against the ledger, in the sheets' own sums, in seals and signatures."""
    return pay.unbalanced(connection, campaign) + [
        f"period {each.number}: {what}" for each in pay.periods(connection, campaign.id)
        for what in _wrong_sheet(here, connection, campaign, each)]


def _wrong_sheet(here: Installation, connection: Connection, campaign: Campaign, period: Period) -> list[str]:
    public = own_public_key(here.keyring)
    try:
        data = sheet(here, connection, campaign, period.number)
        if public is None:
            return ["the signing key is missing"]
        minisign.parse(period.signature.encode()).check(public, _hash(data))
    except Refusal as refusal:
        return [refusal.text.en]
    wrong = [] if fingerprint(data) == period.digest else ["the sheet is not the one that was closed"]
    sums = set(paysheet.totals(data).values())
    return wrong if sums == {period.fen} else [*wrong, "the sheet's sums differ from the ledger"]
