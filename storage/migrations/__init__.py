"""How an older database becomes the one of `schema.py`; past shapes are frozen inside."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

VERSIONS = Path(__file__).parent / "versions"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def known() -> list[str]:
    """Every revision, oldest first: the files' names begin with them. To load them all takes a good part of a start."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def newest() -> str:
    """The revision that this program works with."""
    return known()[-1]


def current(connection: Connection) -> str | None:
    """The revision of the database; None for one that has none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this program knows the revision; one of a newer program it does not."""
    return revision in known()


def upgrade(connection: Connection, revision: str | None = None) -> None:
    """Brings the database to a revision, or the newest, inside the caller's transaction, its record included."""
    wanted = newest() if revision is None else revision
    if current(connection) == wanted:
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, wanted)
