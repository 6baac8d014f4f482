"""The control page of a shift: switch the store and the printer's faults, see every label, print the sheet."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from demo.cards import HANDSET, Card
from demo.processes import Child, ShiftTrouble
from demo.sheet import SECTIONS, sheet_page, sheet_pdf
from devices.label_shelf import PrintedLabel
from devices.simulated_printer import COUNTED_FAULTS, Fault, SimulatedPrinter

LABELS_ON_THE_PAGE = 24
COUNT = re.compile(r"[0-9]{1,9}")
# fault → without it, the switch that brings it; with it, the switch that ends it
FAULT_WORDS: dict[Fault, tuple[str, str, str, str]] = {
    Fault.OFF: ("It is on.", "Switch it off", "It is off.", "Switch it on"),
    Fault.PAPER_OUT: ("It has paper.", "Take the paper away", "It is out of paper.", "Load a roll"),
    Fault.HEAD_OPEN: ("Its head is shut.", "Open the head", "Its head is open.", "Shut the head"),
    Fault.SILENT: ("It listens.", "Make it deaf", "It hears and says nothing.", "Let it listen"),
    Fault.SLOW: ("It is quick.", "Slow it down", "It is slow.", "Let it be quick"),
    Fault.GARBAGE: ("It makes sense.", "Let it talk nonsense", "It talks nonsense.", "Let it make sense"),
}
BREAK_WORDS: dict[Fault, str] = {
    Fault.RESET_AT_BYTE: "Reset connections there",
    Fault.CLOSE_AT_BYTE: "Close connections there",
}
# What happened is there by itself, but nobody's typing is taken away.
FOLLOW = """<script>
const shown = JSON.stringify(%s);
setInterval(async () => {
  const now = await fetch("/state").then((reply) => reply.json()).catch(() => null);
  if (now && JSON.stringify(now) !== shown && document.activeElement.tagName !== "INPUT") location.reload();
}, 1000);
</script>"""


class Shift(Protocol):
    """What the page needs of a running shift."""

    @property
    def printer(self) -> SimulatedPrinter: ...

    @property
    def store(self) -> Child: ...

    @property
    def addresses(self) -> Mapping[str, str]: ...

    @property
    def cards(self) -> list[Card]: ...

    async def handset_cards(self) -> list[Card]: ...


def control_page(shift: Shift, *, font_dir: Path) -> FastAPI:
    """The page and its JSON: `GET /labels`, `POST /store/{on|off|kill}`, `POST /printer/{fault}` (`value=on|off|7`)."""
    page = FastAPI(title="Floorhand: control page of the demo", docs_url=None, redoc_url=None)
    store_moves: dict[str, Callable[[], Awaitable[None]]] = {
        "on": shift.store.start,
        "off": shift.store.stop,
        "kill": shift.store.kill,
    }

    @page.middleware("http")
    async def refuse_strangers(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """A page of somebody else's, open in the same browser, must not switch anything here."""
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return Response("Not from here.\n", status_code=403, media_type="text/plain")
        return await go_on(request)

    @page.get("/", response_class=HTMLResponse)
    def show() -> str:
        return _page(shift)

    @page.get("/page.css")
    def css() -> Response:
        return Response((Path(__file__).parent / "page.css").read_text(), media_type="text/css")

    @page.get("/labels", response_model=None)
    def labels() -> list[PrintedLabel]:
        """Every printed label, oldest first, with what decodes on it."""
        return shift.printer.labels()

    @page.get("/labels/{label_id}.png")
    def picture(label_id: str) -> Response:
        png = shift.printer.png(label_id)
        if png is None:
            raise HTTPException(404, "There is no such label.")
        return Response(png, media_type="image/png")

    @page.get("/state")
    def state() -> dict[str, Any]:
        return _state(shift)

    @page.post("/store/{move}")
    async def switch_store(move: str) -> Response:
        if move not in store_moves:
            raise HTTPException(404, f"The store can be switched {', '.join(store_moves)}.")
        try:
            await store_moves[move]()
        except ShiftTrouble as trouble:
            raise HTTPException(503, str(trouble)) from None
        return RedirectResponse("/", status_code=303)

    @page.post("/printer/{fault}")
    async def switch_fault(fault: str, request: Request) -> Response:
        value = parse_qs((await request.body()).decode(errors="replace")).get("value", ["on"])[0]
        if fault not in set(Fault):
            raise HTTPException(404, f"The printer's faults are {', '.join(Fault)}.")
        number = int(value) if COUNT.fullmatch(value) else None
        if value not in ("on", "off") and number is None:
            raise HTTPException(422, "A fault is switched on, off, or to a number of bytes.")
        await shift.printer.set_fault(fault, value == "on" if number is None else number)
        return RedirectResponse("/", status_code=303)

    @page.get("/sheet", response_class=HTMLResponse)
    async def sheet(section: str = "badges", search: str = "") -> str:
        handsets = await shift.handset_cards() if section == HANDSET and not search else []
        return sheet_page([*handsets, *shift.cards], section if section in SECTIONS else "badges", search)

    @page.get("/sheet.pdf")
    async def pdf() -> Response:
        cards = [*await shift.handset_cards(), *shift.cards]
        # Drawing takes a second, and whoever waits for a switch does not wait for it.
        drawn = await asyncio.to_thread(sheet_pdf, cards, str(font_dir))
        return Response(drawn, media_type="application/pdf")

    return page


def _state(shift: Shift) -> dict[str, Any]:
    labels = len(shift.printer.labels())
    return {"store_running": shift.store.running, "printer_faults": shift.printer.faults, "labels": labels}


def _page(shift: Shift) -> str:
    # Before the rest: what changes while the page is written is found out by the page itself.
    state = _state(shift)
    labels = shift.printer.labels()
    addresses = "".join(
        f"<li>{_link(name, url)} <code>{escape(url)}</code></li>" for name, url in shift.addresses.items()
    )
    newest = "".join(
        f'<figure><a href="/labels/{label["label_id"]}.png"><img src="/labels/{label["label_id"]}.png" alt="label"></a>'
        f"<figcaption>{escape(', '.join(code['text'] for code in label['decoded']) or 'no code')}</figcaption></figure>"
        for label in reversed(labels[-LABELS_ON_THE_PAGE:])
    )
    faults = "".join(_fault_form(fault, shift.printer.faults[fault]) for fault in Fault)
    runs = shift.store.running
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Floorhand: control page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css">
<body><header><h1>Floorhand: a shift</h1><nav><a href="/sheet">Printable sheet</a> <a href="/sheet.pdf">as PDF</a>
<a href="/labels">Labels as JSON</a></nav></header><main>
<section><h2>Where everything is</h2><ul>{addresses}</ul></section>
<section><h2>Order store</h2><p class="{"go" if runs else "wrong"}">{"It runs." if runs else "It is off."}</p>
{_button("/store/on", "Start")}{_button("/store/off", "Stop")}{_button("/store/kill", "Cut its power")}</section>
<section><h2>Printer</h2>{faults}</section>
<section class="wide"><h2>Labels ({len(labels)})</h2><div class="labels">{newest or "<p>None yet.</p>"}</div></section>
</main>{FOLLOW % json.dumps(state)}</body></html>"""


def _button(action: str, words: str, value: str = "on") -> str:
    hidden = f'<input type="hidden" name="value" value="{value}">'
    return f'<form class="switch" method="post" action="{action}">{hidden}<button>{escape(words)}</button></form>'


def _link(name: str, url: str) -> str:
    return f'<a href="{escape(url)}">{escape(name)}</a>' if url.startswith("http") else escape(name)


def _fault_form(fault: Fault, now: bool | int) -> str:
    action = f"/printer/{fault}"
    if fault in COUNTED_FAULTS:
        at = "" if now is False else str(now)
        field = f'<input name="value" inputmode="numeric" pattern="[0-9]+" value="{at}" placeholder="byte" required>'
        button = f"<button>{BREAK_WORDS[fault]}</button>"
        start = f'<form class="switch" method="post" action="{action}">{field}{button}</form>'
        return f"<div>{start}{_button(action, 'No more', 'off') if now is not False else ''}</div>"
    well, bring, ill, end = FAULT_WORDS[fault]
    if now:
        return f'<div><span class="wrong">{ill}</span>{_button(action, end, "off")}</div>'
    return f'<div><span class="go">{well}</span>{_button(action, bring)}</div>'
