"""The printer's lamp in words: how it is, and what to do when it does not print."""

from __future__ import annotations

import flet as ft

from app.domain.printing import PrinterLamp
from app.workflows.answers import Role
from screens.look import Look

_ICONS = {
    PrinterLamp.READY: ft.Icons.PRINT,
    PrinterLamp.PAPER_OUT: ft.Icons.RECEIPT_LONG,
    PrinterLamp.HEAD_OPEN: ft.Icons.LOCK_OPEN,
    PrinterLamp.BUSY: ft.Icons.HOURGLASS_TOP,
    PrinterLamp.SILENT: ft.Icons.QUESTION_MARK,
    PrinterLamp.MISSING: ft.Icons.PRINT_DISABLED,
}


def printer_lamp(look: Look, lamp: PrinterLamp) -> ft.Control:
    """One quiet line while it prints; on the colour of caution when somebody has to do something."""
    text = look.say(f"pack.lamp.{lamp}")
    if not lamp.needs_hand:
        dot = look.role(Role.GO if lamp is PrinterLamp.READY else Role.INFO)
        light: ft.Control = ft.Container(
            width=28,
            height=28,
            border_radius=14,
            bgcolor=dot.ground,
            alignment=ft.Alignment.CENTER,
            content=ft.Icon(_ICONS[lamp], size=18, color=dot.ink),
        )
        return ft.Row(spacing=10, tight=True, controls=[light, look.quiet(text, lines=1)])
    paint = look.role(Role.CAUTION)
    return ft.Container(
        bgcolor=paint.ground,
        border_radius=10,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        content=ft.Row(
            spacing=12,
            controls=[
                ft.Icon(_ICONS[lamp], size=28, color=paint.ink),
                ft.Container(look.body(text, bold=True, color=paint.ink, lines=4), expand=True),
            ],
        ),
    )
