"""What one line of each importable file holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from app.domain.cartons import CartonType
from app.domain.locations import Location, LocationKind
from app.domain.products import Pack, Product
from app.domain.totes import Tote
from app.domain.workers import Role, Worker
from store.fields import (
    STRICT,
    Amount,
    Badge,
    CheckDigits,
    Count,
    CountOrNone,
    Day,
    Flag,
    Gtin,
    Id,
    Lot,
    PackCode,
    PictureName,
    Pin,
    PinHash,
    Place,
    Serial,
    Size,
    Words,
)
from store.refused_lines import is_readable

L = TypeVar("L", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered(Generic[L]):
    """A line that is right in itself, or as far as it is, and where it stands in its file."""

    line: int
    said: L


Lines = Sequence[Numbered[Any]]
"""The lines of one file, all of the kind that its name says."""


class Line(BaseModel):
    """Args:
    named_by: the fields that tell a line from the others of its file.
    """

    model_config = STRICT
    named_by: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> tuple[Any, ...] | None:
        """None when it cannot be read."""
        key = tuple(getattr(self, name) for name in self.named_by)
        return key if is_readable(*key) else None


class PackLine(BaseModel):
    model_config = STRICT

    code: PackCode
    factor_each: Count


class ProductLine(Line):
    """A product; `gtin` is the base unit's code, `packs` are cases, pallets and aliases."""

    named_by = ("sku",)

    sku: Id
    name: Words
    category: Id = "general"
    gtin: Gtin
    packs: Annotated[list[PackLine], Field(max_length=50)] = []
    weight_g: Amount
    length_mm: Size
    width_mm: Size
    height_mm: Size
    tracks_lot: Flag = False
    tracks_serial: Flag = False
    picture: PictureName = ""

    def row(self) -> Product:
        packs = (Pack(code=pack.code, factor_each=pack.factor_each) for pack in self.packs)
        return Product(
            product_id=self.sku,
            name=self.name,
            packs=(Pack(code=self.gtin), *packs),
            weight_g=self.weight_g,
            length_mm=self.length_mm,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            tracks_lot=self.tracks_lot,
            tracks_serial=self.tracks_serial,
            category=self.category,
            picture=self.picture,
        )


class LocationLine(Line):
    named_by = ("location_id",)

    location_id: Id
    zone: Id
    aisle: Amount
    bay: Amount
    level: Amount
    x_mm: Place
    y_mm: Place
    block: Amount = 1
    kind: LocationKind = LocationKind.BIN
    check_digits: CheckDigits = ""

    def row(self) -> Location:
        return Location(**dict(self))


class StockLine(Line):
    """How many units of a product, and of a lot of it, are at a place: the whole of them, as after a count.

    Args:
        expires_on: the lot's day; without one it stays as it is known.
    """

    named_by = ("location_id", "sku", "lot")

    location_id: Id
    sku: Id
    quantity_each: CountOrNone
    lot: Lot | None = None
    expires_on: Day | None = None
    serials: Annotated[list[Serial], Field(max_length=10_000)] = []

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.expires_on is not None and self.lot is None:
            raise ValueError("a day without a lot")
        if len(set(self.serials)) < len(self.serials):
            raise ValueError("a serial number twice")
        if self.serials and len(self.serials) != self.quantity_each:
            raise ValueError(f"{len(self.serials)} serial numbers for {self.quantity_each} units")
        return self


class WorkerLine(Line):
    """A person; the PIN is hashed before it is kept. Whoever has hashed it already sends `pin_hash`.

    Somebody who is not `active` any more has left: no station lets them in as soon as it knows, their badge is free,
    and the lists that they hold become work for the supervisor. What they did stays theirs.
    """

    named_by = ("worker_id",)

    worker_id: Id
    name: Words
    badge: Badge
    pin: Pin | None = None
    pin_hash: PinHash | None = None
    roles: Annotated[list[Role], Field(min_length=1)]
    language: Annotated[str, Field(strict=True, pattern=r"^[a-z]{2}$")] = "en"
    left_handed: Flag = False
    active: Flag = True

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.active and (self.pin is None) == (self.pin_hash is None):
            raise ValueError("wanted either pin or pin_hash")
        return self

    def row(self) -> Worker:
        """The person, once the PIN is hashed."""
        assert self.pin_hash is not None
        return Worker(
            worker_id=self.worker_id,
            name=self.name,
            badge=self.badge,
            pin_hash=self.pin_hash,
            roles=frozenset(self.roles),
            language=self.language,
            left_handed=self.left_handed,
        )


class CartonTypeLine(Line):
    named_by = ("carton_type_id",)

    carton_type_id: Id
    name: Words
    length_mm: Size
    width_mm: Size
    height_mm: Size
    tare_weight_g: Amount
    max_weight_g: Size

    def row(self) -> CartonType:
        return CartonType(**dict(self))


class ToteLine(Line):
    named_by = ("tote_id",)

    tote_id: Id

    def row(self) -> Tote:
        return Tote(tote_id=self.tote_id)
