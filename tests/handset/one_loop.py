"""A pytest plugin that runs async tests and fixtures in Pyodide, where there is one event loop and it never ends.

pytest-asyncio makes a loop for each test, which a browser's Python cannot. Waiting is by stack switching (JSPI).
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import Any

import pytest
from pyodide.ffi import run_sync


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    run_sync(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> None:
    fixture = fixturedef.func
    plain = getattr(fixture, "__func__", fixture)
    made: Callable[..., Any]
    if inspect.isasyncgenfunction(plain):
        made = _generator(plain)
    elif inspect.iscoroutinefunction(plain):
        made = _function(plain)
    else:
        return
    # A method stays one: pytest binds it anew to each test's instance.
    fixturedef.func = types.MethodType(made, fixture.__self__) if plain is not fixture else made  # type: ignore[misc, union-attr]


def _generator(fixture: Callable[..., AsyncGenerator[Any]]) -> Callable[..., Iterator[Any]]:
    @functools.wraps(fixture)
    def sync(*args: Any, **kwargs: Any) -> Iterator[Any]:
        values = fixture(*args, **kwargs)
        yield run_sync(anext(values))
        run_sync(_ended(values))

    return sync


async def _ended(values: AsyncGenerator[Any]) -> None:
    async for _ in values:
        pytest.fail("a fixture yields once")


def _function(fixture: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    @functools.wraps(fixture)
    def sync(*args: Any, **kwargs: Any) -> Any:
        return run_sync(fixture(*args, **kwargs))

    return sync
