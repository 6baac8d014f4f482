"""The camera as a scanner: pictures go to the `CodeReader` port, what it reads comes back as scans."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum

import flet as ft
import flet_camera as fc

from app.domain.looks import Looks
from app.domain.scan import Scan, Symbology
from app.errors import FloorError
from app.ports import Clock, CodeReader
from screens.look import Look
from screens.parts.empty_state import empty_state
from screens.theme import BODY

log = logging.getLogger("floorhand.camera")

PAUSE_S = 0.05
MOUNTED_WITHIN_S = 5.0
# Words of the browsers and of Android for a camera that is there and may not be used.
DENIALS = ("denied", "notallowed", "not allowed", "permission")


class Eye(StrEnum):
    """How the camera stands; the words are `camera.<state>`."""

    STARTING = "starting"
    LOOKING = "looking"
    DENIED = "denied"
    MISSING = "missing"


class CameraScanner:
    """Takes pictures until it is closed, and hands over each code once. Lives in the screen, survives its redraws.

    Args:
        page: runs the loop.
        on_scan: gets each scan.
        on_state: called when `state` has changed: draw anew.
        looks: tells a new look at a code from the same one; `looks.expect` names what the step waits for.
        symbologies: kinds of code that are looked for; None for all.
    """

    def __init__(
        self,
        page: ft.Page,
        reader: CodeReader,
        clock: Clock,
        *,
        on_scan: Callable[[Scan], None],
        on_state: Callable[[], None],
        looks: Looks | None = None,
        symbologies: frozenset[Symbology] | None = None,
    ) -> None:
        self.camera = fc.Camera(expand=True)
        self.state = Eye.STARTING
        self._page = page
        self._reader = reader
        self._clock = clock
        self._on_scan = on_scan
        self._on_state = on_state
        self.looks = looks or Looks()
        self._symbologies = symbologies
        self._open = False

    def open(self) -> None:
        """Begin, once `camera` is on the page; calling it again while it looks does nothing."""
        if not self._open:
            self._open = True
            self._page.run_task(self._look)

    def close(self) -> None:
        """Stop after the picture that is being taken."""
        self._open = False

    async def _look(self) -> None:
        try:
            if not await self._start():
                return
            while self._open:
                await self._picture()
                await asyncio.sleep(PAUSE_S)
        except Exception as error:  # the client's half says it in words only
            log.warning("camera_stopped reason=%s", error)
            said = str(error).lower()
            self._show(Eye.DENIED if any(word in said for word in DENIALS) else Eye.MISSING)
        finally:
            self._open = False

    async def _start(self) -> bool:
        self._show(Eye.STARTING)
        async with asyncio.timeout(MOUNTED_WITHIN_S):
            while not self._drawn():  # noqa: ASYNC110 - Flet tells nobody when a control is there
                await asyncio.sleep(PAUSE_S)
        cameras = await self.camera.get_available_cameras()
        if not cameras:
            self._show(Eye.MISSING)
            return False
        back = [camera for camera in cameras if camera.lens_direction is fc.CameraLensDirection.BACK]
        await self.camera.initialize((back or cameras)[0], fc.ResolutionPreset.HIGH, enable_audio=False)
        self._show(Eye.LOOKING)
        return True

    async def _picture(self) -> None:
        picture = await self.camera.take_picture()
        try:
            reads = await self._reader.read(picture, expected=self._symbologies, expected_text=self.looks.expected_text)
        except FloorError as error:
            log.info("picture_unread reason=%s", error)
            return
        scan = self.looks.frame(reads, at_ms=self._clock.monotonic_ms())
        if scan is not None and self._open:
            self._on_scan(scan)

    def _drawn(self) -> bool:
        """Whether the client has the camera's control: before that it cannot be asked anything."""
        try:
            return self.camera.page is not None
        except RuntimeError:
            return False

    def _show(self, state: Eye) -> None:
        if self.state is not state:
            self.state = state
            self._on_state()


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def _live(scanner: CameraScanner) -> ft.Control:
    """Drawn once: a camera that is drawn anew would have to be opened anew."""
    return ft.Container(scanner.camera, expand=True)


def camera_view(look: Look, scanner: CameraScanner, *, height: float = 240) -> ft.Control:
    """The live picture with a frame to aim by, and how the camera stands; without a picture, what to do instead."""
    words = look.say(f"camera.{scanner.state}")
    if scanner.state in (Eye.DENIED, Eye.MISSING):
        return ft.Container(
            empty_state(look, ft.Icons.NO_PHOTOGRAPHY, words, on_retry=scanner.open), height=height, key="no-camera"
        )
    bar = look.theme.bar
    frame = ft.Border.all(3, "#ffffff")
    return ft.Container(
        height=height,
        key="camera",
        bgcolor="#000000",
        border_radius=12,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        content=ft.Stack(
            expand=True,
            fit=ft.StackFit.EXPAND,
            controls=[
                _live(scanner),
                ft.Container(left=24, right=24, top=height * 0.2, bottom=height * 0.3, border=frame, border_radius=10),
                ft.Container(
                    left=0,
                    right=0,
                    bottom=0,
                    bgcolor=bar.ground,
                    padding=8,
                    content=ft.Text(words, size=BODY, color=bar.ink, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
                ),
            ],
        ),
    )
