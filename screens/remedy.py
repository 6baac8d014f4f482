"""Something to put right, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import flet as ft

from app.domain.codes import Code, CodeKind, Command, identify
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, Remedy
from app.domain.scan import Scan
from app.errors import LeaseEnded
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.remedies import DIGITS_MAX, RemedyWork
from app.workflows.remedy_steps import Stage, Task
from screens.look import Look
from screens.parts.bin_badge import bin_badge
from screens.parts.empty_state import empty_state
from screens.parts.quantity_pad import DELETE, OK, Pad, quantity_pad
from screens.parts.task_card import quantity, task_card
from screens.screen import Action, Outcome, Screen
from screens.theme import GAP, HEADING
from screens.visit import Visit

TOLD = frozenset(
    {
        DiscrepancyKind.DOUBLE_PICK,
        DiscrepancyKind.ORDER_CANCELLED,
        DiscrepancyKind.NEGATIVE_STOCK,
        DiscrepancyKind.SHORT_PICK,
        DiscrepancyKind.PACK_EXTRA,
        DiscrepancyKind.PACK_MISSING,
        DiscrepancyKind.PACK_DAMAGED,
        DiscrepancyKind.BROUGHT_LATE,
    }
)
"""Kinds with a sentence of their own for the picker."""


NAMED_BY: Mapping[CodeKind, str] = {CodeKind.TOTE: "tote_id", CodeKind.LOCATION: "location_id"}
"""Codes that begin a remedy when they are scanned between two lists, and the fact that holds what they say."""

_SCANNED_AT: Mapping[CodeKind, Stage] = {CodeKind.TOTE: Stage.TOTE, CodeKind.LOCATION: Stage.BIN}


def place_of(row: Discrepancy) -> str:
    """Where one goes for it: the tote, else the bin; empty when neither is known."""
    facts = row.facts
    first = ("tote_id", "location_id") if row.remedy is Remedy.PUT_BACK else ("location_id", "tote_id")
    return next((facts[name] for name in first if facts.get(name)), "")


def named_by(code: Code, rows: Sequence[Discrepancy]) -> Discrepancy | None:
    """The remedy that a scanned bin or tote belongs to: one that is begun there before one that only names it."""
    name = NAMED_BY.get(code.kind)
    named = [row for row in rows if name is not None and row.facts.get(name) == code.value]
    return min(named, key=lambda row: place_of(row) != code.value, default=None)


class RemedyScreen(Screen):
    """One discrepancy; `after` makes the screen that comes when it is put right, or somebody else did it."""

    def __init__(self, visit: Visit, work: RemedyWork, after: Callable[[], Screen]) -> None:
        self._visit = visit
        self._work = work
        self._after = after
        self._pad = Pad(on_ok=lambda _digits: None, longest=DIGITS_MAX)

    @property
    def title(self) -> Sentence | str:
        row = self._row()
        return Sentence(f"remedy.{row.remedy}") if row else Sentence("work.title")

    def back(self) -> Screen | None:
        return self._after()

    def prompt(self, look: Look) -> Prompt | None:
        return self._work.prompt() if self._row() else None

    def actions(self) -> tuple[Action, ...]:
        row = self._row()
        if row is None:
            return ()
        if self._work.may_be_missing:
            return (Action(key="remedy.not_there", icon=ft.Icons.REMOVE_CIRCLE, on_tap=self._not_there),)
        if self._work.stage is not Stage.CONFIRM:
            return ()
        return (Action(key="keypad.ok", icon=ft.Icons.CHECK, on_tap=partial(self._press, OK), role=Role.GO),)

    def build(self, look: Look) -> ft.Control:
        row = self._row()
        if row is None:
            return empty_state(look, ft.Icons.CHECK_CIRCLE, look.say("remedy.gone"))
        task = self._work.task()
        why = look.say(f"remedy.why_{row.kind}" if row.kind in TOLD else "remedy.why_other")
        if self._work.stage is Stage.COUNT:
            self._pad.digits = self._work.typed
            return self._counting(look, task)
        return ft.Column(
            expand=True,
            spacing=4 if look.low else GAP,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                ft.Container(look.quiet(why, lines=2)),
                *self._where(look, task),
                *self._what(look, task),
            ],
        )

    def on_scan(self, scan: Scan) -> Outcome:
        elsewhere = self._visit.door.scanned(scan)
        if elsewhere is not None:
            return elsewhere
        command = identify(scan).command
        if command is Command.BACK:
            return self._press(DELETE) if self._work.typed else self.seat.go_back()
        if self._row() is None or command is Command.GET_WORK:
            screen = self._after()
            self.seat.show(screen)
            return screen.on_scan(scan)
        return self._judged(self._work.scan(scan))

    def begun_by(self, scan: Scan) -> Outcome:
        """Take the scan that opened this remedy where the first step asks for its kind; else it has only opened it."""
        return self.on_scan(scan) if _SCANNED_AT.get(identify(scan).kind) is self._work.stage else None

    def _counting(self, look: Look, task: Task) -> ft.Control:
        """Which bin, of what, and the pad; never how many there should be."""
        name = look.body(task.product.name if task.product else "", lines=1 if look.low else 2)
        name.text_align = ft.TextAlign.CENTER
        counted = ft.Column(
            tight=True,
            spacing=2 if look.low else GAP,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                look.code(task.location_id or task.tote_id, size=HEADING),
                name,
                quantity_pad(look, self._pad, self._tap),
            ],
        )
        return ft.Container(expand=True, alignment=ft.Alignment.CENTER, content=counted)

    def _where(self, look: Look, task: Task) -> list[ft.Control]:
        if self._work.stage is Stage.TOTE or (self._work.stage is Stage.CONFIRM and task.tote_id):
            return [task_card(look, name=look.say("pick.the_tote", tote=task.tote_id))]
        carton = self._work.row().facts.get("carton")
        if self._work.stage is Stage.ITEM and carton:
            return [task_card(look, name=look.say("remedy.the_carton", number=carton))]
        if not task.location_id:
            return []
        return [bin_badge(look, zone=task.location_id[:1], code=task.location_id)]

    def _what(self, look: Look, task: Task) -> list[ft.Control]:
        product = task.product
        if product is None:
            return []
        told = look.say("pick.lot", lot=task.lot) if task.lot else look.say("pick.sku", sku=product.product_id)
        card = task_card(look, name=product.name, lines=(told,), product=product)
        return [card] if task.remedy is Remedy.RECOUNT else [card, quantity(look, task.quantity_each)]

    def _tap(self, key: str) -> None:
        self.seat.tap(f"pad-{key}-{len(self._work.typed)}", partial(self._press, key))

    def _press(self, key: str) -> Answer | None:
        if key == OK:
            return self._judged(self._work.ok())
        if key == DELETE:
            self._work.typed = self._work.typed[:-1]
        else:
            self._work.digit(int(key))
        return None

    def _not_there(self) -> Answer:
        return self._judged(self._work.not_there())

    def _judged(self, answer: Answer) -> Answer:
        if self._row() is None:
            self.seat.show(self._after())
        return answer

    def _row(self) -> Discrepancy | None:
        try:
            return self._work.row()
        except LeaseEnded:
            return None
