"""The tables of field work: visits, who has which doors, field reports, what phones sent, pay, and decisions.

As in `schema`: instants in milliseconds, days of the campaign's time zone, `sealed` under the campaign's key. `item` is the
id (32 hex digits) that a phone gave to what it sent, so that the same thing sent twice is kept once.
"""
from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from campaigns.store.schema import Instant, identity, metadata, of

visit = Table(  # one call at one door (design: section 4)
    "visit", metadata, identity(), of("campaign", nullable=False), of("dwelling", nullable=False),
    Column("item", String, nullable=False),
    Column("household", Integer, nullable=False),  # 1, 2, ... behind one door; 0: the door as a whole
    of("user", nullable=False),
    Column("outcome", String, nullable=False),
    Column("at", Instant, nullable=False),  # by the phone's clock, corrected by what the server knows of it
    Column("received_at", Instant, nullable=False),
    Column("day", String, nullable=False),
    Column("call_back_at", Instant),
    Column("hints", JSON, nullable=False),  # codes of campaigns.visits: evenings, dog ...
    Column("evidence", JSON, nullable=False),  # codes of what shows that nobody lives there
    Column("proxy", Boolean, nullable=False),  # a neighbour or building head answered
    Column("scanned", Boolean, nullable=False),  # the door's code was scanned, not only tapped
    Column("metres", Integer),  # between the phone's position and the door's; null when either is unknown
    Column("sealed", LargeBinary),  # note and position
    UniqueConstraint("campaign_id", "item"),
    Index("ix_visit_dwelling", "dwelling_id", "at"),
    Index("ix_visit_user", "user_id", "day"),
)

assignment = Table(  # which doors a person has; ended rows stay
    "assignment", metadata, identity(), of("campaign", nullable=False), of("dwelling", nullable=False),
    of("user", nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_assignment_user", "user_id", "ended_at"),
    Index("ix_assignment_dwelling", "dwelling_id", "ended_at"),
)

report = Table(  # an incident, a stairwell sheet, a person who moved: a form that is not a household's
    "report", metadata, identity(), of("campaign", nullable=False), of("form_version", nullable=False), of("dwelling"),
    of("user", nullable=False),
    Column("item", String, nullable=False),
    Column("key", String, nullable=False),  # of the form: incident-report, stairwell-sheet ...
    Column("building", String, nullable=False, server_default=""),  # compound/building where no single door is meant
    Column("filled_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("day", String, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Column("flags", JSON(none_as_null=True)),
    UniqueConstraint("campaign_id", "item"),
    Index("ix_report_day", "campaign_id", "day"),
)

report_file = Table(  # as `attachment` is for submissions
    "report_file", metadata, identity(), of("campaign", nullable=False), of("report", nullable=False),
    Column("file", String, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("name_mac", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("report_id", "name_mac"),
)

delivery = Table(  # every item that a phone sent and that was answered for good: sent again, it gets the same answer
    "delivery", metadata, identity(), of("campaign", nullable=False), of("user", nullable=False),
    Column("item", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("device", String, nullable=False),
    Column("mac", LargeBinary, nullable=False),  # keyed hash of the content: same item, same content
    Column("sent_at", Instant, nullable=False),  # by the phone's clock as it was
    Column("received_at", Instant, nullable=False),
    Column("answer", JSON, nullable=False),
    UniqueConstraint("campaign_id", "item"),
    Index("ix_delivery_user", "user_id", "received_at"),
)

held_item = Table(  # what a phone sent and could not be taken in: a revoked badge, after closing ...; until a lead decides
    "held_item", metadata, identity(), of("campaign", nullable=False), of("user", nullable=False),
    Column("item", String, nullable=False),
    Column("kind", String, nullable=False, server_default=""),
    Column("device", String, nullable=False, server_default=""),
    Column("reason", String, nullable=False, server_default=""),  # a key of campaigns.held.REASONS
    Column("mac", LargeBinary),  # as in `delivery`
    Column("sealed", LargeBinary, nullable=False),
    Column("sent_at", Instant),  # by the phone's clock as it was
    Column("received_at", Instant, nullable=False),
    Column("verdict", String),  # released, rejected, or sent: the phone sent it again and it was taken
    Column("released_at", Instant),
    Column("released_by", Integer, ForeignKey("user.id")),
    UniqueConstraint("campaign_id", "item"),
    Index("ix_held_item_user", "user_id", "verdict"),
)

draft = Table(  # a form begun on a phone and not finished, kept so that the next person can go on with it
    "draft", metadata, identity(), of("campaign", nullable=False), of("form_version", nullable=False),
    of("dwelling", nullable=False),
    Column("household", Integer, nullable=False),
    of("user", nullable=False),
    Column("instance", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
    UniqueConstraint("campaign_id", "instance"),
    Index("ix_draft_user", "user_id"),
)

pay_period = Table(  # closed for good: its sheet never changes
    "pay_period", metadata, identity(), of("campaign", nullable=False),
    Column("number", Integer, nullable=False),
    Column("first_day", String, nullable=False),
    Column("last_day", String, nullable=False),
    Column("closed_at", Instant, nullable=False),
    of("user"),  # who closed it; null at the command line
    Column("entries", Integer, nullable=False),
    Column("fen", Integer, nullable=False),
    Column("sheet", LargeBinary, nullable=False),  # the workbook, sealed: it holds names
    Column("digest", String, nullable=False),  # SHA-256 of the workbook
    Column("signature", String, nullable=False),
    UniqueConstraint("campaign_id", "number"),
)

pay_line = Table(  # which ledger rows a period pays
    "pay_line", metadata, identity(), of("pay_period", nullable=False), of("tally", nullable=False, unique=True),
)

pay_rule = Table(  # what was paid for which work, from when on (campaigns.rates)
    "pay_rule", metadata, identity(), of("campaign", nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("rules", JSON, nullable=False),
)

answer_mark = Table(  # derived: keyed hashes by which like answers and the same persons are found again (campaigns.marks)
    "answer_mark", metadata, of("submission", primary_key=True),
    Column("place", Integer, primary_key=True),  # 0: the whole form without what is personal; 1, 2 ...: its persons
    of("campaign", nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Index("ix_answer_mark_mark", "campaign_id", "mark", "place"),
)

decision = Table(  # what a reviewer decided about a submission; the newest holds
    "decision", metadata, identity(), of("campaign", nullable=False), of("submission", nullable=False, index=True),
    Column("verdict", String, nullable=False),  # rejected, restored
    Column("reason", String, nullable=False),  # a key of campaigns.decisions.REASONS
    Column("sealed", LargeBinary),  # the reviewer's note
    of("user"),
    Column("at", Instant, nullable=False),
)

second_keying = Table(  # a paper form keyed a second time, by another clerk
    "second_keying", metadata, identity(), of("campaign", nullable=False), of("submission", nullable=False, unique=True),
    of("user", nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("differences", JSON, nullable=False),  # paths of questions, no answers
    Column("at", Instant, nullable=False),
    Column("compared", Integer, nullable=False, server_default="0"),  # answers
)

keying_verdict = Table(  # who of two clerks was right, settled once
    "keying_verdict", metadata, identity(), of("campaign", nullable=False), of("second_keying", nullable=False, unique=True),
    of("user", nullable=False),
    Column("first_wrong", Integer, nullable=False),  # answers
    Column("second_wrong", Integer, nullable=False),
    Column("correction_id", Integer, ForeignKey("submission.id")),
    Column("at", Instant, nullable=False),
)

flag_review = Table(  # somebody looked at a flag (campaigns.flags)
    "flag_review", metadata, identity(), of("campaign", nullable=False),
    Column("flag", String, nullable=False),  # which check and what it is about
    Column("verdict", String, nullable=False),
    Column("note", String, nullable=False),  # empty since notes are sealed
    Column("sealed", LargeBinary),  # the note
    of("user"),
    Column("at", Instant, nullable=False),
    Index("ix_flag_review_flag", "campaign_id", "flag"),
)

held_file = Table(  # a photo or other file of a page that is not sent yet (campaigns.held); the bytes lie with the attachments
    "held_file", metadata, identity(), of("campaign", nullable=False), of("dwelling", nullable=False),
    Column("instance", String, nullable=False),
    Column("file", String, nullable=False, unique=True),  # random: the file's name in the folder
    Column("sealed", LargeBinary, nullable=False),  # the name by which the answers know it
    Column("mac", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("held_at", Instant, nullable=False),
    Index("ix_held_file_instance", "campaign_id", "instance"),
    Index("ix_held_file_held_at", "held_at"),
)

form_media = Table(  # what a form version refers to: lists, pictures, recordings (campaigns.media)
    "form_media", metadata, identity(), of("form_version", nullable=False),
    Column("name", String, nullable=False),
    Column("digest", String, nullable=False),  # SHA-256 of the content, hex
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("form_version_id", "name"),
    Index("ix_form_media_digest", "digest"),
)

APPEND_ONLY = ("visit", "report", "report_file", "delivery", "pay_period", "pay_line", "decision", "second_keying",
               "flag_review")
"""Tables of migration 0003 whose rows never change and are never deleted; `pay_rule` is another."""

VERDICTS_APPEND_ONLY = ("keying_verdict",)
"""The same of a later migration."""
