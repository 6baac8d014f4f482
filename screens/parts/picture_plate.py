"""A product's picture in a square; on a light plate where the theme is dark, so that a navy shirt is still seen."""

from __future__ import annotations

import flet as ft

from app.domain.products import Product
from screens.look import Look
from screens.parts.product_picture import product_picture
from screens.theme import DAY


def picture_plate(look: Look, product: Product | None, side: int) -> ft.Control:
    """`side` dp square; a drawn box where there is no picture."""
    drawing = product_picture(product.picture) if product is not None else ""
    if not drawing:
        icon = ft.Icon(ft.Icons.INVENTORY_2, size=side * 0.6, color=look.theme.quiet)
        return ft.Container(icon, width=side, height=side, alignment=ft.Alignment.CENTER)
    inner = side * 0.84 if look.theme.dark else side
    return ft.Container(
        ft.Image(drawing, width=inner, height=inner, fit=ft.BoxFit.CONTAIN),
        width=side,
        height=side,
        alignment=ft.Alignment.CENTER,
        bgcolor=DAY.surface.ground if look.theme.dark else None,
        border_radius=10,
    )
