"""How each printer of the station is: asked, remembered, and said once when it goes and once when it is back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from app.domain.printing import PrinterLamp, PrinterState
from app.ports import LabelPrinter

log = logging.getLogger(__name__)


class PrinterLamps:
    """One lamp a printer."""

    def __init__(self, printers: Mapping[str, LabelPrinter]) -> None:
        self._printers = printers
        self._states: dict[str, PrinterState] = {}
        self._listeners: list[Callable[[], None]] = []

    def lamp(self, printer_id: str) -> PrinterState:
        """How a printer was when it was last asked; MISSING when it never answered or is not one of this station's."""
        return self._states.get(printer_id) or PrinterState(printer_id=printer_id, lamp=PrinterLamp.MISSING)

    def on_lamp(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after a lamp changed; returns what ends it. Listeners must not raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def look(self, printer_id: str) -> PrinterState:
        """Ask a printer how it is; a change goes to the log and to the listeners."""
        now = await self._printers[printer_id].state()
        before = self._states.get(printer_id)
        self._states[printer_id] = now
        was_ready = before is None or before.lamp is PrinterLamp.READY
        is_ready = now.lamp is PrinterLamp.READY
        if was_ready and not is_ready:
            log.warning("printer_gone printer=%s reason=%s", printer_id, now.reason or now.lamp)
        elif is_ready and not was_ready:
            log.info("printer_back printer=%s", printer_id)
        if before is None or (before.lamp, before.reason) != (now.lamp, now.reason):
            for listener in list(self._listeners):
                listener()
        return now
