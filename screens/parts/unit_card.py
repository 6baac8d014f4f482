"""One line of an order on the packing bench: its picture, what is left of it, a tick when nothing is."""

from __future__ import annotations

import flet as ft

from app.workflows.answers import Role
from app.workflows.pack_step import LineCard
from screens.look import Look
from screens.parts.picture_plate import picture_plate
from screens.theme import HEADING, NAME, QUANTITY

PICTURE_DP = 96


def unit_card(look: Look, card: LineCard) -> ft.Control:
    """A large card; one that is done is quiet, smaller, and ticked."""
    done = card.left_each == 0
    small = [look.quiet(card.product_id, lines=1)]
    if card.lots and not done:
        small.append(look.quiet(look.say("pack.lot", lots=", ".join(card.lots)), lines=1))
    if card.short_each:
        small.append(look.body(look.say("pack.short", count=card.short_each), size=16, bold=True, lines=1))
    name = card.product.name if card.product is not None else card.product_id
    edge = look.theme.line if done else look.theme.accent.ground
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=12,
        border=ft.Border.all(look.theme.outline if done else look.theme.edge, edge),
        padding=ft.Padding.symmetric(horizontal=14, vertical=6 if done else 12),
        content=ft.Row(
            spacing=16,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                ft.Container(
                    picture_plate(look, card.product, PICTURE_DP // 2 if done else PICTURE_DP),
                    width=PICTURE_DP,
                    alignment=ft.Alignment.CENTER,
                ),
                ft.Column(
                    expand=True,
                    spacing=2,
                    controls=[look.body(name, size=NAME, bold=not done, lines=2), *small],
                ),
                _count(look, card),
            ],
        ),
    )


def _count(look: Look, card: LineCard) -> ft.Control:
    if card.left_each == 0:
        go, short = look.role(Role.GO), look.role(Role.SHORT)
        paint = go if card.packed_each else short
        return ft.Row(
            tight=True,
            spacing=10,
            controls=[
                look.code(str(card.packed_each), size=HEADING),
                ft.Container(
                    width=40,
                    height=40,
                    border_radius=20,
                    bgcolor=paint.ground,
                    alignment=ft.Alignment.CENTER,
                    content=ft.Icon(ft.Icons.CHECK if card.packed_each else ft.Icons.REMOVE, size=28, color=paint.ink),
                ),
            ],
        )
    of = card.packed_each + card.left_each
    counted = [look.quiet(look.say("pack.of_units", done=card.packed_each, of=of))] if of > 1 else []
    return ft.Column(
        tight=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.END,
        controls=[
            ft.Row(
                tight=True,
                spacing=6,
                controls=[
                    ft.Icon(ft.Icons.CLOSE, size=24, color=look.theme.quiet),
                    look.code(str(card.left_each), size=QUANTITY),
                ],
            ),
            *counted,
        ],
    )
