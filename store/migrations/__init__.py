"""Alembic's migrations of the store's tables, applied by `store.migrate` at start."""
