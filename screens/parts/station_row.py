"""One station as the store sees it: when it was last heard of, and what it still owes."""

from __future__ import annotations

import flet as ft

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.pill import pill
from screens.theme import BODY

# A station asks the store for changes all the time; after so long it is cut off or switched off.
SILENT_S = 120


@kept
def station_row(look: Look, name: str, kind: str, seen: str, silent: bool, owed: int, owed_since: str) -> ft.Control:
    """The row.

    Args:
        seen: how long ago it was heard of, in a sentence; or that it is not let in any more.
        silent: whether that is something to look after.
        owed: facts that it said it still owes; `owed_since` is when the oldest of them happened.
    """
    kind_said = look.say(f"supervisor.station_{kind}")
    kind_words = look.quiet(kind_said if silent else f"{kind_said} · {seen}", lines=1)
    # Beside the kind alone: on a handset the pill would leave a name and what is owed no room.
    pills = [pill(look, Role.CAUTION, seen)] if silent else []
    beside = ft.Row(spacing=8, controls=[ft.Container(kind_words, expand=True), *pills])
    below: list[ft.Control] = [kind_words, ft.Row(controls=pills)] if silent and look.narrow else [beside]
    if owed:
        below.append(look.body(look.say("supervisor.owes", count=owed, since=owed_since), size=16, lines=2))
    return ft.Row(
        spacing=12,
        controls=[
            ft.Icon(
                ft.Icons.CLOUD_OFF if silent else ft.Icons.CLOUD_DONE,
                size=26,
                color=look.theme.quiet,
            ),
            ft.Column(expand=True, spacing=0, controls=[look.body(name, size=BODY, bold=True, lines=1), *below]),
        ],
    )
