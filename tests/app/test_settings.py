from __future__ import annotations

import pytest

from app.settings import SettingRefused, StationKind, station_settings

NEEDED = {"kind": "handset", "name": "K3", "data_dir": "book"}


def test_a_station_needs_a_kind_a_name_and_a_folder() -> None:
    settings = station_settings(NEEDED)
    assert (settings.kind, settings.name, settings.port) == (StationKind.HANDSET, "K3", 8550)


def test_numbers_and_switches_may_come_as_text() -> None:
    settings = station_settings({**NEEDED, "port": "8600", "lan": "yes"})
    assert settings.port == 8600
    assert settings.lan


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"kind": "forklift"}, "kind"), ({"port": "next door"}, "port"), ({"colour": "red"}, "colour")],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str], name: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        station_settings({**NEEDED, **wrong})
    assert refused.value.name == name


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingRefused) as refused:
        station_settings({"kind": "handset", "name": "K3"})
    assert refused.value.name == "data_dir"
