"""The panels beside the units: which carton, what it should weigh, its label and the printer."""

from __future__ import annotations

import flet as ft

from app.domain.printing import PrinterLamp, PrintJob, PrintState, as_told
from app.errors import LabelFault
from app.workflows.answers import Role
from app.workflows.pack_step import PackStep, PackView
from screens.look import Look
from screens.parts.panel import panel
from screens.parts.printer_lamp import printer_lamp
from screens.parts.weight_bar import weight_bar
from screens.theme import HERO, NAME, QUANTITY

LABEL_RATIO = 6 / 4
_WEIGHED_NOW = frozenset({PackStep.WEIGHT, PackStep.RECHECK, PackStep.SUPERVISOR, PackStep.REASON})


def carton_panel(look: Look, view: PackView) -> ft.Control:
    """The proposed carton, or the one that was taken."""
    box = view.confirmed or view.proposed
    taken = view.confirmed is not None
    title = look.say("pack.carton")
    edge = look.theme.accent.ground if view.step is PackStep.CARTON else ""
    if box is None:
        return panel(look, title, [look.body(look.say("pack.no_cartons"))], icon=ft.Icons.INVENTORY_2, edge=edge)
    paint = look.role(Role.GO if taken else Role.INFO)
    chip = ft.Container(
        bgcolor=paint.ground,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=10, vertical=3),
        content=look.body(
            look.say("pack.carton_confirmed" if taken else "pack.carton_proposed"), size=16, bold=True, color=paint.ink
        ),
    )
    size = look.say("pack.carton_size", length=box.length_mm, width=box.width_mm, height=box.height_mm)
    lines: list[ft.Control] = [
        look.code(box.name, size=QUANTITY if len(box.name) <= 8 else NAME),
        look.quiet(size, lines=2),
    ]
    if not view.one_carton and not taken:
        lines.append(look.body(look.say("pack.more_than_one"), bold=True, lines=2))
    return panel(look, title, lines, icon=ft.Icons.INVENTORY_2, trailing=chip, edge=edge)


def weight_panel(look: Look, view: PackView, width: float) -> ft.Control:
    """Expected ± tolerance, and a needle that follows what is typed; `width` of the bar in dp."""
    title = look.say("pack.weight")
    edge = look.theme.accent.ground if view.step in _WEIGHED_NOW else ""
    if view.expected_weight_g is None:
        hint = look.quiet(look.say("pack.weight_after_carton"), lines=2)
        return panel(look, title, [hint], icon=ft.Icons.SCALE, edge=edge)
    wanted = look.say("pack.weight_wanted", expected=view.expected_weight_g, tolerance=view.tolerance_g)
    bar = weight_bar(
        look,
        expected_g=view.expected_weight_g,
        tolerance_g=view.tolerance_g,
        typed_g=int(view.typed) if view.typed else view.weighed_g,
        width=width,
    )
    told = view.weighed_g is not None and not view.typed
    weighed = [look.body(look.say("pack.weighed", grams=view.weighed_g), bold=True)] if told else []
    return panel(look, title, [look.code(wanted, size=NAME), bar, *weighed], icon=ft.Icons.SCALE, edge=edge)


def label_panel(
    look: Look, view: PackView, preview: bytes | LabelFault | None, lamp: PrinterLamp, *, height: float, width: float
) -> ft.Control:
    """The bitmap that prints, what has become of its job, and the printer.

    Args:
        preview: PNG, or why it cannot be drawn; None while there is no label.
        height: of the preview, in dp; in a narrow panel it stands below the words.
        width: of the panel, in dp.
    """
    title = look.say("pack.label")
    if preview is None or view.job is None:
        waits = {PackStep.ADDRESS: "pack.label_no_address", PackStep.NUMBER: "pack.label_no_number"}
        paper = look.quiet(look.say(waits.get(view.step, "pack.label_waits")), lines=2)
        return panel(look, title, [paper, printer_lamp(look, lamp)], icon=ft.Icons.LABEL)
    fault = preview if isinstance(preview, LabelFault) else fault_of(view.job)
    state = PrintState.FAILED if fault else as_told(view.job.state, lamp)
    told: list[ft.Control] = [look.body(look.say(f"pack.job.{state}"), size=NAME, bold=True, lines=3)]
    if fault:
        told.append(look.body(look.say(f"pack.fault.{fault}")))
    said: list[ft.Control] = [ft.Column(spacing=6, controls=told), printer_lamp(look, lamp)]
    picture: list[ft.Control] = []
    if isinstance(preview, bytes) and not fault:
        image = ft.Image(preview, height=height, width=height / LABEL_RATIO, fit=ft.BoxFit.CONTAIN)
        line = ft.Border.all(1, look.theme.line)
        picture = [ft.Container(image, bgcolor="#ffffff", border=line, border_radius=6, padding=4)]
    edge = look.theme.accent.ground
    if height / LABEL_RATIO > width / 2:
        return panel(look, title, [*said, ft.Row(picture)], icon=ft.Icons.LABEL, edge=edge)
    number = view.carton.number if view.carton is not None else 0
    carton: list[ft.Control] = [look.quiet(look.say("pack.carton")), look.code(str(number), size=HERO)]
    beside = ft.Column(expand=True, spacing=12, controls=[*carton, *said])
    row = ft.Row(spacing=18, vertical_alignment=ft.CrossAxisAlignment.START, controls=[*picture, beside])
    return panel(look, title, [row], icon=ft.Icons.LABEL, edge=edge)


def fault_of(job: PrintJob) -> LabelFault | None:
    """Why a label could not be made; None where it could."""
    if job.state is not PrintState.FAILED:
        return None
    return next((fault for fault in LabelFault if fault == job.reason), LabelFault.PROGRAM)
