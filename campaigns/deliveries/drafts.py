"""A form begun on a phone and not finished."""
from __future__ import annotations

from sqlalchemy import Connection

from campaigns import drafts
from campaigns.deliveries import doors
from campaigns.deliveries.forms import read_form
from campaigns.deliveries.items import Answer, Context, Item, Kind, Work
from campaigns.drafts import NewDraft
from forms.language import Text

KEPT = Text("没填完的表已存好。", "The unfinished form is kept.")


def prepare(connection: Connection, context: Context, item: Item) -> Work:
    """An unfinished form read on a snapshot; gives the work of the transaction. Raises Refusal."""
    form_id, _form, read, _raw, _flags = read_form(connection, context, item)
    saved_at, household = context.corrected(item.body.get("at")), doors.household_of(item)

    def work(connection: Connection) -> Answer:
        standing = doors.of(connection, context, item)
        drafts.save(connection, context.campaign, context.key, context.user, NewDraft(
            form_id, standing.door.id, household, read.instance, read.xml, saved_at), context.received_at)
        return Answer("taken", KEPT)
    return work


KIND = Kind(prepare, typed=True, lasting=False)
