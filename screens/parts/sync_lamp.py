"""The lamp of the top bar: is the store there, and how many facts wait to be sent."""

from __future__ import annotations

import flet as ft

from app.ports import Link
from app.workflows.answers import Role
from screens.look import Look
from screens.theme import CODES_BOLD, SMALL

ICONS: dict[Link, ft.IconData] = {
    Link.ONLINE: ft.Icons.CLOUD_UPLOAD,
    Link.OFFLINE: ft.Icons.CLOUD_OFF,
    Link.TOO_OLD: ft.Icons.SYSTEM_UPDATE,
    Link.REFUSED: ft.Icons.BLOCK,
    Link.CLOCK_WRONG: ft.Icons.EDIT_CALENDAR,
}


def sync_lamp(look: Look, link: Link, owed: int, since: str = "") -> ft.Control:
    """A cloud and the count of owed facts: ticked when nothing is owed, on a caution ground away from the store."""
    bar, caution = look.theme.bar, look.role(Role.CAUTION)
    paint = bar if link is Link.ONLINE else caution
    icon = ft.Icons.CLOUD_DONE if link is Link.ONLINE and not owed else ICONS[link]
    spoken = f"{look.say(f'lamp.{link}', since=since)}, {look.say('lamp.owed', count=owed)}"
    return ft.Semantics(
        label=spoken,
        identifier="sync-lamp",
        exclude_semantics=True,
        content=ft.Container(
            bgcolor=paint.ground,
            border_radius=16,
            padding=ft.Padding.symmetric(horizontal=10, vertical=4),
            content=ft.Row(
                spacing=6,
                tight=True,
                controls=[
                    ft.Icon(icon, size=20, color=paint.ink),
                    ft.Text(str(owed), size=SMALL, color=paint.ink, font_family=CODES_BOLD),
                ],
            ),
        ),
    )
