"""The demo's shop and administrator: they speak to the store over its outside contract, as anybody would."""

from __future__ import annotations

import json
from typing import Any, Self

import httpx

from demo.processes import ShiftTrouble
from demo.warehouse import Warehouse

Json = dict[str, Any]


class Shop:
    """A client of the store's outside contract, with a key that is good for every warehouse.

    Args:
        warehouse_id: the warehouse that is meant.
    """

    def __init__(self, store_url: str, key: str, warehouse_id: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=store_url,
            headers={"Authorization": f"Bearer {key}", "Floorhand-Warehouse": warehouse_id},
            timeout=httpx.Timeout(120.0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(self, path: str, body: Json) -> Json:
        """Raises:
        ShiftTrouble: the store refused; the message holds what it said.
        """
        return self._read(await self._client.post(path, json=body), path)

    async def get(self, path: str) -> Json:
        return self._read(await self._client.get(path), path)

    async def import_rows(self, name: str, rows: list[Json]) -> None:
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        reply = await self._client.post(
            f"/v1/import/{name}",
            content=lines.encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
        self._read(reply, f"/v1/import/{name}")

    async def import_warehouse(self, warehouse: Warehouse) -> None:
        """Everything of one warehouse, in the order in which one thing needs another."""
        await self.post("/v1/warehouses", warehouse.warehouse)
        for name in ("products", "locations", "stock", "workers", "cartons", "totes"):
            await self.import_rows(name, getattr(warehouse, name))

    async def enrolment_code(self, station_kind: str, name: str) -> str:
        reply = await self.post("/v1/enrolments", {"station_kind": station_kind, "name": name})
        return str(reply["code"])

    @staticmethod
    def _read(reply: httpx.Response, path: str) -> Json:
        if reply.is_success:
            answer: Json = reply.json() if reply.content else {}
            return answer
        raise ShiftTrouble(f"The order store answered {reply.status_code} to {path}: {reply.text[:500]}")
