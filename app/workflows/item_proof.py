"""Proof that the right thing is in the hand: product, and lot or serial where tracked, in one code or in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.codes import Code, CodeKind
from app.domain.products import Product
from app.errors import LotExpired, UnknownCode, WrongItem, WrongLot, WrongStep
from app.ports import CodeHit, View


class Missing(StrEnum):
    """What the codes that were scanned so far do not say."""

    ITEM = "item"
    LOT = "lot"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the hand should hold: a product, and the lot that is reserved where lots are tracked."""

    product: Product
    lot: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the codes of one unit (or one case) have said so far.

    Args:
        factor_each: base units in what was scanned; 0 as long as no item was.
    """

    factor_each: int = 0
    lot: str | None = None
    serial: str | None = None

    def missing(self, product: Product) -> Missing | None:
        if not self.factor_each:
            return Missing.ITEM
        if product.tracks_lot and self.lot is None:
            return Missing.LOT
        return Missing.SERIAL if product.tracks_serial and self.serial is None else None

    def with_code(self, code: Code, wanted: Wanted, view: View, today: date) -> Proof:
        """This proof with one more code. Never guesses: what a code does not say stays missing.

        Raises:
            UnknownCode, WrongItem, WrongLot, LotExpired: by what the code says.
            WrongStep: a code of another kind.
        """
        product, missing = wanted.product, self.missing(wanted.product)
        hit = _hit(code, view)
        if hit is None and code.kind is CodeKind.OTHER and missing in (Missing.LOT, Missing.SERIAL):
            # A lot or a serial that is printed without GS1's brackets.
            told = replace(self, lot=code.value) if missing is Missing.LOT else replace(self, serial=code.value)
            return self._checked(told, wanted, None, today)
        if code.kind is CodeKind.ITEM_DETAIL and (product.tracks_lot or product.tracks_serial):
            more = replace(self, lot=code.lot or self.lot, serial=code.serial or self.serial)
            return self._checked(more, wanted, code.expires_on, today)
        if code.kind not in (CodeKind.ITEM, CodeKind.OTHER):
            raise WrongStep(product.name, code.value)
        if hit is None:
            raise UnknownCode(product.name, code.raw)
        if hit.product_id != product.product_id:
            other = view.get(Product, hit.product_id)
            raise WrongItem(product.name, other.name if other else hit.product_id)
        # A second unit's code begins a proof of its own, unless the detail was scanned first.
        before = self if missing is Missing.ITEM else Proof()
        more = Proof(factor_each=hit.each_of(code), lot=code.lot or before.lot, serial=code.serial or before.serial)
        return self._checked(more, wanted, code.expires_on, today)

    @staticmethod
    def _checked(proof: Proof, wanted: Wanted, expires_on: date | None, today: date) -> Proof:
        if not wanted.product.tracks_lot:
            proof = replace(proof, lot=None)
        if not wanted.product.tracks_serial:
            proof = replace(proof, serial=None)
        if proof.lot is not None and wanted.lot is not None and proof.lot != wanted.lot:
            raise WrongLot(wanted.lot, proof.lot)
        last_day = expires_on or (wanted.expires_on if proof.lot is not None else None)
        if last_day is not None and last_day < today:
            raise LotExpired("", proof.lot or wanted.lot or last_day.isoformat())
        return proof


def _hit(code: Code, view: View) -> CodeHit | None:
    """What the catalogue knows of an item's code; anything else is not looked up."""
    if code.kind is CodeKind.ITEM:
        return view.find_code(code.gtin or code.value)
    return view.find_code(code.value) if code.kind is CodeKind.OTHER else None
