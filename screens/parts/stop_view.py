"""One stop of a walk: where to, what, how many, into which tote; and the end of the walk."""

from __future__ import annotations

from itertools import zip_longest

import flet as ft

from app.domain.picking import PickTask
from app.domain.products import Product
from app.domain.totes import ToteLoad
from app.domain.walk import Stage, Walk
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.bin_badge import bin_badge, groups
from screens.parts.slot_tag import slot_tag
from screens.parts.task_card import quantity, task_card
from screens.theme import BODY, HEADING, HERO, NAME, SMALL


def stop_view(
    look: Look, walk: Walk, task: PickTask, product: Product | None, *, camera: ft.Control | None = None
) -> ft.Control:
    """The stop that is worked now; with everything in the hand the tote is the largest thing to be seen.

    Args:
        camera: the button that opens it, where there is one.
    """
    to_tote = walk.stage is Stage.TOTE
    return ft.Column(
        expand=True,
        spacing=4 if look.low else 8,
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            _tote_hero(look, walk, task) if to_tote else _place(look, task),
            _thing(look, task, product, in_hand=to_tote),
            _how_many(look, walk, task, camera),
        ],
    )


def _place(look: Look, task: PickTask) -> ft.Control:
    zone, aisle, bay, level = ([*task.location_id.split("-"), "", "", ""])[:4]
    spoken = look.say("pick.spoken", aisle=_said(aisle), bay=_said(bay), level=_said(level)) if level else ""
    if task.skips:
        spoken = look.say("pick.skipped")
    return bin_badge(look, zone=zone, code=task.location_id, spoken=spoken)


def _said(part: str) -> str:
    """A number as it is spoken: without its leading zeros."""
    return part.lstrip("0") or part


def _tote_hero(look: Look, walk: Walk, task: PickTask) -> ft.Control:
    slot, load = walk.slot(task), walk.load_of(task.order_id)
    if load is None:
        said = look.body(look.say("pick.any_tote"), size=NAME, lines=1)
    else:
        hint = f"{look.say('pick.the_tote', tote=load.tote_id)} · {look.say('pick.full_hint')}"
        said = look.body(hint, size=SMALL if look.low else BODY, lines=2)
        said.text_align = ft.TextAlign.CENTER
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=14, vertical=6 if look.low else 12),
        content=ft.Column(
            spacing=0 if look.low else 6,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                slot_tag(look, slot[:1], slot[1:], size=HERO - 20 if look.low else HERO),
                said,
            ],
        ),
    )


def _thing(look: Look, task: PickTask, product: Product | None, *, in_hand: bool) -> ft.Control:
    lines = [look.say("pick.sku", sku=task.product_id)]
    if in_hand:
        # What it is was proved: the room is the tote's.
        lines = []
    elif task.lot:
        # Lot and day tell the right unit from its neighbour; a handset has no room for the SKU beside them.
        until = [look.say("pick.use_by", date=look.words.date(task.expires_on))] if task.expires_on else []
        lines = [look.say("pick.lot", lot=task.lot), *until]
    return task_card(
        look,
        name=product.name if product else task.product_id,
        lines=tuple(lines),
        product=product,
    )


def _how_many(look: Look, walk: Walk, task: PickTask, camera: ft.Control | None) -> ft.Control:
    slot = walk.slot(task)
    count = quantity(look, task.quantity_each - task.missing_each)
    tag = [] if walk.stage is Stage.TOTE else [slot_tag(look, slot[:1], slot[1:], size=_tag_size(look))]
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=4),
        content=ft.Row(
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[count, *([camera] if camera else []), *tag],
        ),
    )


def _tag_size(look: Look) -> int:
    return NAME if look.low else HEADING + 6


def seen_by_camera(look: Look, walk: Walk, task: PickTask, product: Product | None) -> ft.Control:
    """What is looked for, in few lines above the camera's picture."""
    slot = walk.slot(task)
    name = product.name if product else task.product_id
    first: dict[Stage, ft.Control] = {
        Stage.BIN: look.code(" · ".join(groups(task.location_id)), size=HEADING + 6),
        Stage.ITEM: look.body(name, size=BODY if look.low else NAME, bold=True, lines=2),
        Stage.TOTE: slot_tag(look, slot[:1], slot[1:], size=HEADING + 6),
    }
    left = look.say("place.each", count=task.left_each or task.in_hand_each)
    return ft.Column(
        spacing=2,
        tight=True,
        controls=[first[walk.stage], look.quiet(name if walk.stage is Stage.BIN else left, lines=1)],
    )


def all_done(look: Look, walk: Walk) -> ft.Control:
    """Every stop is settled: which totes go to packing, two beside each other, so that a whole cart is seen at once."""
    go = look.role(Role.GO)
    filled = sorted((load for load in walk.unfinished_loads if load.contents), key=lambda load: load.slot)
    mark = ft.Container(
        width=56,
        height=56,
        border_radius=28,
        bgcolor=go.ground,
        alignment=ft.Alignment.CENTER,
        content=ft.Icon(ft.Icons.CHECK, size=40, color=go.ink),
    )
    said = ft.Container(look.body(look.say("pick.all_done"), size=HEADING, bold=True, lines=2), expand=True)
    return ft.Column(
        expand=True,
        spacing=4 if look.low else 14,
        scroll=ft.ScrollMode.AUTO,
        alignment=ft.MainAxisAlignment.CENTER,
        controls=[
            *([] if look.low else [ft.Row(spacing=14, controls=[mark, said])]),
            look.quiet(look.say("pick.all_done_hint"), lines=3),
            *(
                ft.Row(spacing=8, controls=[ft.Container(_filled(look, load), expand=True) for load in pair])
                for pair in zip_longest(filled[::2], filled[1::2])
            ),
        ],
    )


def _filled(look: Look, load: ToteLoad | None) -> ft.Control:
    """A tote and what is in it; nothing where the last row has only one."""
    if load is None:
        return ft.Container()
    each = sum(content.quantity_each for content in load.contents)
    number = look.code(" ".join(groups(load.tote_id)), size=NAME)
    return ft.Row(
        spacing=10,
        controls=[
            slot_tag(look, load.slot[:1], load.slot[1:], size=NAME),
            ft.Column(tight=True, spacing=0, controls=[number, look.quiet(look.say("place.each", count=each))]),
        ],
    )
