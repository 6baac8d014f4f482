"""What stands on the demo's printable sheet: every code that a shift can need, with the words a person reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import zxingcpp

from app.domain.codes import CodeKind, Command, printed
from demo.warehouse import Warehouse

Json = dict[str, Any]
WORDS = Path(__file__).parent.parent / "assets" / "words"
LANGUAGES = ("en", "de")
HANDSET = "handset"
# Where a narrow key of a screen may break a word; a card has room.
SOFT_HYPHEN = "\u00ad"


class Drawn(Enum):
    """How a code is drawn."""

    CODE_128 = "Code128"
    EAN_13 = "EAN13"
    ITF_14 = "ITF"
    GS1_DATAMATRIX = "DataMatrix"
    QR_CODE = "QRCode"


SQUARE = frozenset({Drawn.GS1_DATAMATRIX, Drawn.QR_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One code on the sheet.

    Args:
        section: handset, badges, commands, totes, cartons, orders, bins, items, cases, returns.
        text: what the writer takes; `types` is what a scanner's keyboard then types.
    """

    section: str
    title: str
    note: str
    text: str
    types: str
    drawn: Drawn = Drawn.CODE_128

    @property
    def readable(self) -> str:
        """What a person can read of it, or type; the rest of an address is for the page alone."""
        return self.text.partition("#")[0] if self.drawn is Drawn.QR_CODE else self.text

    def barcode(self) -> zxingcpp.Barcode:
        options = {"gs1": True} if self.drawn is Drawn.GS1_DATAMATRIX else {}
        return zxingcpp.create_barcode(self.text, getattr(zxingcpp.BarcodeFormat, self.drawn.value), **options)


# What the screens call a command, by the key of their words; a worker looks for it in the language of the screen.
COMMAND_WORDS: dict[Command, tuple[str, str]] = {
    Command.GET_WORK: ("work", "get"),
    Command.SHORT_NONE: ("pick", "short_none"),
    Command.SHORT_FEWER: ("pick", "short_fewer"),
    Command.SHORT_DAMAGED: ("pick", "short_damaged"),
    Command.SHORT_WRONG_ITEM: ("pick", "short_wrong_item"),
    Command.SHORT_OUT_OF_REACH: ("pick", "short_out_of_reach"),
    Command.SHORT_EXPIRED: ("pick", "short_expired"),
    Command.SKIP: ("pick", "skip"),
    Command.UNDO: ("pick", "undo"),
    Command.FINISH: ("pick", "finish"),
    Command.OK: ("keypad", "ok"),
    Command.BACK: ("shell", "back"),
    Command.SIGN_OUT: ("sign_in", "sign_out"),
    Command.REPRINT: ("pack", "reprint"),
    Command.BLIND_RETURN: ("returns", "blind"),
}
COMMAND_NOTES: dict[Command, str] = {
    Command.GET_WORK: "lease the next picklist",
    Command.SHORT_NONE: "short: nothing is here; packing: missing",
    Command.SHORT_FEWER: "short: fewer than wanted; packing: missing",
    Command.SHORT_DAMAGED: "short, or in packing: damaged",
    Command.SHORT_WRONG_ITEM: "short: something else is here; packing: extra",
    Command.SHORT_OUT_OF_REACH: "short: out of reach",
    Command.SHORT_EXPIRED: "short: expired",
    Command.SKIP: "come back to this stop later; board: next page",
    Command.UNDO: "take the last step back",
    Command.FINISH: "list, carton or parcel done; in the hand: tote full",
    Command.OK: "yes, go on",
    Command.BACK: "no, back",
    Command.SIGN_OUT: "sign out",
    Command.REPRINT: "print this carton's label again",
    Command.BLIND_RETURN: "a parcel that nobody announced",
}


def cards(warehouse: Warehouse, orders: list[Json], parcels: list[Json]) -> list[Card]:
    """Every card of one warehouse.

    Args:
        orders: as `POST /v1/orders` takes them; each has a slip, for packing what the store does not know yet.
        parcels: announced returns, as `POST /v1/returns` takes them.
    """
    return [
        *_badges(warehouse),
        *_commands(),
        *_places(warehouse),
        *_items(warehouse),
        *(_slip(order) for order in orders),
        *(
            _own("returns", CodeKind.RETURN, parcel["rma"], f"RMA {parcel['rma']}", parcel["lines"][0]["reason"])
            for parcel in parcels
        ),
    ]


def handset_card(address: str, name: str, code: str) -> Card:
    """What makes a device a handset: the site's address, and behind its # what the page alone reads."""
    text = f"{address}#{urlencode({'name': name, 'code': code})}"
    return Card(
        section=HANDSET,
        title=f"Handset {name} · code {code}",
        note="open it once in the device's browser; good for a day",
        text=text,
        types=text,
        drawn=Drawn.QR_CODE,
    )


def _own(section: str, kind: CodeKind, value: str, title: str, note: str = "") -> Card:
    text = printed(kind, value)
    return Card(section=section, title=title, note=note, text=text, types=text)


def _slip(order: Json) -> Card:
    """It names what lies in the tote: by that it is found while nobody here knows yet what was picked into which."""
    reference, lines = order["external_reference"], order["lines"]
    note = ", ".join(f"{line['quantity_each']}×{line['sku']}" for line in lines)
    return _own("orders", CodeKind.ORDER, reference, f"{reference} · {order['channel']}", note)


def _badges(warehouse: Warehouse) -> Iterator[Card]:
    for worker in warehouse.workers:
        note = f"{', '.join(worker['roles'])} · PIN {worker['pin']}"
        yield _own("badges", CodeKind.BADGE, worker["badge"], worker["name"], note)


def _commands() -> Iterator[Card]:
    languages = [tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES]
    for command in Command:
        if command.digit is not None:
            title, note = str(command.digit), "digit"
        elif command.answer is not None:
            title, note = f"Answer {command.answer}", "an answer; on the board: a section"
        else:
            table, key = COMMAND_WORDS[command]
            # Once, where both say the same.
            said = (words[table][key].replace(SOFT_HYPHEN, "") for words in languages)
            title = " · ".join(dict.fromkeys(said))
            note = COMMAND_NOTES[command]
        yield _own("commands", CodeKind.COMMAND, command.value, title, note)


def _places(warehouse: Warehouse) -> Iterator[Card]:
    for tote in warehouse.totes:
        yield _own("totes", CodeKind.TOTE, tote["tote_id"], f"Tote {tote['tote_id']}")
    for carton in warehouse.cartons:
        size = "{length_mm} × {width_mm} × {height_mm} mm".format(**carton)
        yield _own("cartons", CodeKind.CARTON_TYPE, carton["carton_type_id"], carton["name"], size)
    filled: dict[str, str] = {line["location_id"]: line["sku"] for line in warehouse.stock}
    for place in warehouse.locations:
        note = filled.get(place["location_id"]) or ("empty" if place["kind"] == "bin" else str(place["kind"]))
        yield _own("bins", CodeKind.LOCATION, place["location_id"], place["location_id"], note)


def _items(warehouse: Warehouse) -> Iterator[Card]:
    products = {product["sku"]: product for product in warehouse.products}
    for product in warehouse.products:
        name, gtin = product["name"], product["gtin"]
        if not product["tracks_lot"]:
            yield Card(section="items", title=name, note=product["sku"], text=gtin, types=gtin, drawn=Drawn.EAN_13)
        for pack in product["packs"]:
            note = f"case of {pack['factor_each']} · {product['sku']}"
            code = pack["code"]
            yield Card(section="cases", title=name, note=note, text=code, types=code, drawn=Drawn.ITF_14)
    for line in warehouse.stock:
        if "lot" in line:
            product = products[line["sku"]]
            expires_on = date.fromisoformat(line["expires_on"])
            text = f"(01)0{product['gtin']}(17){expires_on:%y%m%d}(10){line['lot']}"
            note = f"{line['sku']} · lot {line['lot']} · exp {expires_on}"
            yield Card(
                section="items",
                title=product["name"],
                note=note,
                text=text,
                types="]d2" + text.replace("(", "").replace(")", ""),
                drawn=Drawn.GS1_DATAMATRIX,
            )
