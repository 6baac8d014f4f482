"""Products from a file, and the codes by which they are scanned: a code belongs to one product."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from app.domain.products import Product
from store.changed_rows import put_changed
from store.desk import Desk
from store.import_lines import Lines, Numbered, ProductLine
from store.problems import LineProblem
from store.refused_lines import is_readable
from store.tables import codes


def keep_products(desk: Desk, lines: Lines) -> None:
    products = [each.said.row() for each in lines]
    put_changed(desk.book, products)
    _keep_codes(desk, products)


def _keep_codes(desk: Desk, products: list[Product]) -> None:
    here = codes.c.warehouse_id == desk.warehouse_id
    known = {
        code.code: (code.product_id, code.factor_each) for code in desk.connection.execute(select(codes).where(here))
    }
    wanted = {pack.code: (product.product_id, pack.factor_each) for product in products for pack in product.packs}
    of_these = {product.product_id for product in products}
    stale = [code for code, meant in known.items() if meant[0] in of_these and wanted.get(code) != meant]
    for code in stale:
        desk.connection.execute(delete(codes).where(here, codes.c.code == code))
    new = [
        {"warehouse_id": desk.warehouse_id, "code": code, "product_id": product_id, "factor_each": factor_each}
        for code, (product_id, factor_each) in wanted.items()
        if known.get(code) != (product_id, factor_each)
    ]
    if new:
        desk.connection.execute(insert(codes), new)


def problems_with_products(desk: Desk, lines: Lines) -> list[LineProblem]:
    """A code belongs to one product, whichever file it came with."""
    found = []
    in_file = {each.said.sku for each in lines}
    owners = {
        known.code: known.product_id
        for known in desk.connection.execute(select(codes).where(codes.c.warehouse_id == desk.warehouse_id))
        if known.product_id not in in_file
    }
    for each in lines:
        for path, code in _codes_of(each.said) if is_readable(each.said.sku) else ():
            owner = owners.setdefault(code, each.said.sku)
            if owner != each.said.sku:
                found.append(LineProblem(line=each.line, path=path, reason=f"is a code of the product {owner}"))
        found += _codes_twice(each)
    return found


def _codes_of(said: ProductLine) -> list[tuple[str, str]]:
    """Every code that can be read, and where it stands."""
    packs = [(f"packs[{index}].code", pack.code) for index, pack in enumerate(said.packs) if is_readable(pack)]
    return [(path, code) for path, code in (("gtin", said.gtin), *packs) if is_readable(code)]


def _codes_twice(each: Numbered[ProductLine]) -> list[LineProblem]:
    seen: set[str] = set()
    found = []
    for path, code in _codes_of(each.said):
        if code in seen:
            found.append(LineProblem(line=each.line, path=path, reason="stands here twice"))
        seen.add(code)
    return found
