"""What stands behind a household's code, found with one query: intake asks this at every scan and every submission."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, func, or_, select

import forms.form
from campaigns import campaign as campaigns
from campaigns import form_versions, verdicts
from campaigns.campaign import Campaign
from campaigns.codes.codes import Code, CodeUnknown, hashed
from campaigns.form_versions import HOUSEHOLD
from campaigns.frame.doors import Door
from campaigns.keys import Key
from campaigns.store.prepared import Prepared, Whole
from campaigns.store.schema import campaign as campaign_table
from campaigns.store.schema import code, dwelling, form_version, submission
from campaigns.terms import RECORDING


@dataclass(frozen=True, slots=True)
class Doorway:
    """`door` is None for a code that opens no dwelling (a badge, a hanger that hangs nowhere). `form` is the newest."""

    code: Code
    campaign: Campaign
    door: Door | None
    form_id: int
    form: forms.form.Form
    recorded: bool


_CODE = [code.c[name] for name in Code.__dataclass_fields__]
_CAMPAIGN = list(campaign_table.c)
_DOOR = [dwelling.c[name] for name in Door.__dataclass_fields__]
_newest_form = select(func.max(form_version.c.id)).where(
    form_version.c.campaign_id == code.c.campaign_id, form_version.c.purpose == HOUSEHOLD).scalar_subquery()
_recorded = exists().where(submission.c.dwelling_id == code.c.dwelling_id, submission.c.household == 1,
                           or_(*(submission.c.channel == each for each in RECORDING)),
                           ~verdicts.is_rejected(submission.c.id))
_TO_CAMPAIGN = len(_CODE)
_query = Prepared(
    select(*[each.label(f"c{place}") for place, each in enumerate([*_CODE, *_CAMPAIGN, *_DOOR])],
           _newest_form.label("form_id"), _recorded.label("recorded"))
    .select_from(code.join(campaign_table, campaign_table.c.id == code.c.campaign_id)
                 .outerjoin(dwelling, dwelling.c.id == code.c.dwelling_id))
    .where(code.c.hash == bindparam("hash")),
    wholes=(Whole(_TO_CAMPAIGN, _TO_CAMPAIGN + len(_CAMPAIGN), campaigns.of_columns),))


def behind(connection: Connection, server: Key, text: str) -> Doorway:
    """The doorway of the code written `text` (12 symbols); raises CodeUnknown."""
    row = _query.first(connection, {"hash": hashed(server, text)})
    if row is None:
        raise CodeUnknown
    found, (*door, form_id, recorded) = Code(*row[:_TO_CAMPAIGN]), row[_TO_CAMPAIGN + 1:]
    return Doorway(found, row[_TO_CAMPAIGN], Door(*door) if found.dwelling_id else None,
                   form_id, form_versions.form_of(connection, form_id), bool(recorded))
