"""The tables. SQLite and PostgreSQL both hold them; nothing here is specific to one.

Instants are integers: milliseconds since 1970 in UTC. Days are ISO dates of the campaign's time zone.
Columns called `sealed` hold personal data under the campaign's key (`campaigns.keys`).
"""
from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator):
    """An aware datetime, kept as whole milliseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        delta = value - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000

    def process_result_value(self, value, dialect):
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
})


def identity() -> Column:
    """The number of a row."""
    return Column("id", Integer, primary_key=True)


def of(table: str, **options: object) -> Column:
    """The row of another table that a row belongs to."""
    return Column(f"{table}_id", Integer, ForeignKey(f"{table}.id"), **options)


campaign = Table(
    "campaign", metadata, identity(),
    Column("slug", String, nullable=False, unique=True),
    Column("title_zh", String, nullable=False),
    Column("title_en", String, nullable=False),
    Column("preset", String, nullable=False),
    Column("tz", String, nullable=False),
    Column("opens_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("added_at", Instant, nullable=False),
)

form_version = Table(
    "form_version", metadata, identity(), of("campaign", nullable=False),
    Column("key", String, nullable=False),
    Column("purpose", String, nullable=False, server_default="household"),  # or report: a form beside the household's
    Column("version", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("workbook", LargeBinary, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("campaign_id", "digest"),
)

team = Table(
    "team", metadata, identity(), of("campaign", nullable=False),
    Column("name", String, nullable=False),
    UniqueConstraint("campaign_id", "name"),
)

user = Table(
    "user", metadata, identity(), of("campaign", nullable=False), of("team"),
    Column("role", String, nullable=False),
    Column("label", String, nullable=False),  # work number shown in tables and Datasette; never the name
    Column("sealed", LargeBinary, nullable=False),  # the name
    Column("pin_hash", String, nullable=False),
    Column("epoch", Integer, nullable=False),  # raised to end every session of this person
    Column("active", Boolean, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("campaign_id", "label"),
)

dwelling = Table(
    "dwelling", metadata, identity(), of("campaign", nullable=False), of("team"),
    Column("door", String, nullable=False),  # normalised compound/building/unit/room (or address): one door once
    Column("register_code", String),
    *[Column(name, String, nullable=False, server_default="") for name in (
        "city", "district", "street", "community", "grid", "compound", "building", "unit", "room", "address", "use")],
    Column("area_dm2", BigInteger),  # floor area in 0.01 m2
    Column("lon", Float), Column("lat", Float),
    Column("extra", JSON, nullable=False),  # further register columns that are not personal
    Column("sealed", LargeBinary),  # personal register columns
    Column("digest", String, nullable=False),  # of the register row, keyed: a second import sees what changed
    Column("walk", Integer, nullable=False),  # place in walking order within the campaign
    Column("added_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("origin", String, nullable=False, server_default="register"),  # or field: a missed door, added at the door
    Column("copied_from", Integer, ForeignKey("dwelling.id")),  # the neighbour that a missed door was copied from
    Column("reviewed_at", Instant),  # when a lead last looked at a door added in the field, or with several households
    Column("item", String),  # of a door added in the field: what the phone called it
    Column("merged_into", Integer, ForeignKey("dwelling.id")),  # the door that this one turned out to be
    UniqueConstraint("campaign_id", "door"),
    Index("ix_dwelling_walk", "campaign_id", "walk"),
    Index("ix_dwelling_item", "campaign_id", "item", unique=True),
)

code = Table(
    "code", metadata, identity(), of("campaign", nullable=False),
    Column("kind", String, nullable=False),
    Column("seed", LargeBinary, nullable=False),  # the code is derived from this and the server's key
    Column("hash", LargeBinary, nullable=False, unique=True),
    of("dwelling", index=True), of("user", index=True),
    Column("issued_at", Instant, nullable=False),
    Column("printed_at", Instant),
    Column("opened_at", Instant),
    Column("revoked_at", Instant),
    Column("serial", Integer),  # of a hanger: the number printed on it, from 1 within the campaign
    Column("state", String),  # of a hanger: where the books say it is (campaigns.hangers)
    Column("holder_id", Integer, ForeignKey("user.id")),  # of a hanger: the volunteer who has it
    Index("ix_code_campaign_kind", "campaign_id", "kind"),
    Index("ix_code_serial", "campaign_id", "serial"),
)

code_event = Table(
    "code_event", metadata, identity(), of("code", nullable=False, index=True),
    Column("event", String, nullable=False),
    Column("at", Instant, nullable=False),
    of("user"),
    Column("detail", JSON, nullable=False),
)

submission = Table(
    "submission", metadata, identity(), of("campaign", nullable=False), of("form_version", nullable=False),
    Column("instance", String, nullable=False),
    Column("channel", String, nullable=False),
    of("dwelling", nullable=False),
    Column("household", Integer, nullable=False),  # 1, 2, ... behind one door
    of("user"), of("code"),
    Column("replaces", Integer, ForeignKey("submission.id")),
    Column("filled_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("day", String, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),  # keyed hash of the content: same instance, same content
    Column("receipt", LargeBinary, nullable=False),  # keyed hash of the receipt number
    Column("flags", JSON(none_as_null=True)),  # what a device sent and the form does not take, as "kind:question"; no answers
    Column("original", LargeBinary),  # the XML of a flagged submission, sealed
    Column("conflicts", Integer, ForeignKey("submission.id")),  # what had recorded the household when this came from a queue
    UniqueConstraint("campaign_id", "instance"),
    Index("ix_submission_household", "dwelling_id", "household"),
    Index("ix_submission_day", "campaign_id", "day"),
    Index("ix_submission_replaces", "replaces"),
)

tally = Table(
    "tally", metadata, identity(), of("campaign", nullable=False), of("user", nullable=False),
    of("submission", nullable=False), of("dwelling", nullable=False),
    Column("household", Integer, nullable=False),
    Column("kind", String, nullable=False),  # entry, bonus, reversal
    Column("rule", String, nullable=False, server_default=""),  # of a bonus and its reversal: day, building; else empty
    Column("round", Integer, nullable=False, server_default="1"),  # 1, and one more each time the submission is restored
    Column("why", String, nullable=False, server_default=""),  # of an entry or bonus at 0 fen: paid, cap, rate
    Column("fen", Integer, nullable=False),
    Column("pay", Integer),  # 1 for the household's first paid entry, 2 after a reversal ...; null when unpaid
    Column("at", Instant, nullable=False),
    Column("day", String, nullable=False),  # on which it entered the ledger: pay periods go by it
    Column("worked", String, nullable=False, server_default=""),  # on which the work was done: bonus and cap go by it
    UniqueConstraint("submission_id", "kind", "rule", "round"),
    UniqueConstraint("dwelling_id", "household", "pay"),
    Index("ix_tally_user", "user_id", "day"),
    Index("ix_tally_worked", "user_id", "worked"),
)

record = Table(  # derived by the merge; can be thrown away and made again
    "record", metadata, of("campaign", nullable=False),
    of("dwelling", primary_key=True),
    Column("household", Integer, primary_key=True),
    of("submission", nullable=False),
    Column("channel", String, nullable=False),
    Column("day", String, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("provenance", JSON, nullable=False),
    Index("ix_record_campaign", "campaign_id"),
)

derivation = Table(  # when the merge and the publication were last made
    "derivation", metadata, of("campaign", primary_key=True),
    Column("name", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("detail", JSON, nullable=False),
)

audit = Table(
    "audit", metadata, identity(), of("campaign", nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("ix_audit_campaign", "campaign_id", "id"),
)

throttle = Table(
    "throttle", metadata,
    Column("key", String, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("misses", Integer, nullable=False),
)

attachment = Table(  # photos and other files of a submission; the bytes lie sealed in SURVEY_HOME/attachments
    "attachment", metadata, identity(), of("campaign", nullable=False), of("submission", nullable=False),
    Column("file", String, nullable=False, unique=True),  # random: the file's name in the folder
    Column("sealed", LargeBinary, nullable=False),  # the name that the device gave it
    Column("name_mac", LargeBinary, nullable=False),  # keyed hash of that name
    Column("mac", LargeBinary, nullable=False),  # keyed hash of the content
    Column("kind", String, nullable=False),  # as the form asks for it: image, audio, video, file, audit
    Column("size", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("submission_id", "name_mac"),
)

field_password = Table(  # how a person's device signs in (campaigns.field_password)
    "field_password", metadata, of("user", primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # HA1 of RFC 2617
    Column("language", String, nullable=False),  # of the messages that the device shows
    Column("issued_at", Instant, nullable=False),
)

digest_nonce = Table(  # which counts of a nonce were used, so that none is used twice
    "digest_nonce", metadata,
    Column("nonce", String, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("highest", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),  # bit n: `highest` - n was used
    Index("ix_digest_nonce_made_at", "made_at"),
)

_FIRST = ("submission", "tally", "audit", "code_event")
APPEND_ONLY = (*_FIRST, "attachment")
"""Tables whose rows never change and are never deleted (INV-2, INV-7, INV-9): the database itself refuses. `fieldwork` has more."""


def append_only_guards(dialect: str, tables: tuple[str, ...] = _FIRST) -> list[str]:
    """SQL that makes the database refuse to change or delete rows of `tables` (default: those of the first schema, which
    on PostgreSQL also brings the function that the later ones use)."""
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                for table in tables for verb in ("UPDATE", "DELETE")]
    function = ["CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"]
    return [*(function if tables is _FIRST else ()),
            *[f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
              "FOR EACH ROW EXECUTE FUNCTION refuse_change()" for table in tables]]
