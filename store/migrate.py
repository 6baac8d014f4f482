"""Brings a database to this program's tables, at start. Two stores that start at once do it one after the other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

# Any number that no other program on the same server takes.
_MIGRATION_LOCK = 0x466C6F6F


def migrate(writer: Engine) -> None:
    """Apply every migration that `writer`'s database lacks, all or nothing.

    On SQLite the transaction holds the write lock from its beginning; on PostgreSQL an advisory lock stands for it.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
