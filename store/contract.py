"""The OpenAPI description of the store, made true where FastAPI cannot know: what every refusal looks like, what a line
of a file holds, and examples that can be sent as they stand.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from store.access import STATION_TOKEN
from store.import_files import JSON_LINES
from store.imports import IMPORTABLE
from store.problems import REFS, REFUSAL

# What a refusal means to whoever reads the description, and a reason as the store gives it.
REFUSALS: dict[HTTPStatus, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "A key for every warehouse does not say which one it means.",
        "this key is for every warehouse: name one in the header Floorhand-Warehouse",
    ),
    HTTPStatus.UNAUTHORIZED: ("Nobody known: no key, a wrong one, a token that has run out.", "the token has run out"),
    HTTPStatus.FORBIDDEN: (
        "Known, and not for this: another role, warehouse, channel or station; or a station that was revoked.",
        "needs an administrator's key",
    ),
    HTTPStatus.NOT_FOUND: ("There is no such thing here.", "there is no such warehouse"),
    HTTPStatus.CONFLICT: (
        "It cannot be done as things stand; sending it again changes nothing.",
        "the reference is taken by an order with other content",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("The body is larger than the store takes.", "more than 8388608 bytes"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "The body is not of the type that is wanted, or is compressed.",
        "send the body as application/json",
    ),
    HTTPStatus.UPGRADE_REQUIRED: (
        "The station speaks another version of the wire: it keeps its queue until it is updated.",
        "this store speaks version 1 of the wire, the station 2",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many requests of this caller, or too many refused ones of this address: ask again after `Retry-After` "
        "seconds.",
        "too many requests",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "The store's own fault; it is in its log.",
        "the order store could not do that; it is logged",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Nothing of it was kept: send the same again after `Retry-After` seconds.",
        "the store could not write",
    ),
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "example": 1}}
_HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": {"schema": {"type": "string"}, "example": "Bearer"}},
    HTTPStatus.TOO_MANY_REQUESTS: _RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: _RETRY_AFTER,
}
_PROBLEMS = {
    "problems": [
        {"path": "lines[0].sku", "reason": "is no product of this warehouse"},
        {"path": "ship_to.country", "reason": "is no country of ISO 3166-1"},
    ]
}
_LINES: dict[str, str] = {
    "products": '{"sku": "SOCKS", "name": "Merino socks", "gtin": "9521234000006", "weight_g": 80, "length_mm": 200, '
    '"width_mm": 100, "height_mm": 30}\n',
    "locations": '{"location_id": "A-01-01-1", "zone": "A", "aisle": 1, "bay": 1, "level": 1, "x_mm": 0, "y_mm": 0}\n',
    "stock": '{"location_id": "A-01-01-1", "sku": "SOCKS", "quantity_each": 10}\n',
    "workers": '{"worker_id": "W01", "name": "Ada", "badge": "K7M2", "pin": "493817", "roles": ["picker"]}\n',
    "cartons": '{"carton_type_id": "BOX-S", "name": "Small", "length_mm": 300, "width_mm": 200, "height_mm": 100, '
    '"tare_weight_g": 90, "max_weight_g": 9000}\n',
    "totes": '{"tote_id": "T-01"}\n',
}


def install(service: FastAPI) -> None:
    """Let `service` describe itself so, at `/v1/openapi.json` and to its own page."""
    describe = service.openapi

    def openapi() -> dict[str, Any]:
        if service.openapi_schema is None:
            document = describe()
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(path, operation)
            _describe_files(document)
        return describe()

    service.openapi = openapi  # type: ignore[method-assign]


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Name the refusals that come from around an endpoint, and say all of them in words."""
    answers: dict[str, Any] = operation["responses"]
    schemes = {name for way in operation.get("security", ()) for name in way}
    around = []
    if "requestBody" in operation:
        around.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        around.append(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if STATION_TOKEN.scheme_name in schemes:
        around.append(HTTPStatus.FORBIDDEN)
    if STATION_TOKEN.scheme_name in schemes or path.startswith("/v1/stations"):
        around.append(HTTPStatus.UPGRADE_REQUIRED)
    for status in around:
        answers.setdefault(str(int(status)), {"content": {"application/json": {"schema": REFUSAL}}})
    for status, (meaning, reason) in REFUSALS.items():
        if (answer := answers.get(str(int(status)))) is not None:
            answer["description"] = meaning
            answer["content"]["application/json"]["example"] = {"reason": reason}
            if status in _HEADERS:
                answer["headers"] = _HEADERS[status]
    if (wrong := answers.get("422")) is not None:
        wrong["description"] = "What is wrong, all of it at once; nothing was taken."
        wrong["content"]["application/json"]["example"] = _PROBLEMS


def _describe_files(document: dict[str, Any]) -> None:
    """A line of each importable file, as a schema and as an example."""
    shapes: list[tuple[type[BaseModel], Any]] = [(each.shape, "validation") for each in IMPORTABLE.values()]
    _, described = models_json_schema(shapes, ref_template=REFS)
    document["components"]["schemas"] |= described["$defs"]
    operation = document["paths"]["/v1/import/{kind}"]["post"]
    named = "\n".join(f"* `{kind}`: `{each.shape.__name__}`" for kind, each in IMPORTABLE.items())
    operation["description"] += f"\n\nA line of each file is an object of the schema:\n\n{named}"
    operation["requestBody"]["content"][JSON_LINES]["examples"] = {
        kind: {"value": lines} for kind, lines in _LINES.items()
    }
