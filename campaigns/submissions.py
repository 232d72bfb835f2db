"""What comes in. Every entry of every channel becomes one immutable, sealed submission (INV-1, 2, 5).

SUB-1 The same instance again, with the same content, is the submission already kept.
SUB-2 The same instance with other content is refused.
SUB-3 Before opening and after closing nothing is taken; a form begun before closing is taken during the grace period and
      marked late (INV-8).
SUB-4 Where a household is recorded, a further self-response or visit must show the receipt and becomes a correction
      (INV-4). Lists and keyed paper are always kept: the merge chooses.
      What a reviewer rejected records nothing (campaigns.decisions).
SUB-5 A correction names the newest submission of the line that its receipt belongs to, and is about the same household.
SUB-6 A device edits what it sent: the correction names an instance, which must be the newest of its line, at the same door
      and sent by the same person; an older one is out of date.
SUB-7 What a device collected where there was no network is kept though it breaks a rule of the form: the submission says
      which questions (`flags`), and keeps the XML as it came, sealed.
SUB-8 What a phone queued without a network cannot know that the household was recorded meanwhile. It is kept as a further
      submission that names the one before it (`conflicts`), counts at nothing, and leaves the record as it was (MRG-5).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from campaigns import audit, clock, contents, receipts, tally, verdicts
from campaigns.audit import RESIDENT
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.hangers import history as hangers
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.prepared import Prepared
from campaigns.store.schema import submission, user
from campaigns.terms import RECORDING
from forms.answers import canonical
from forms.language import Refusal, Text

_ONCE = ("visit", "self", "hanger")


class NotOpen(Refusal):
    status = 403

    def __init__(self, campaign: Campaign, at: datetime):
        super().__init__("登记还没有开始，将于 {when} 开始。", "This has not opened yet; it opens {when}.",
                         when=clock.as_said(campaign.opens_at, campaign.tz, at))


class Closed(Refusal):
    status = 403

    def __init__(self, campaign: Campaign, at: datetime):
        super().__init__("登记已于 {when} 结束。如需补报，请{ask}。",
                         "This closed {when}. If you still need to report, {ask}.",
                         when=clock.as_said(campaign.closes_at, campaign.tz, at), ask=campaign.terms.whom_to_ask)


class AlreadyRecorded(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这一户已经登记过了，刚才填的内容没有再次记入。如要更正，请填写回执号后再提交。",
                         "This household is recorded already, so what you just filled in was not added. "
                         "To correct it, enter the receipt number and send again.")


class InstanceTaken(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这张表已经提交过，内容与上次不同，没有改动已登记的内容。如要更正，请用回执号。",
                         "This form was sent before with other answers; what is recorded was not changed. "
                         "To correct it, use the receipt number.")


class NothingToCorrect(Refusal):
    status = 404

    def __init__(self):
        super().__init__("要更正的那份登记这里没有。请先发送原来的那份，再发送更正。",
                         "The form that this one corrects is not here. Send the first one before its correction.")


class NotYourEntry(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这份更正对应的登记不是您发的，或不在同一户，没有记入。请找组长。",
                         "The form that this one corrects was sent by someone else, or belongs to another door, so it was "
                         "not added. Ask your team lead.")


class OutOfDate(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这份登记后来又更正过，这次的更正没有记入。请在最新的那份上更正。",
                         "This form was corrected again since, so this correction was not added. Correct the newest one.")


@dataclass(frozen=True)
class Entry:
    """One filled form. `answers` are the validated answers; instants are UTC; `receipt` is set for a correction.

    `queued`: it comes from a phone's queue (SUB-8); `released`: a lead lets it in, whatever the time.
    From a device: `source` is the XML as it came, by which the same instance is known again; `corrects` the instance that it
    replaces; `flags` what of it the form does not take (SUB-7).
    """

    instance: str
    form_version_id: int
    channel: str
    dwelling_id: int
    answers: dict
    persons: int
    filled_at: datetime
    received_at: datetime
    household: int = 1
    user: User | None = None
    code_id: int | None = None
    receipt: str | None = None
    source: bytes | None = None
    corrects: str | None = None
    flags: tuple[str, ...] = ()
    queued: bool = False
    released: bool = False


@dataclass(frozen=True)
class Accepted:
    """`receipt` is 12 symbols; `repeated` when this very submission was kept before; `conflicts`: the submission that had recorded
    the household (SUB-8)."""

    id: int
    receipt: str
    repeated: bool
    conflicts: int | None = None


_by_instance = Prepared(select(submission.c.id, submission.c.mac).where(
    submission.c.campaign_id == bindparam("campaign"), submission.c.instance == bindparam("instance")))
_to_correct = select(submission.c.id, submission.c.user_id, submission.c.dwelling_id, submission.c.household).where(
    submission.c.campaign_id == bindparam("campaign"), submission.c.instance == bindparam("instance"))
_recording = Prepared(select(submission.c.id).where(
    submission.c.dwelling_id == bindparam("dwelling"), submission.c.household == bindparam("household"),
    or_(*(submission.c.channel == each for each in RECORDING)), ~verdicts.is_rejected(submission.c.id)).limit(1))
_insert = Prepared(submission.insert().returning(submission.c.id), tuple(
    each.name for each in submission.c if each.name != "id" and each.server_default is None))


def is_late(campaign: Campaign, filled_at: datetime, received_at: datetime) -> bool:
    """Whether a form begun at `filled_at` comes in the grace period (SUB-3); raises NotOpen or Closed when it comes outside."""
    if received_at < campaign.opens_at:
        raise NotOpen(campaign, received_at)
    if received_at < campaign.closes_at:
        return False
    if filled_at < campaign.closes_at and received_at < campaign.accepts_until:
        return True
    raise Closed(campaign, received_at)


class Intake:
    """Takes entries into one campaign: `prepare` outside the transaction (sealing costs time), `accept` inside."""

    def __init__(self, server: Key, key: Key, campaign: Campaign):
        self.server, self.key, self.campaign = server, key, campaign

    def prepare(self, entry: Entry) -> dict:
        """The row of `entry`, sealed."""
        content = canonical(entry.answers)
        identity = f"{entry.form_version_id}|{entry.channel}|{entry.dwelling_id}|{entry.household}|".encode()
        return {
            "campaign_id": self.campaign.id, "form_version_id": entry.form_version_id, "instance": entry.instance,
            "channel": entry.channel, "dwelling_id": entry.dwelling_id, "household": entry.household,
            "user_id": entry.user and entry.user.id, "code_id": entry.code_id, "replaces": None,
            "filled_at": entry.filled_at, "received_at": entry.received_at, "day": self.campaign.day(entry.received_at),
            "persons": entry.persons, "sealed": contents.seal(self.key, entry.instance, content),
            "mac": self.content_mac(entry.source) if entry.source is not None else self.key.mac("content", identity + content),
            "receipt": receipts.hashed(self.server, receipts.of(self.server, entry.instance)),
            "flags": list(entry.flags) or None,
            "original": contents.seal_original(self.key, entry.instance, entry.source) if entry.flags else None,
        }

    def content_mac(self, source: bytes) -> bytes:
        """What a submission that came as `source` is known by."""
        return self.key.mac("source", source)

    def known(self, connection: Connection, instance: str, source: bytes) -> Accepted | None:
        """The submission already kept for this instance and these bytes, None for a new one; raises InstanceTaken."""
        row = _by_instance.first(connection, {"campaign": self.campaign.id, "instance": instance})
        if row is None:
            return None
        if row.mac != self.content_mac(source):
            raise InstanceTaken
        return Accepted(row.id, receipts.of(self.server, instance), repeated=True)

    def accept(self, connection: Connection, entry: Entry, row: dict) -> Accepted:
        """Keep `entry` (with its prepared `row`); raises NotOpen, Closed, AlreadyRecorded, InstanceTaken, WrongReceipt."""
        receipt = receipts.of(self.server, entry.instance)
        known = _by_instance.first(connection, {"campaign": self.campaign.id, "instance": entry.instance})
        if known:
            if known.mac != row["mac"]:
                raise InstanceTaken
            return Accepted(known.id, receipt, repeated=True)
        late = (entry.received_at >= self.campaign.closes_at if entry.released
                else is_late(self.campaign, entry.filled_at, entry.received_at))
        replaces, conflicts = self._replaced(connection, entry), None
        if replaces is None and entry.channel in _ONCE:
            conflicts = first_recording(connection, entry.dwelling_id, entry.household)
            if conflicts and not entry.queued:
                raise AlreadyRecorded
        submission_id = _insert.first(connection, {**row, "late": late, "replaces": replaces, "conflicts": conflicts}).id
        actor = entry.user.actor if entry.user else RESIDENT
        if entry.code_id:
            codes.note_all(connection, [entry.code_id], "submitted", entry.received_at, actor, submission=submission_id)
            hangers.entered(connection, self.campaign.id, entry.code_id, entry.channel, entry.dwelling_id, submission_id,
                            entry.received_at, actor)
        if entry.user and not replaces:
            done = tally.Work(submission_id, entry.dwelling_id, entry.household, entry.channel, entry.persons == 0, entry.filled_at,
                              conflicts is not None)
            tally.credit(connection, self.campaign, entry.user, done, entry.received_at)
        audit.write(connection, self.campaign.id, entry.received_at, actor,
                    "submission.corrected" if replaces else "submission.accepted", f"submission:{submission_id}",
                    channel=entry.channel, mac=row["mac"].hex()[:16], **({"flags": len(entry.flags)} if entry.flags else {}),
                    **({"conflicts": conflicts} if conflicts else {}))
        return Accepted(submission_id, receipt, repeated=False, conflicts=conflicts)

    def _replaced(self, connection: Connection, entry: Entry) -> int | None:
        if entry.receipt:
            mine = receipts.submission_of(connection, self.server, entry.dwelling_id, entry.receipt)
            if household_of(connection, mine) != entry.household:
                raise receipts.WrongReceipt
            return current(connection, mine)
        if entry.corrects:
            return self._corrected(connection, entry)
        return None

    def _corrected(self, connection: Connection, entry: Entry) -> int:
        """The submission that `entry.corrects` names (SUB-6)."""
        old = connection.execute(_to_correct, {"campaign": self.campaign.id, "instance": entry.corrects}).first()
        if old is None:
            raise NothingToCorrect
        if (old.user_id, old.dwelling_id, old.household) != (entry.user and entry.user.id, entry.dwelling_id, entry.household):
            raise NotYourEntry
        if current(connection, old.id) != old.id:
            raise OutOfDate
        return old.id


def recorded(connection: Connection, dwelling_id: int, household: int = 1) -> bool:
    """Whether the household's own answers are in, and were not rejected."""
    return first_recording(connection, dwelling_id, household) is not None


def first_recording(connection: Connection, dwelling_id: int, household: int) -> int | None:
    """A submission that records the household; None where there is none."""
    found = _recording.first(connection, {"dwelling": dwelling_id, "household": household})
    return found and found.id


def who_recorded(connection: Connection, submission_id: int) -> Text:
    """Who sent a submission, for other workers: a work number, or the household itself."""
    label = connection.execute(select(user.c.label).join(submission, submission.c.user_id == user.c.id).where(
        submission.c.id == submission_id)).scalar()
    return Text(label, label) if label else Text("住户自己", "the household itself")


def is_kept(connection: Connection, campaign_id: int, instance: str) -> bool:
    """Whether a submission of this instance is on disk."""
    return _by_instance.first(connection, {"campaign": campaign_id, "instance": instance}) is not None


def household_of(connection: Connection, submission_id: int) -> int:
    """Which household behind its door a submission is about."""
    return connection.execute(select(submission.c.household).where(submission.c.id == submission_id)).scalar_one()


def current(connection: Connection, submission_id: int) -> int:
    """The newest submission of the line of corrections that `submission_id` began or belongs to."""
    while True:
        newer = connection.execute(select(submission.c.id).where(submission.c.replaces == submission_id)).scalar()
        if newer is None:
            return submission_id
        submission_id = newer
