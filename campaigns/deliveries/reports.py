"""Forms that are no household's: incidents, stairwell sheets, who moved."""
from __future__ import annotations

from sqlalchemy import Connection

from campaigns import clock, reports
from campaigns.deliveries import doors
from campaigns.deliveries.forms import CLOCK, FLAGGED, heeded, kinds_of_files, read_form
from campaigns.deliveries.items import Answer, Context, Item, Kind, Work, joined
from campaigns.reports import NewReport
from forms.language import Text
from forms.offline import judge

RECEIVED = Text("“{title}”已收到。", "“{title}” received.")


def prepare(connection: Connection, context: Context, item: Item) -> Work:
    """A report's form read and judged on a snapshot; gives the work of the transaction. Raises Refusal."""
    form_id, form, read, raw, flags = read_form(connection, context, item, "report")
    began = context.corrected(item.body.get("began") or item.body.get("at"))
    judged = judge(form, raw, today=clock.day(began, context.campaign.tz), now=began,
                   max_persons=context.campaign.terms.max_persons)
    files = kinds_of_files(context, read, form, raw)
    flagged = (*_asked_for(judged.flags, item.texts("asked"), raw), *flags)
    about_door = any(item.body.get(name) for name in ("door", "new_door", "code"))

    def work(connection: Connection) -> Answer:
        standing = doors.of(connection, context, item) if about_door else None
        kept = reports.record(connection, context.campaign, context.key, context.user, NewReport(
            item=item.id, form_version_id=form_id, key=form.key, dwelling_id=standing and standing.door.id,
            building=item.text("building", 200), filled_at=began, received_at=context.received_at, answers=judged.answers,
            source=read.xml, flags=(*flagged, *context.clock_flags)), released=context.released)
        count = len(flagged)
        return Answer("taken", joined(RECEIVED.fill(title=form.title), standing and standing.told,
                                      FLAGGED.fill(count=count) if count else None, CLOCK if context.clock_flags else None),
                      {"files": len(files), **heeded(standing and standing.told, context.clock_flags)}, {"report": kept, "files": files})
    return work


def _asked_for(flags: tuple[str, ...], asked: tuple[str, ...], raw: dict) -> list[str]:
    """The flags without those for an empty answer to what the phone's short form does not ask; `asked`: what it does, empty for
    the whole form."""
    def unasked(flag: str) -> bool:
        kind, _, name = flag.partition(":")
        return bool(asked) and kind == "invalid" and name not in asked and not raw.get(name)
    return [flag for flag in flags if not unasked(flag)]


KIND = Kind(prepare, roles=("volunteer", "clerk", "building_head"), typed=True)
