"""What is in a parcel: what was announced and how much of it came; each unit that is out, and where it stands."""

from __future__ import annotations

import flet as ft

from app.domain.products import Product
from app.domain.returns import ItemState, ReturnItem
from app.workflows.answers import Role
from app.workflows.returns_step import AnnouncedCard, ReturnView
from screens.look import Look
from screens.parts.disposition_card import disposition_chip
from screens.parts.panel import panel
from screens.parts.picture_plate import picture_plate
from screens.theme import BODY, NAME

PICTURE_DP = 64


def announced_panel(look: Look, view: ReturnView) -> ft.Control:
    rows = [_announced(look, card) for card in view.announced]
    nothing = look.quiet(look.say("returns.nothing_announced"))
    return panel(look, look.say("returns.announced"), rows or [nothing], icon=ft.Icons.MARK_EMAIL_READ)


def units_panel(look: Look, view: ReturnView) -> ft.Control:
    """Units out of the parcel, newest first; the one in the hand is outlined."""
    hand = view.hand.item_id if view.hand is not None else ""
    rows = [_unit(look, item, product, in_hand=item.item_id == hand) for item, product in reversed(view.items)]
    nothing = look.quiet(look.say("returns.nothing_yet"))
    return panel(look, look.say("returns.on_bench"), rows or [nothing], icon=ft.Icons.UNARCHIVE)


def _announced(look: Look, card: AnnouncedCard) -> ft.Control:
    done = card.come_each >= card.announced_each
    reason = [look.quiet(look.say("returns.said", reason=card.reason), lines=1)] if card.reason else []
    count = look.say("returns.come_of", done=card.come_each, of=card.announced_each)
    tick = [ft.Icon(ft.Icons.CHECK_CIRCLE, size=28, color=look.role(Role.GO).ground)] if done else []
    return ft.Row(
        spacing=12,
        controls=[
            picture_plate(look, card.product, PICTURE_DP),
            ft.Column(
                expand=True,
                spacing=0,
                controls=[
                    look.body(card.product.name if card.product else card.product_id, size=NAME, bold=True, lines=1),
                    *reason,
                ],
            ),
            look.body(count, size=NAME, bold=True),
            *tick,
        ],
    )


def _unit(look: Look, item: ReturnItem, product: Product | None, *, in_hand: bool) -> ft.Control:
    where = item.location_id or look.say(f"returns.state.{item.state}")
    small = [where] if item.declared else [where, look.say("returns.not_announced")]
    chip = [disposition_chip(look, item.disposition)] if item.disposition is not None else []
    put_away = item.state is ItemState.PUT_AWAY
    tick = [ft.Icon(ft.Icons.CHECK_CIRCLE, size=28, color=look.role(Role.GO).ground)] if put_away else []
    return ft.Container(
        border_radius=10,
        border=ft.Border.all(2, look.theme.accent.ground) if in_hand else None,
        padding=ft.Padding.symmetric(horizontal=8, vertical=4),
        content=ft.Row(
            spacing=12,
            controls=[
                picture_plate(look, product, 44),
                ft.Column(
                    expand=True,
                    spacing=0,
                    controls=[
                        look.body(product.name if product else item.product_id, size=BODY, bold=True, lines=1),
                        look.quiet(" · ".join(small), lines=1),
                    ],
                ),
                *chip,
                *tick,
            ],
        ),
    )
