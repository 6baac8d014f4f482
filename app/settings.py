"""What a station is told about itself. Nothing is read from disk here: `main.py` brings one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from app.errors import FloorError


class StationKind(StrEnum):
    """What a station is for; decides the screens it offers and the parts of the feed it pulls."""

    HANDSET = "handset"
    PACKING = "packing"
    BENCH = "bench"


class SettingRefused(FloorError):
    """A setting that cannot be used: `name` says which, `reason` what is wanted."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSettings:
    """One station's settings.

    Args:
        kind: handset, packing or bench (returns and supervisor).
        name: how people call the station.
        data_dir: folder of the station's book and key.
        store_url: where the order store answers.
        host, port: where the station's screens are served.
        enrolment_code: the one-time code, needed at the first start only.
        printer: `zpl+tcp://host:port`, `escpos+tcp://host:port`, `escpos+usb://vendor:product`, `escpos+serial:///dev/…`,
            `zpl+file:///dev/usb/lp0`; empty for none.
        printer_dpi: 203 or 300.
        camera: number or file of a camera of the station's own; empty: the browser's camera is used.
        language: of a seat where nobody has signed in yet.
        lan: serve to the local network, over https with a certificate of our own.
        idle_minutes: after so long without a scan or a touch the PIN is asked again.
    """

    kind: StationKind
    name: str
    data_dir: str
    store_url: str = "http://127.0.0.1:8560"
    host: str = "127.0.0.1"
    port: int = 8550
    enrolment_code: str = ""
    printer: str = ""
    printer_dpi: int = 203
    camera: str = ""
    language: str = "en"
    lan: bool = False
    idle_minutes: int = 10


def station_settings(mapping: Mapping[str, str | int | bool]) -> StationSettings:
    """The settings that `mapping` states; numbers may come as text, as they do from an environment.

    Raises:
        SettingRefused: an unknown, missing or unusable setting.
    """
    known = {field.name: field.type for field in fields(StationSettings)}
    values: dict[str, object] = {}
    for name, value in mapping.items():
        if name not in known:
            raise SettingRefused(name, f"is not a setting; there are {', '.join(sorted(known))}")
        values[name] = _read(name, str(known[name]), value)
    for name in ("kind", "name", "data_dir"):
        if name not in values:
            raise SettingRefused(name, "is missing")
    return StationSettings(**values)  # type: ignore[arg-type]  # each was read by the type of its field


def _read(name: str, wanted: str, value: str | int | bool) -> object:
    try:
        match wanted:
            case "int":
                return int(value)
            case "bool":
                return str(value).lower() in ("1", "true", "yes", "on")
            case "StationKind":
                return StationKind(str(value))
    except ValueError:
        wish = "one of " + ", ".join(StationKind) if wanted == "StationKind" else "a whole number"
        raise SettingRefused(name, f"wanted {wish}, got {value!r}") from None
    return str(value)
