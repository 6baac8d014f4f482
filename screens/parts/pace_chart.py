"""Lines an hour through the shift: one bar an hour with its number on top, the running hour outlined."""

from __future__ import annotations

from datetime import tzinfo

import flet as ft

from app.domain.board import HourPace
from screens.look import Look
from screens.parts.kept import kept
from screens.theme import CODES_FONT, SMALL

HEIGHT = 200
# Below this many dp a bar cannot carry its number.
NARROWEST_HOUR_DP = 38


@kept
def pace_chart(look: Look, pace: tuple[HourPace, ...], zone: tzinfo, width: float) -> ft.Control:
    """The chart.

    Args:
        pace: the hours, oldest first; the last one is running. Only as many of the newest as fit are drawn.
        width: dp that it gets.
    """
    # Here and not above: charts take a tenth of a station's start, and most stations show none.
    import flet_charts as fch

    shown = pace[-max(1, int(width // NARROWEST_HOUR_DP)) :]
    most = max((hour.lines for hour in shown), default=0) or 1
    last = len(shown) - 1
    accent = look.theme.accent.ground
    hour_dp = width / max(1, len(shown))
    spoken = ", ".join(
        look.say("supervisor.pace_hour", hour=f"{hour.hour_utc.astimezone(zone):%H}", count=hour.lines)
        for hour in shown
    )
    return ft.Semantics(
        label=spoken,
        exclude_semantics=True,
        content=ft.Container(
            height=HEIGHT,
            content=fch.BarChart(
                expand=True,
                interactive=False,
                animation=ft.Animation(duration=0),
                group_alignment=ft.MainAxisAlignment.SPACE_AROUND,
                min_y=0,
                max_y=most,
                border=ft.Border(bottom=ft.BorderSide(2, look.theme.line)),
                groups=[
                    fch.BarChartGroup(
                        x=place,
                        rods=[
                            fch.BarChartRod(
                                from_y=0,
                                to_y=hour.lines,
                                width=min(36.0, hour_dp * 0.6),
                                color=ft.Colors.TRANSPARENT if place == last else accent,
                                border_side=ft.BorderSide(3, accent) if place == last and hour.lines else None,
                                border_radius=ft.BorderRadius(top_left=4, top_right=4, bottom_left=0, bottom_right=0),
                            )
                        ],
                    )
                    for place, hour in enumerate(shown)
                ],
                top_axis=fch.ChartAxis(
                    label_size=26,
                    labels=[
                        fch.ChartAxisLabel(value=place, label=_number(look, str(hour.lines or ""), bold=True))
                        for place, hour in enumerate(shown)
                    ],
                ),
                bottom_axis=fch.ChartAxis(
                    label_size=28,
                    labels=[
                        fch.ChartAxisLabel(
                            value=place, label=_number(look, f"{hour.hour_utc.astimezone(zone):%H}", bold=False)
                        )
                        for place, hour in enumerate(shown)
                    ],
                ),
            ),
        ),
    )


def _number(look: Look, text: str, *, bold: bool) -> ft.Text:
    return ft.Text(
        text,
        size=SMALL,
        color=look.theme.surface.ink if bold else look.theme.quiet,
        font_family=f"{CODES_FONT}Bold" if bold else CODES_FONT,
        no_wrap=True,
    )
