"""Flet's events keep their types when those are remembered."""

from __future__ import annotations

from dataclasses import fields

import flet as ft
import pytest
from flet.controls import base_control
from flet.controls.base_control import BaseControl
from flet.controls.control_event import get_event_field_type

from screens.event_types import event_type, remember_event_types

USED: tuple[type[BaseControl], ...] = (
    ft.Page,
    ft.Button,
    ft.IconButton,
    ft.Container,
    ft.TextField,
    ft.GestureDetector,
)
FIELDS = [(kind, field.name) for kind in USED for field in fields(kind) if field.name.startswith("on_")]


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_each_event_is_of_the_type_that_flet_finds(kind: type[BaseControl], name: str) -> None:
    control = kind.__new__(kind)
    assert event_type(control, name) is get_event_field_type(control, name)
    assert event_type(control, name) is get_event_field_type(control, name), "also when it is remembered"


def test_a_field_that_is_none_has_no_type() -> None:
    assert event_type(ft.Button.__new__(ft.Button), "on_nothing") is None


def test_flet_still_asks_for_types_where_they_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_control, "get_event_field_type", get_event_field_type)
    remember_event_types()
    assert vars(base_control)["get_event_field_type"] is event_type
    assert "get_event_field_type" in base_control.BaseControl._trigger_event.__code__.co_names
