"""What a control's events are, worked out once a field.

Flet 1.0.5 reads every annotation of a page anew at each event to learn the type of that one: 0.4 ms for each key of a
scan, and the last of them is on the way to green. The answer depends on nothing but the control's class and the field.
"""

from __future__ import annotations

from typing import Any

from flet.controls import base_control
from flet.controls.base_control import BaseControl
from flet.controls.control_event import get_event_field_type

_known: dict[tuple[type[BaseControl], str], Any] = {}


def event_type(control: BaseControl, field_name: str) -> Any:
    """The class of the event that `field_name` of this control is called with; None when it has no such field."""
    key = (type(control), field_name)
    if key not in _known:
        _known[key] = get_event_field_type(control, field_name)
    return _known[key]


def remember_event_types() -> None:
    """Let Flet ask here from now on; harmless when it is done again."""
    setattr(base_control, "get_event_field_type", event_type)  # noqa: B010  (mypy knows it as a function of that module)
