"""A submission from a device becomes one of ours: bound to its door, judged by its own form version, sealed, committed.

ORS-1 The same instance with the same bytes is the submission already kept: only its new files are added.
ORS-2 The same instance with other bytes is refused; a deprecatedID makes it a correction (SUB-6).
ORS-3 It belongs to the door whose code was scanned, or that was chosen among the user's own doors. Another team's door is
      refused, but a clerk keys paper of every team.
ORS-4 What breaks a rule of the form is kept and flagged (SUB-7). The campaign's times hold (SUB-3), and so does that a
      recorded household is not recorded twice (SUB-4).
ORS-5 Files that the answers do not name are not kept: a device sends everything in its folder.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage

from campaigns import attachments, clock, filled, served
from campaigns.attachments import Folder, Kept
from campaigns.codes import symbols
from campaigns.filled import Filled
from campaigns.frame import doors as frame
from campaigns.frame.doors import Door
from campaigns.people import User
from campaigns.submissions import Accepted, Entry, Intake, is_late
from forms.devices import DOOR, DOOR_CODE, asks_for_the_door
from forms.language import Refusal, Text
from forms.offline import judge
from survey import doors, numbers
from survey.access import CLERK
from survey.openrosa import reading


class OtherTeam(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这户门由别的组负责，没有记入。请核对是不是扫错了门；确要您来登记的，请找组长。",
                         "This door belongs to another team, so it was not added. Check whether you scanned the wrong door; if "
                         "you are to record it, ask your team lead.")


class OtherCampaign(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这个码属于另一项登记，没有记入。请核对是不是拿错了卡。",
                         "This code belongs to another campaign, so it was not added. Check whether you took the wrong card.")


class NoDoor(Refusal):
    def __init__(self):
        super().__init__("这份表没有扫门上的码，不知道是哪一户，没有记入。请补扫后再发送。",
                         "No door's code was scanned, so nobody knows which household this is, and it was not added. Scan it, then "
                         "send again.")


@dataclass(frozen=True)
class Taken:
    """`new`: something was added. `ignored`: files not kept; `lacking`: files that the answers name and that are not here."""

    accepted: Accepted
    door: Door | None
    flags: tuple[str, ...]
    new: bool
    ignored: int
    lacking: int

    @property
    def text(self) -> Text:
        """What the device shows."""
        parts = [Text("已收到。", "Received.") if self.door is None else
                 Text("已收到：{place}。", "Received: {place}.").fill(place=self.door.place)]
        parts.append(Text("回执号 {receipt}。", "Receipt number {receipt}.").fill(receipt=symbols.grouped(self.accepted.receipt)))
        if self.flags:
            parts.append(Text("有 {count} 处不符合填写要求，已照原样保存并标记。",
                              "{count} answers do not keep to the rules of the form; all is kept as it came, and marked."
                              ).fill(count=len(self.flags)))
        if self.ignored:
            parts.append(Text("{count} 个表里没有提到的文件没有保存。", "{count} files that the form does not name were not kept."
                              ).fill(count=self.ignored))
        if self.lacking:
            parts.append(Text("还有 {count} 个附件没有收到。", "{count} attachments have not arrived.").fill(count=self.lacking))
        return Text("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def take(user: User, at: datetime) -> Taken:
    """Keep what this request brings; on disk when this returns (INV-1). Raises the refusals of its parts."""
    here, campaign = current_app.installation, g.campaign
    post = reading.read()
    upload = post.form
    intake, entry, door = here.intake(campaign), None, None
    # One transaction reads everything. The address was looked at with the credentials; a wrong code still counts as a miss.
    with doors.guesses_slowed(at, waits=False) as connection:
        form_id, form = served.of_version(connection, user, upload.key, upload.version)
        form = served.with_media(connection, user, form_id, form)
        known = intake.known(connection, upload.instance, upload.xml)
        raw, flags = filled.answers_in(upload, form)
        wanted = filled.named_files(upload, form, raw)
        files = [(name, wanted[name], file) for name, file in post.files if name in wanted]
        for _, kind, file in files:
            reading.check_kind(kind, file)
        filled_at = filled.began(upload, form, raw, campaign.opens_at, at)
        if not known:
            is_late(campaign, filled_at, at)  # before the door: a closed campaign says so first
            door, code_id = _door(connection, upload, user, raw if asks_for_the_door(form) else {})
    if not known:
        judged = judge(form, raw, today=clock.day(filled_at, campaign.tz), now=filled_at, max_persons=campaign.terms.max_persons)
        entry = Entry(
            instance=upload.instance, form_version_id=form_id, channel="paper" if user.role == CLERK else "visit",
            dwelling_id=door.id, answers=judged.answers, persons=len(judged.answers.get(form.person_repeat) or ()),
            filled_at=filled_at, received_at=at, user=user, code_id=code_id, source=upload.xml, corrects=upload.corrects,
            flags=(*judged.flags, *flags))
    accepted, added = _commit(intake, entry, known, files, at)
    lacking = _lacking(intake, accepted, wanted) if post.complete and wanted else 0
    return Taken(accepted, door, entry.flags if entry else (), not accepted.repeated or bool(added),
                 len(post.files) - len(files), lacking)


def _door(connection: Connection, upload: Filled, user: User, raw: dict) -> tuple[Door, int | None]:
    """The door that the submission belongs to, and the code that was scanned (ORS-3)."""
    scanned, chosen = upload.child(DOOR_CODE) or _text(raw.get(DOOR_CODE)), _text(raw.get(DOOR))
    if scanned:
        found = doors.behind(connection, scanned.rstrip("/").rsplit("/", 1)[-1].partition("?")[0])
        if found.campaign.id != user.campaign_id:
            raise OtherCampaign
        door, code_id = found.door, found.code.id
    elif chosen.isascii() and chosen.isdigit():
        door, code_id = frame.find(connection, user.campaign_id, numbers.read(chosen) or 0), None
        if door is None or door.team_id != user.team_id:
            raise OtherTeam
    else:
        raise NoDoor
    if door.team_id not in (None, user.team_id) and user.role != CLERK:
        raise OtherTeam
    return door, code_id


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def folder(intake: Intake) -> Folder:
    return Folder(current_app.installation.settings.attachments / intake.campaign.slug, intake.key)


def _commit(intake: Intake, entry: Entry | None, known: Accepted | None, files: list[tuple[str, str, FileStorage]],
            at: datetime) -> tuple[Accepted, list[Kept]]:
    """The submission and its files in one transaction; files that end up in no row are removed again."""
    kept, added = [], []
    place = folder(intake) if files else None
    row = intake.prepare(entry) if entry else None

    def work(connection):
        accepted = known or intake.accept(connection, entry, row)
        return accepted, attachments.add(connection, intake.key, intake.campaign, accepted.id, kept, at) if kept else []

    try:
        for name, kind, file in files:
            kept.append(place.keep(name, kind, file.stream))
        if kept:
            place.settle()
        accepted, added = current_app.installation.store.submit(work)
    finally:
        for each in kept:
            if each not in added:
                place.drop(each.file)
    return accepted, added


def _lacking(intake: Intake, accepted: Accepted, wanted: dict[str, str]) -> int:
    with current_app.installation.store.read() as connection:
        return len(set(wanted) - set(attachments.of_submission(connection, intake.key, accepted.id)))
