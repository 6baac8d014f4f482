"""Pushes heard together, and what the store remembers from one go to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.domain.picklists import Picklist, PicklistState
from sync.protocol import Verdict
from tests.store.a_store import AStore
from tests.store.test_facts import a_leased_list
from tests.store.w1 import SOCKS
from tests.store.walk import a_walk


@contextmanager
def a_full_disk(store: AStore, at: str) -> Iterator[None]:
    """No statement that begins so can write meanwhile."""

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(at):
            raise OperationalError(statement, None, Exception("database or disk is full"))

    event.listen(store.room.writer_engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(store.room.writer_engine, "before_cursor_execute", refuse)


async def test_a_push_that_found_the_disk_full_has_left_nothing_in_memory(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=3)
    handset.tell(*a_walk(store, picklist_id))
    stood_each = store.stock_each("hand:" + handset.station_id, SOCKS)
    with a_full_disk(store, "UPDATE feeds"):
        assert (await handset.send(*handset.owed)).status_code == 503

    outcomes = await handset.push()

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.row(Picklist, picklist_id).state is PicklistState.PICKED
    assert store.stock_each("hand:" + handset.station_id, SOCKS) == stood_each
