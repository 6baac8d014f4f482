"""Stations' pushes as bytes on sockets, so that whoever sends costs little and only the store is measured."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Args:
    took_s: of each request, from its first byte to the answer's last.
    """

    wall_s: float
    took_s: list[float]

    def took_ms(self, part: float) -> float:
        """The time that this part of all requests was answered in."""
        ordered = sorted(self.took_s)
        return round(1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1)


def push_request(url: str, station_id: str, token: str, texts: Sequence[str]) -> bytes:
    """The bytes of `POST /v1/facts`."""
    body = json.dumps({"station_id": station_id, "facts": list(texts)}, separators=(",", ":")).encode()
    lines = (
        "POST /v1/facts HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"Authorization: Bearer {token}",
        f"{PROTOCOL_HEADER}: {PROTOCOL_VERSION}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


async def send(url: str, queues: Sequence[Sequence[bytes]], *, requests_a_second: float | None = None) -> Sent:
    """Send every queue over a connection of its own, one request after the other.

    Args:
        requests_a_second: over all queues; each sends as soon as it is answered when None.

    Raises:
        AssertionError: an answer that is not 200.
    """
    began_s = time.perf_counter()
    gap_s = len(queues) / requests_a_second if requests_a_second else 0.0
    lanes = (_lane(url, queue, gap_s, began_s + gap_s * place / len(queues)) for place, queue in enumerate(queues))
    took_s = await asyncio.gather(*lanes)
    return Sent(wall_s=time.perf_counter() - began_s, took_s=[one for lane in took_s for one in lane])


async def _lane(url: str, queue: Sequence[bytes], gap_s: float, first_s: float) -> list[float]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    took_s = []
    for place, request in enumerate(queue):
        due_s = first_s + place * gap_s
        if gap_s and (early_s := due_s - time.perf_counter()) > 0:
            await asyncio.sleep(early_s)
        # Whoever was held up by the answer before counts that too: the scan was made when it was due.
        began_s = due_s if gap_s else time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line for line in head.lower().split("\r\n") if line.startswith("content-length:"))
        answer = await reader.readexactly(int(length.partition(":")[2]))
        assert head.startswith("HTTP/1.1 200"), (head, answer)
        took_s.append(time.perf_counter() - began_s)
    writer.close()
    return took_s
