"""Whether the store is up."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from store.backroom import Room
from sync.protocol import PROTOCOL_VERSION

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str
    protocol: int


@router.get("/v1/health")
def health(room: Room) -> Health:
    """Answers when the database answers. Leads to: 200 with the version of the wire."""
    with room.reading() as connection:
        connection.execute(text("SELECT 1"))
    return Health(status="up", protocol=PROTOCOL_VERSION)
