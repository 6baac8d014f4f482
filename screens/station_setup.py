"""What this station is and how it stands, and how its worker wants it to look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import flet as ft

from app.domain.codes import CodeKind, Command, identify, printed
from app.domain.deeds import Deed
from app.domain.printing import OWED, LabelDesign, LabelIntent, PrinterLamp, PrintJob, PrintState
from app.domain.scan import Scan
from app.ports import Link
from app.workflows.answers import Answer, Role, Sentence
from screens.enrolment import EnrolmentScreen
from screens.look import Look
from screens.parts.pill import loosely, pill
from screens.parts.section import in_the_middle, section
from screens.parts.sync_lamp import ICONS
from screens.screen import Action, Outcome, Screen
from screens.theme import GAP, SMALL, THEMES, TOUCH, WORDS_BOLD, ThemeName
from screens.visit import Visit
from screens.wardrobe import Wardrobe
from screens.wording import PSEUDO

NAME_DP = 168
# A language is called by its own name, whatever language the screen speaks.
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "pl": "Polski", "tr": "Türkçe"}
THEME_ICONS = {
    ThemeName.DAY: ft.Icons.LIGHT_MODE,
    ThemeName.NIGHT: ft.Icons.DARK_MODE,
    ThemeName.CONTRAST: ft.Icons.CONTRAST,
}
LAMP_ROLES = {PrinterLamp.READY: Role.GO, PrinterLamp.BUSY: Role.INFO}


class StationSetupScreen(Screen):
    """Facts to read out on the telephone, a test label, and the three choices of a seat, which count at once."""

    def __init__(self, visit: Visit, *, back: Callable[[], Screen] | None = None) -> None:
        self._visit = visit
        self._station = visit.station
        self._wardrobe = Wardrobe(visit.station.ledger, visit.station.words)
        self._back = back or visit.door.home
        self._end_listening: Callable[[], None] = lambda: None

    @property
    def rests(self) -> bool:
        return True

    @property
    def title(self) -> Sentence | str:
        return Sentence("station_setup.title")

    def back(self) -> Screen | None:
        return self._back()

    def on_open(self) -> None:
        self._end_listening = self._station.jobs.on_job(self.seat.redraw)

    def on_close(self) -> None:
        self._end_listening()

    def on_scan(self, scan: Scan) -> Outcome:
        if identify(scan).command is Command.BACK:
            return self.seat.go_back()
        return self._visit.door.scanned(scan) or Answer.wrong("shell.not_here")

    def build(self, look: Look) -> ft.Control:
        seat, this, store = self._seat_choices(look), self._this(look), self._store(look)
        tools = [self._printer(look), self._scanning(look)]
        if not look.wide:
            # What is to be done is seen without scrolling.
            refused = self._station.store.state().link is Link.REFUSED
            return _column([*([store, seat, this] if refused else [seat, this, store]), *tools])
        pages = ft.Row(
            expand=True,
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[_column(page) for page in ([seat, store], [this, *tools])],
        )
        return in_the_middle(look, pages)

    # -- what this station is -----------------------------------------------------------------------------------------

    def _this(self, look: Look) -> ft.Control:
        settings = self._station.settings
        return section(
            look,
            ft.Icons.DEVICES,
            look.say("station_setup.this"),
            [
                _fact(look, "station_setup.name", settings.name),
                _fact(look, "station_setup.kind", look.say(f"supervisor.station_{settings.kind}")),
                _fact(look, "station_setup.id", self._station.ledger.station_id, code=True),
                _fact(look, "station_setup.warehouse", self._station.warehouse_name),
                _fact(look, "station_setup.time_zone", str(self._station.zone)),
                *self._kept(look),
            ],
        )

    def _kept(self, look: Look) -> list[ft.Control]:
        keeping = self._station.keeping()
        if keeping is None:
            return []
        key = "station_setup.kept" if keeping.for_good else "station_setup.kept_for_now"
        return [_fact(look, "station_setup.memory", look.say(key, megabytes=keeping.left_megabytes))]

    def _store(self, look: Look) -> ft.Control:
        state, ledger = self._station.store.state(), self._station.ledger
        owed, since = ledger.owed_count(), ledger.owed_since_utc()
        said = look.say(f"lamp.{state.link}", since=self._station.said_time(state.since_utc))
        owed_said = look.say("lamp.owed", count=owed)
        if since is not None:
            owed_said = look.say("station_setup.owed_since", owed=owed_said, time=self._station.said_time(since))
        role = Role.GO if state.link is Link.ONLINE else Role.CAUTION
        controls = [
            _fact(look, "station_setup.address", self._station.settings.store_url, code=True),
            _state(look, "station_setup.link", role, said, ICONS[state.link]),
            _fact(look, "station_setup.owed", owed_said),
        ]
        if state.reason and state.link is not Link.ONLINE:
            controls.append(_fact(look, "station_setup.reason", state.reason))
        if state.link is Link.REFUSED and (enrol := self._station.enrol_anew) is not None:
            controls.append(
                _choice(
                    look,
                    "enrol-anew",
                    ft.Icons.VPN_KEY,
                    look.say("station_setup.enrol_anew"),
                    chosen=False,
                    act=partial(self.seat.tap, "enrol-anew", partial(self._enrol_anew, enrol)),
                )
            )
        return section(look, ft.Icons.CLOUD, look.say("station_setup.store"), controls)

    def _printer(self, look: Look) -> ft.Control:
        station = self._station
        if station.printing is None:
            none: list[ft.Control] = [look.quiet(look.say("station_setup.no_printer"), lines=3)]
            return section(look, ft.Icons.PRINT, look.say("station_setup.printer"), none)
        lamp = station.printing.lamp(station.printer_id).lamp
        waiting = len(station.jobs.jobs(states=OWED))
        unsure = len(station.jobs.jobs(states=(PrintState.UNCERTAIN,)))
        return section(
            look,
            ft.Icons.PRINT,
            look.say("station_setup.printer"),
            [
                _fact(look, "station_setup.address", station.settings.printer, code=True),
                _state(
                    look,
                    "station_setup.lamp",
                    LAMP_ROLES.get(lamp, Role.CAUTION),
                    look.say(f"station_setup.lamp_{lamp}"),
                    None,
                ),
                _fact(look, "station_setup.waiting", look.say("station_setup.labels", count=waiting)),
                *(
                    [_fact(look, "station_setup.unsure", look.say("station_setup.labels", count=unsure))]
                    if unsure
                    else []
                ),
                _choice(
                    look,
                    "test-label",
                    ft.Icons.LABEL,
                    look.say("station_setup.test_label"),
                    chosen=False,
                    act=partial(self.seat.tap, "test-label", self._test_label),
                ),
            ],
        )

    def _scanning(self, look: Look) -> ft.Control:
        station = self._station
        camera = station.settings.camera or look.say("station_setup.browser_camera")
        missing = look.say("station_setup.engine_missing")
        engines = [
            _row(look, name, ft.Container(look.body(found or missing, size=SMALL, lines=3), expand=True))
            for name, found in station.engines.items()
        ]
        return section(
            look,
            ft.Icons.QR_CODE_SCANNER,
            look.say("station_setup.scanning"),
            [
                _fact(look, "station_setup.camera", camera),
                *(engines or [look.quiet(look.say("station_setup.no_engine"), lines=3)]),
            ],
        )

    # -- what this worker wants ---------------------------------------------------------------------------------------

    def _seat_choices(self, look: Look) -> ft.Control:
        languages = [code for code in self._station.words if code != PSEUDO or look.words.language == PSEUDO]
        return section(
            look,
            ft.Icons.TUNE,
            look.say("station_setup.yours", name=self._visit.worker.name),
            [
                look.quiet(look.say("station_setup.theme"), lines=1),
                _choices(
                    [
                        _choice(
                            look,
                            f"theme-{name}",
                            THEME_ICONS[name],
                            look.say(f"station_setup.theme_{name}"),
                            chosen=look.theme.name is name,
                            act=partial(self._wear, f"theme-{name}", replace(look, theme=theme)),
                        )
                        for name, theme in THEMES.items()
                    ],
                ),
                look.quiet(look.say("station_setup.language"), lines=1),
                _choices(
                    [
                        _choice(
                            look,
                            f"language-{code}",
                            ft.Icons.TRANSLATE,
                            LANGUAGES.get(code, code),
                            chosen=look.words.language == code,
                            act=partial(self._wear, f"language-{code}", replace(look, words=self._station.words[code])),
                        )
                        for code in languages
                    ],
                ),
                look.quiet(look.say("station_setup.hand"), lines=1),
                _choices(
                    [
                        _choice(
                            look,
                            f"hand-{side}",
                            ft.Icons.BACK_HAND,
                            look.say(f"station_setup.hand_{side}"),
                            chosen=look.left_handed is (side == "left"),
                            act=partial(self._wear, f"hand-{side}", replace(look, left_handed=side == "left")),
                        )
                        for side in ("left", "right")
                    ],
                ),
            ],
        )

    def _wear(self, key: str, look: Look) -> None:
        self.seat.tap(key, partial(self._worn, look))

    def _worn(self, look: Look) -> None:
        """Keep the choice, then wear it; the window may have changed its size since the button was drawn."""
        look = look.sized(self.seat.look.width, self.seat.look.height)
        self._wardrobe.keep(look, self._visit.worker)
        self.seat.wear(look)

    def _enrol_anew(self, enrol: Callable[[str], Awaitable[None]]) -> None:
        why, here = Sentence("enrolment.contradicts"), partial(StationSetupScreen, self._visit, back=self._back)
        self.seat.show(EnrolmentScreen(enrol, why=why, then=here, back=here))

    def _test_label(self) -> Answer:
        """A label that stands for nothing: no fact is recorded, and its code belongs to no goods."""
        station = self._station
        subject = printed(CodeKind.LICENCE_PLATE, "TEST")
        now = station.clock.now_utc().astimezone(station.zone)
        words = self.seat.look.words
        fields = {
            "code": subject,
            "title": words.say("station_setup.test_label"),
            "note": f"{station.settings.name} · {words.date(now.date())} {words.time(now)}",
        }
        job = PrintJob(
            job_id=station.clock.new_id(),
            printer_id=station.printer_id,
            subject=subject,
            intent=LabelIntent(design=LabelDesign.LICENCE_PLATE, fields=fields),
        )
        station.ledger.record(Deed(facts=(), print_jobs=(job,)), worker_id=self._visit.worker.worker_id)
        return Answer.good("station_setup.test_label_queued")


def set_up(visit: Visit) -> Action:
    """The way to this screen, for the first screen of each kind of work."""

    def show() -> None:
        visit.door.seat.show(StationSetupScreen(visit))

    return Action(key="station_setup.title", icon=ft.Icons.TUNE, on_tap=show)


def _column(controls: Sequence[ft.Control]) -> ft.Control:
    return ft.Column(
        expand=True,
        spacing=GAP,
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=list(controls),
    )


def _row(look: Look, name: str, value: ft.Control) -> ft.Control:
    """Name and value, side by side where they fit, else the value below."""
    label = look.quiet(name, lines=1)
    if look.width < 480:
        return ft.Column(spacing=0, controls=[label, ft.Row(controls=[value])])
    return ft.Row(
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
        controls=[ft.Container(label, width=NAME_DP), value],
    )


def _fact(look: Look, key: str, value: str, *, code: bool = False) -> ft.Control:
    text = look.body(value, lines=2)
    if code:
        text = look.code(value, size=SMALL)
        text.no_wrap, text.max_lines, text.overflow = False, 2, ft.TextOverflow.ELLIPSIS
    return _row(look, look.say(key), ft.Container(text, expand=True))


def _state(look: Look, key: str, role: Role, said: str, icon: ft.IconData | None) -> ft.Control:
    shown = ft.Container(ft.Row(controls=[loosely(pill(look, role, said, icon=icon))]), expand=True)
    return _row(look, look.say(key), shown)


def _choices(buttons: list[ft.Control]) -> ft.Control:
    return ft.Row(spacing=GAP, controls=[ft.Container(button, expand=True) for button in buttons])


def _choice(look: Look, key: str, icon: ft.IconData, text: str, *, chosen: bool, act: Callable[[], None]) -> ft.Control:
    """A key for gloves; what is chosen has a tick, the accent's ground and says so to a screen reader."""
    paint = look.theme.accent if chosen else look.theme.key
    return ft.Semantics(
        selected=chosen,
        content=ft.Button(
            key=key,
            height=TOUCH,
            on_click=act,
            style=ft.ButtonStyle(
                bgcolor=paint.ground,
                color=paint.ink,
                elevation=0,
                padding=ft.Padding.symmetric(horizontal=6),
                shape=ft.RoundedRectangleBorder(radius=12),
                side=ft.BorderSide(look.theme.outline, look.theme.line),
            ),
            content=ft.Column(
                tight=True,
                spacing=0,
                alignment=ft.MainAxisAlignment.CENTER,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                controls=[
                    ft.Icon(ft.Icons.CHECK if chosen else icon, size=22, color=paint.ink),
                    ft.Text(
                        text,
                        size=SMALL,
                        color=paint.ink,
                        font_family=WORDS_BOLD,
                        max_lines=1,
                        no_wrap=True,
                        overflow=ft.TextOverflow.ELLIPSIS,
                    ),
                ],
            ),
        ),
    )
