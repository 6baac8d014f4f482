"""Brings a database to this program's tables, at start. Two stores that start at once do it one after the other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def migrate(writer: Engine) -> None:
    """Apply every migration that `writer`'s database lacks, all or nothing.

    The transaction holds the write lock from its beginning.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
