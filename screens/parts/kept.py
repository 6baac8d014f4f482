"""Parts that are drawn once and kept: a picture of a hundred rows in which one number moves builds one row anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, cast

import flet as ft

P = ParamSpec("P")


def kept(draw: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """`draw`, called again only when one of its arguments is no longer equal to what it was.

    Hand in values, and bound methods or partials that compare equal: a fresh lambda is never equal. The part does not
    take its parent's `expand`: put it into a container that does.
    """
    return cast(Callable[P, ft.Control], ft.memo(ft.component(draw)))  # type: ignore[no-untyped-call]
