"""The frame around every screen: top bar, progress, content, prompt strip, big buttons. One way of drawing for all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

import flet as ft

from app.errors import FloorError
from app.workflows.answers import Role, Sentence
from screens.look import Look
from screens.parts.big_button import WIDTH_DP, big_button, words_fit
from screens.parts.empty_state import empty_state
from screens.parts.prompt_strip import prompt_strip
from screens.parts.sync_lamp import sync_lamp
from screens.parts.text_width import em, width_dp
from screens.screen import Action, Screen
from screens.seat import BACK, Seat
from screens.theme import GAP, NAME, SMALL, TOUCH, WORDS_BOLD
from screens.wording import printable, sentence

log = logging.getLogger("floorhand.shell")

BAR_HEIGHT = 56
# What stands beside the bar's title, but for the arrow and the name: the lamp with two digits, gaps, the margin.
BESIDE_TITLE_DP = 12 + 8 + 8 + 66
# More buttons than these do not stand beside each other in a narrow window. So many are a picker's at a stop, which
# leaves no height for a second row.
BESIDE_MAX = 4
FULL_GAP_FROM_DP = 360
HIDDEN = "•"
# Characters of what is being typed that fit into the narrowest strip.
TYPED_SHOWN = 20

Drawing = Callable[[Seat, Look, Screen], ft.Control]


class Piece(ft.Observable):
    """One part of the frame that is drawn on its own."""

    def draw_anew(self) -> None:
        self.notify()  # type: ignore[no-untyped-call]


class Shell:
    """Draws one seat: the strip at once, since it says that the scan is good; the rest right after it.

    Each control costs about 0.1 ms to build and to compare, so that what did not change is not built again.
    """

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.layout, self.bar, self.content, self.strip, self.actions = (Piece() for _ in range(5))
        self._drawn: dict[str, object] = {}

    def draw(self) -> None:
        if self._changed("layout", lambda: (self.seat.look, self.seat.screen)):
            self._drawn = {"layout": self._drawn["layout"]}
            self.layout.draw_anew()
            return
        self.strip.draw_anew()
        asyncio.get_running_loop().call_soon(self._draw_rest)

    def _draw_rest(self) -> None:
        screen = self.seat.screen
        if screen is None:
            return
        if self._changed("bar", lambda: (screen.title, screen.progress(), self.seat.lamp(), self.seat.who)):
            self.bar.draw_anew()
        self.content.draw_anew()
        if self._changed("actions", lambda: [(a.key, a.icon, a.role, a.enabled) for a in screen.actions()]):
            self.actions.draw_anew()

    def _changed(self, piece: str, look_up: Callable[[], object]) -> bool:
        before = self._drawn.get(piece)
        try:
            now = look_up()
        except Exception as error:
            # Drawing it will say so, and will put something in its place.
            now = error
        self._drawn[piece] = now
        return before != now


def open_shell(seat: Seat) -> None:
    """Dress the page and draw the frame; from here on `seat.show(screen)` is all that is needed."""
    page = seat.page
    page.title = "Floorhand"
    page.padding = page.spacing = 0
    seat.look = seat.look.sized(page.width or 360, page.height or 640)
    page.theme_mode = ft.ThemeMode.DARK if seat.look.theme.dark else ft.ThemeMode.LIGHT
    page.theme = page.dark_theme = seat.look.theme.flet_theme()
    shell = Shell(seat)
    seat.draw = shell.draw
    page.render(_frame, shell, shell.layout)


@ft.component
def _frame(shell: Shell, layout: Piece) -> ft.Control:
    look, screen = shell.seat.look, shell.seat.screen
    if screen is None:
        return _waiting(look)
    content = ft.Container(
        _content(shell, shell.content),
        expand=True,
        padding=ft.Padding.symmetric(horizontal=GAP, vertical=4 if look.low else 8),
    )
    strip, actions = ft.Container(_strip(shell, shell.strip)), ft.Container(_actions(shell, shell.actions))
    bar = ft.Container(_bar(shell, shell.bar))
    return _page(look, [bar, strip, content, actions] if look.wide else [bar, content, strip, actions])


def _drawn(shell: Shell, draw: Drawing, instead: Callable[[Look, Exception], ft.Control]) -> ft.Control:
    """One piece as the screen wants it, or what stands there instead; Flet never draws a window again that raised."""
    seat, screen = shell.seat, shell.seat.screen
    if screen is None:
        return ft.Container()
    try:
        return draw(seat, seat.look, screen)
    except Exception as error:
        log.error("drawing_failed seat=%s screen=%s", seat.seat_id, type(screen).__name__, exc_info=error)
        return instead(seat.look, error)


def _nothing(_look: Look, _error: Exception) -> ft.Control:
    return ft.Container(height=0)


@ft.component
def _content(shell: Shell, content: Piece) -> ft.Control:
    return _drawn(
        shell,
        lambda _seat, look, screen: screen.build(look),
        lambda look, _error: empty_state(look, ft.Icons.HANDYMAN, look.say("shell.trouble")),
    )


@ft.component
def _strip(shell: Shell, strip: Piece) -> ft.Control:
    return _drawn(shell, _asked, partial(_trouble, shell.seat))


def _asked(seat: Seat, look: Look, screen: Screen) -> ft.Control:
    notice, prompt = seat.notice, screen.prompt(look)
    if seat.typed:
        keys = HIDDEN * len(seat.typed) if screen.hides_keys else printable(seat.typed, len(seat.typed))
        newest = keys if len(keys) <= TYPED_SHOWN else f"…{keys[-TYPED_SHOWN:]}"
        return prompt_strip(look, prompt, notice=look.say("shell.typed", keys=newest))
    if prompt is None and notice is None:
        return ft.Container(height=0)
    role, text = (notice.role, look.words.text(notice.sentence)) if notice else (None, "")
    if prompt is not None and prompt.care is not None and role is not Role.WRONG:
        role, text = Role.CAUTION, look.words.text(prompt.care)
    return prompt_strip(look, prompt, role, text)


def _trouble(seat: Seat, look: Look, error: Exception) -> ft.Control:
    """What was refused already, else why nothing can be asked."""
    if seat.notice is not None and seat.notice.role is Role.WRONG:
        return prompt_strip(look, None, Role.WRONG, look.words.text(seat.notice.sentence))
    words = sentence(error) if isinstance(error, FloorError) else Sentence("shell.trouble")
    return prompt_strip(look, None, Role.WRONG, look.words.text(words))


def _page(look: Look, controls: list[ft.Control]) -> ft.Control:
    return ft.Container(
        expand=True,
        bgcolor=look.theme.surface.ground,
        content=ft.SafeArea(ft.Column(expand=True, spacing=0, controls=controls), expand=True),
    )


def _waiting(look: Look) -> ft.Control:
    return _page(
        look,
        [
            ft.Container(
                expand=True,
                alignment=ft.Alignment.CENTER,
                content=look.body(look.say("shell.starting"), size=NAME, color=look.theme.quiet),
            )
        ],
    )


@ft.component
def _bar(shell: Shell, piece: Piece) -> ft.Control:
    return _drawn(shell, _top_bar, _nothing)


def _top_bar(seat: Seat, look: Look, screen: Screen) -> ft.Control:
    bar, lamp, progress, back = look.theme.bar, seat.lamp(), screen.progress(), screen.back()
    title = look.words.text(screen.title) if isinstance(screen.title, Sentence) else screen.title
    who_dp = min(96.0, em(seat.who) * SMALL + 4)
    room = look.width - (BESIDE_TITLE_DP + (TOUCH if back else 14) + (who_dp + 8 if seat.who else 0))
    one_line = progress is not None or width_dp(title, 20) <= room
    words: list[ft.Control] = [_bar_text(title, bar.ink, 20 if one_line else SMALL, WORDS_BOLD, 1 if one_line else 2)]
    if progress is not None:
        words.append(_bar_text(look.say("shell.progress", done=progress[0], of=progress[1]), bar.ink, SMALL))
    row: list[ft.Control] = [
        ft.Column(expand=True, spacing=0, alignment=ft.MainAxisAlignment.CENTER, controls=words),
        sync_lamp(look, lamp.link, lamp.owed, lamp.since),
    ]
    if back is not None:
        row.insert(0, _back_button(seat, look))
    if seat.who:
        row.append(ft.Container(_bar_text(seat.who, bar.ink, SMALL), width=None if look.wide else who_dp))
    return ft.Column(
        spacing=0,
        controls=[
            ft.Container(
                bgcolor=bar.ground,
                height=BAR_HEIGHT,
                padding=ft.Padding.only(left=14 if back is None else 4, right=12),
                border=ft.Border.only(bottom=ft.BorderSide(look.theme.outline, look.theme.line)),
                content=ft.Row(spacing=8, controls=row),
            ),
            _progress(look, progress),
        ],
    )


def _back_button(seat: Seat, look: Look) -> ft.Control:
    # A tooltip alone gives the arrow no name that a screen reader reads.
    return ft.Semantics(
        label=look.say("shell.back"),
        content=ft.IconButton(
            ft.Icons.ARROW_BACK,
            key=BACK,
            icon_color=look.theme.bar.ink,
            icon_size=28,
            width=TOUCH,
            height=BAR_HEIGHT,
            on_click=lambda: seat.tap(BACK, seat.go_back),
        ),
    )


def _bar_text(text: str, color: str, size: int, font: str | None = None, lines: int = 1) -> ft.Text:
    return ft.Text(
        text,
        size=size,
        color=color,
        font_family=font,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS,
        no_wrap=lines == 1,
    )


def _progress(look: Look, progress: tuple[int, int] | None) -> ft.Control:
    done, of = progress or (0, 0)
    return ft.ProgressBar(
        value=done / of if of else 0,
        visible=of > 0,
        bar_height=8,
        color=look.role(Role.GO).ground,
        bgcolor=look.theme.key.ground,
        border_radius=0,
    )


@ft.component
def _actions(shell: Shell, piece: Piece) -> ft.Control:
    return _drawn(shell, _buttons, _nothing)


def _buttons(seat: Seat, look: Look, screen: Screen) -> ft.Control:
    actions = screen.actions()
    if not actions:
        return ft.Container(height=0)
    ordered = actions[::-1] if look.left_handed else actions
    rows: list[ft.Control] = [
        ft.Row(
            spacing=_between(look),
            alignment=ft.MainAxisAlignment.END if look.wide else ft.MainAxisAlignment.CENTER,
            controls=[
                big_button(look, action, partial(seat.press, action.key), expand=not look.wide, room=_room(look, row))
                for action in row
            ],
        )
        for row in _rows(look, ordered)
    ]
    return ft.Container(
        padding=ft.Padding.only(left=GAP, right=GAP, bottom=6 if look.low else GAP, top=4),
        content=rows[0] if len(rows) == 1 else ft.Column(tight=True, spacing=8, controls=rows),
    )


def _rows(look: Look, actions: tuple[Action, ...]) -> list[tuple[Action, ...]]:
    """The buttons in one row; in a narrow window five of them take two, and so do three that need more room."""
    fit = len(actions) == BESIDE_MAX or all(words_fit(look, one, _room(look, actions)) for one in actions)
    if look.wide or (len(actions) <= BESIDE_MAX and fit):
        return [actions]
    half = -(-len(actions) // 2)
    return [actions[:half], actions[half:]]


def _room(look: Look, row: tuple[Action, ...]) -> float:
    """How wide the words of each of these buttons may be, in dp."""
    between = (len(row) - 1) * _between(look)
    return WIDTH_DP if look.wide else (look.width - 2 * GAP - between) / len(row) - 4


def _between(look: Look) -> int:
    """What lies between two buttons: less where a word needs the room."""
    return GAP if look.width >= FULL_GAP_FROM_DP else 8
