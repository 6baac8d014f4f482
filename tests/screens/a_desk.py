"""One window of the small station, with what it does for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from screens.screen import Screen
from screens.seat import Lamp, Seat
from screens.shell import open_shell
from tests.screens.harness import Window
from tests.screens.small_station import CountingScreen, HeardTones, Shelf, SkippingClock, a_seat


@dataclass
class Desk:
    window: Window
    seat: Seat
    tones: HeardTones
    shelf: Shelf
    clock: SkippingClock


async def a_desk(screen: Screen | None = None, *, lamp: Lamp | None = None, width: int = 360) -> Desk:
    shelf, clock = Shelf(), SkippingClock()
    made: list[tuple[Seat, HeardTones]] = []

    def main(page: ft.Page) -> None:
        made.append(a_seat(page, clock=clock, lamp=lamp))
        open_shell(made[0][0])
        if screen is not None:
            made[0][0].show(screen)

    window = await Window.open(main, width=width)
    seat, tones = made[0]
    if screen is None:
        return Desk(window, seat, tones, shelf, clock)
    return Desk(window, seat, tones, getattr(screen, "_shelf", shelf), clock)


async def a_counting_desk(*, lamp: Lamp | None = None) -> Desk:
    return await a_desk(CountingScreen(Shelf()), lamp=lamp)
