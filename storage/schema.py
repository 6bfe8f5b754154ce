"""Every table and constraint, in one place. Tables of persons are keyed by a tag or a random id, and on SQLite have no
rowid: the order of arrival would join signature No. N to the N-th subscriber."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

SIGNATURE = Table(
    "signature",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("tag", LargeBinary(32), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("name", LargeBinary),  # encrypted (shown), sealed (private), none (nameless)
    Column("country", String(2)),
    Column("language", String(2), nullable=False),
    Column("text_hash", LargeBinary(32), nullable=False),
    Column("consent_hash", LargeBinary(32), nullable=False),
    Column("day", String(10), nullable=False),  # UTC; no finer
    CheckConstraint("kind IN ('shown', 'private', 'nameless')", name="kind"),
    CheckConstraint("(kind = 'nameless') = (name IS NULL)", name="name"),
    sqlite_with_rowid=False,
)

# The list of shown names is paged by number: the last page must be as quick as the first.
Index(
    "ix_signature_shown",
    SIGNATURE.c.number,
    sqlite_where=text("kind = 'shown'"),
    postgresql_where=text("kind = 'shown'"),
)


def _conversation(name: str) -> Table:
    """What is open with one person (`conversations.py`)."""
    return Table(
        name,
        METADATA,
        Column("tag", LargeBinary(32), primary_key=True),
        Column("content", LargeBinary, nullable=False),
        Column("step", String(10), nullable=False),
        Column("update_id", BigInteger, nullable=False),
        Column("expires", Integer, nullable=False, index=True),  # hours since 1970, UTC
        sqlite_with_rowid=False,
    )


DRAFT = _conversation("draft")
COMPOSITION = _conversation("composition")

SUBSCRIBER = Table(
    "subscriber",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("tag", LargeBinary(32), nullable=False, unique=True),
    Column("chat", LargeBinary, nullable=False),
    Column("language", String(2), nullable=False),
    Column("level", String(9), nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("newest_broadcast", Integer, nullable=False),  # when it was made
    CheckConstraint("level IN ('all', 'important')", name="level"),
    Index("ix_subscriber_audience", "language", "level"),  # how many get a broadcast
    sqlite_with_rowid=False,
)

MESSAGE = Table(
    "message",
    METADATA,
    Column("tag", LargeBinary(32), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970, UTC
    Column("marked", SmallInteger, primary_key=True, autoincrement=False),  # 1: to be deleted in Telegram
    Column("content", LargeBinary, nullable=False),
    CheckConstraint("marked IN (0, 1)", name="marked"),
    Index("ix_message_hour", "hour"),
    sqlite_with_rowid=False,
)

# News on its way, or sent; and what is done afterwards to the messages of an earlier one, its subject.
BROADCAST = Table(
    "broadcast",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(6), nullable=False),
    Column("subject", Integer),  # the earlier one
    Column("turn", Integer),  # in which order news began; none before
    Column("version", BigInteger),  # of the composition that it was
    Column("content", LargeBinary, nullable=False),
    Column("languages", String(32), nullable=False),  # of those who get it, between commas; empty: everyone
    Column("important", Boolean, nullable=False),
    Column("state", String(9), nullable=False),
    Column("at", BigInteger),  # seconds since 1970, UTC, as all times here: when it is due
    Column("began", BigInteger),
    Column("ended", BigInteger),
    Column("paused", BigInteger),  # since when
    Column("pauses", Integer, nullable=False),  # how often so far
    Column("idle", Integer, nullable=False),  # seconds of all that are over
    Column("reason", LargeBinary),  # of the pause
    Column("withdrawn", Boolean, nullable=False),  # it is being deleted everywhere, or was
    Column("doubt_left", Boolean, nullable=False),  # what is in doubt is not sent again
    Column("recipients", Integer, nullable=False),  # when it began
    Column("reached", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("deactivated", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("in_doubt", Integer, nullable=False),
    Column("missing", Integer, nullable=False),  # the chat had the message no more
    Column("failures", String(200), nullable=False),  # how many failed with which answer, JSON
    CheckConstraint("kind IN ('news', 'edit', 'delete', 'resend')", name="kind"),
    CheckConstraint("(kind = 'news') = (subject IS NULL)", name="subject"),
    CheckConstraint(
        "state IN ('proposed', 'rejected', 'recalled', 'scheduled', 'missed', 'sending', 'paused', 'stopped', 'sent')",
        name="state",
    ),
)

# Who was sent a broadcast: claimed before the send, so that a kill never makes it twice.
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("broadcast", Integer, primary_key=True, autoincrement=False),
    Column("tag", LargeBinary(32), primary_key=True),  # the subscriber's
    Column("state", String(8), nullable=False),
    Column("message", LargeBinary),  # the numbers of the messages that arrived
    CheckConstraint("state IN ('claimed', 'settled', 'in_doubt')", name="state"),
    Index("ix_delivery_tag", "tag"),
    sqlite_with_rowid=False,
)

# Of a million deliveries the few that are open or in doubt are found at once.
Index(
    "ix_delivery_unsettled",
    DELIVERY.c.broadcast,
    DELIVERY.c.state,
    sqlite_where=text("state <> 'settled'"),
    postgresql_where=text("state <> 'settled'"),
)

# Where an organiser reads how a broadcast goes.
REPORT = Table(
    "report",
    METADATA,
    Column("tag", LargeBinary(32), primary_key=True),
    Column("broadcast", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Index("ix_report_broadcast", "broadcast"),
    sqlite_with_rowid=False,
)

COUNTER = Table(
    "counter",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("next_number", Integer, nullable=False),
    Column("valid", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("valid >= 0", name="valid"),
)

# What stays of signatures that were erased after the petition closed for good.
SIGNATURE_DAY = Table(
    "signature_day",
    METADATA,
    Column("day", String(10), primary_key=True),  # UTC
    Column("number", Integer, nullable=False),
    CheckConstraint("number > 0", name="number"),
)

PENDING_ERASURE = Table(
    "pending_erasure",
    METADATA,
    Column("kind", String(7), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("since", Integer, nullable=False),  # minutes since 1970, UTC
    CheckConstraint("kind IN ('asked', 'expired')", name="kind"),
)

# Who is at work beside others, and shares one budget of messages with them. Nobody writes it who works alone.
PROCESS = Table(
    "process",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("seen", BigInteger, nullable=False),  # seconds since 1970, by the database's clock
    Column("share", Integer, nullable=False),  # messages a second that are leased to it
    Column("answers", Integer, nullable=False),  # how many it could use
    Column("broadcasts", Boolean, nullable=False),  # whether it sends one
    CheckConstraint("share >= 0", name="share"),
)

META = Table(
    "meta",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
