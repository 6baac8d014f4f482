"""Files for import: `POST /v1/import/{products, locations, stock, workers, cartons, totes}`; and new warehouses."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import Connection, insert, select

from store.access import AdminCaller, require_owner
from store.at_desk import at_desk
from store.backroom import Backroom, Room
from store.fields import STRICT, Id, Words
from store.import_files import CSV, JSON_LINES
from store.import_lines import Lines
from store.imports import IMPORTABLE, Importable, keep_import, read_import
from store.problems import LineProblems, Problems, Tally, told
from store.release_soon import Soon
from store.row_book import RowBook
from store.strict_route import StrictRoute
from store.tables import warehouses
from store.turned_away import TurnedAway

router = APIRouter(tags=["import"], route_class=StrictRoute)


class Imported(BaseModel):
    imported: int


_FILE = {"schema": {"type": "string"}}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {JSON_LINES: _FILE, CSV: _FILE}}}


@router.post(
    "/v1/import/{kind}",
    openapi_extra=_BODY,
    responses={
        **told(HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        422: {"model": LineProblems | Problems},
    },
)
async def import_file(
    kind: Literal["products", "locations", "stock", "workers", "cartons", "totes"],
    request: Request,
    caller: AdminCaller,
    room: Room,
    soon: Soon,
) -> Imported:
    """Take a file: JSON lines or CSV with the same names as columns.

    All of it or nothing. The same file again changes nothing. Stock says how many units are at a place now, as after a
    count: the difference is booked.

    Leads to: 200 with the number of lines; 422 every problem, by line (2,000 in words, and how many more were left
    out); 415 another kind of file.
    """
    importable = IMPORTABLE[kind]
    body = await request.body()
    said_type = request.headers.get("content-type", "")
    lines, problems = await to_thread.run_sync(_read, importable, body, said_type, room, caller.warehouse_id)

    imported = await at_desk(room, caller.warehouse_id, lambda desk: keep_import(desk, importable, lines, problems))
    if kind == "stock":
        soon.ask(caller.warehouse_id)
    return Imported(imported=imported)


def _read(
    importable: Importable, body: bytes, content_type: str, room: Backroom, warehouse_id: str
) -> tuple[Lines, Tally]:
    lines, problems = read_import(importable, body, content_type)
    if problems:
        return lines, problems
    with room.reading() as connection:
        return importable.prepare(RowBook(connection, warehouse_id), lines), problems


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone of the IANA database")
    return name


_WAREHOUSE: dict[str, Any] = {
    "warehouse_id": "W1",
    "name": "Quay",
    "time_zone": "Europe/Berlin",
    "sscc_company_prefix": "9521234",
}


class WarehouseWanted(BaseModel):
    """Args:
    time_zone: IANA name; cut-offs are said in it.
    sscc_company_prefix: the GS1 company prefix of the warehouse's shipping labels.
    """

    model_config = STRICT | {"json_schema_extra": {"examples": [_WAREHOUSE]}}

    warehouse_id: Id
    name: Words
    time_zone: Annotated[str, Field(strict=True, max_length=64), AfterValidator(_known_zone)]
    sscc_company_prefix: Annotated[str, Field(strict=True, pattern=r"^[0-9]{4,12}$")]


@router.post(
    "/v1/warehouses",
    status_code=HTTPStatus.CREATED,
    responses={**told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT), 200: {"model": WarehouseWanted}},
    dependencies=[Depends(require_owner)],
)
async def open_warehouse(wanted: WarehouseWanted, room: Room, response: Response) -> WarehouseWanted:
    """Open a warehouse. Leads to: 201; 200 the same again; 409 it exists and is another; 422."""

    def work(connection: Connection) -> bool:
        named = [warehouses.c[name] for name in WarehouseWanted.model_fields]
        known = (
            connection.execute(select(*named).where(warehouses.c.warehouse_id == wanted.warehouse_id))
            .mappings()
            .one_or_none()
        )
        if known is None:
            connection.execute(insert(warehouses).values(**wanted.model_dump(), sscc_next_serial=1))
        elif dict(known) != wanted.model_dump():
            raise TurnedAway(HTTPStatus.CONFLICT, "there is a warehouse of that id with other facts")
        return known is None

    new = await asyncio.wrap_future(room.writer.submit(work))
    response.status_code = HTTPStatus.CREATED if new else HTTPStatus.OK
    return wanted
