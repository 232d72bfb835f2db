"""A household's form, filled on a phone (SUB-7: kept and flagged, never lost)."""
from __future__ import annotations

import dataclasses

from sqlalchemy import Connection

from campaigns import attachments, clock, drafts, filled, served, submissions
from campaigns.codes import symbols
from campaigns.deliveries import doors
from campaigns.deliveries.items import Answer, Context, Item, Kind, Work, joined
from campaigns.filled import Filled
from campaigns.submissions import Accepted, Entry
from forms.form import Form
from forms.language import Text
from forms.offline import judge

LARGEST_XML = 1024 * 1024
RECEIVED = Text("已收到：{place}。回执号 {receipt}。", "Received: {place}. Receipt number {receipt}.")
CONFLICT = Text("这一户之前已由 {who} 登记，您的也留着，不重复计件，组长会核对。",
                "This household was recorded before, by {who}. Yours is kept too, at no pay; your lead will compare them.")
FLAGGED = Text("有 {count} 处不符合填写要求，已照原样保存并标记。",
               "{count} answers do not keep to the rules of the form; all is kept as it came, and marked.")
CLOCK = Text("手机的时间不对，已按正确的时间记。请在手机设置里改成自动对时。",
             "The phone's clock is wrong; the right time was kept. Set the phone to take the time from the network.")


def prepare(connection: Connection, context: Context, item: Item) -> Work:
    """Read and judge the form; the work binds it to its door and takes it in."""
    form_id, form, read, raw, flags = read_form(connection, context, item)
    began = context.corrected(item.body.get("began") or item.body.get("at"))
    judged = judge(form, raw, today=clock.day(began, context.campaign.tz), now=began,
                   max_persons=context.campaign.terms.max_persons)
    entry = Entry(
        instance=read.instance, form_version_id=form_id, channel="paper" if context.user.role == "clerk" else "visit",
        dwelling_id=0, household=doors.household_of(item), answers=judged.answers,
        persons=len(judged.answers.get(form.person_repeat) or ()), filled_at=began, received_at=context.received_at,
        user=context.user, source=read.xml, corrects=read.corrects, flags=(*judged.flags, *flags, *context.clock_flags),
        queued=True, released=context.released)
    row = context.intake.prepare(entry)
    files = kinds_of_files(context, read, form, raw)

    def work(connection: Connection) -> Answer:
        known = context.intake.known(connection, read.instance, read.xml)
        standing = None if known else doors.of(connection, context, item)
        accepted = known or _accept(connection, context, entry, row, standing)
        drafts.wipe(connection, context.campaign, read.instance, standing and standing.door.id, entry.household, context.user)
        return _answer(connection, context, accepted, entry, standing, files)
    return work


def read_form(connection: Connection, context: Context, item: Item,
              purpose: str = "household") -> tuple[int, Form, Filled, dict, list[str]]:
    """The XML of an item, and the form that it was filled with. Raises BadXml, TooLargeXml, NoSuchForm."""
    read = filled.read(item.text("xml").encode(), LARGEST_XML)
    form_id, form = served.of_version(connection, context.user, read.key, read.version, purpose)
    form = served.with_media(connection, context.user, form_id, form)
    return form_id, form, read, *filled.answers_in(read, form)


def kinds_of_files(context: Context, read: Filled, form: Form, raw: dict) -> dict[str, str]:
    """The kind of each file that the answers name, by the keyed hash of its name."""
    return {attachments.name_mac(context.key, name).hex(): kind for name, kind in filled.named_files(read, form, raw).items()}


def _accept(connection: Connection, context: Context, entry: Entry, row: dict, standing: doors.Standing) -> Accepted:
    place = {"dwelling_id": standing.door.id, "code_id": standing.code_id}
    return context.intake.accept(connection, dataclasses.replace(entry, **place), {**row, **place})


def _answer(connection: Connection, context: Context, accepted: Accepted, entry: Entry, standing: doors.Standing | None,
            files: dict[str, str]) -> Answer:
    receipt = symbols.grouped(accepted.receipt)
    received = (RECEIVED.fill(place=standing.door.place, receipt=receipt) if standing else
                Text("以前已收到。回执号 {receipt}。", "Received before. Receipt number {receipt}.").fill(receipt=receipt))
    conflict = accepted.conflicts and CONFLICT.fill(who=submissions.who_recorded(connection, accepted.conflicts))
    flags = len([flag for flag in entry.flags if not flag.startswith("clock:")])
    text = joined(received, conflict, standing and standing.told, FLAGGED.fill(count=flags) if flags else None,
                  CLOCK if context.clock_flags else None)
    return Answer("conflict" if conflict else "taken", text, {
        "receipt": receipt, "files": len(files), **heeded(standing and standing.told, flags, context.clock_flags)},
                  {"submission": accepted.id, "files": files})


def heeded(*reasons: object) -> dict:
    """`heed` where the sender should read what was said, though all was taken."""
    return {"heed": True} if any(reasons) else {}


KIND = Kind(prepare, typed=True)
