"""The store's composition root: one FastAPI application over one backroom."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.responses import RedirectResponse

from store import (
    asks,
    board_view,
    contract,
    handset_site,
    health,
    imports_api,
    orders_api,
    pokes,
    problems,
    pull,
    push,
    returns_api,
    stations,
    turned_away,
)
from store.backroom import Backroom, now_utc
from store.body_limit import BodyLimit
from store.keys import EVERY_WAREHOUSE, ApiKey, KeyRole, register_key
from store.rate_limit import RateLimit
from store.release_soon import ReleaseSoon
from store.settings import StoreSettings

# An address is looked for from the first on: what stations ask all day stands there.
ROUTERS = (
    push.router,
    pull.router,
    pokes.router,
    health.router,
    stations.router,
    asks.router,
    board_view.router,
    imports_api.router,
    orders_api.router,
    returns_api.router,
)


def build(
    settings: StoreSettings,
    now_utc: Callable[[], datetime] = now_utc,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The store as an application; opens its database at once and closes it when the server goes down."""
    room = Backroom.open(settings, now_utc)
    if settings.admin_key:
        owner = ApiKey(role=KeyRole.ADMIN, warehouse_id=EVERY_WAREHOUSE)
        room.writer.submit(lambda connection: register_key(connection, settings.admin_key, owner)).result()

    release_soon = ReleaseSoon(room, quiet_s=settings.release_quiet_s)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        release_soon.ask_all()
        yield
        release_soon.close()
        room.close()

    # An address has one form: a redirect would be an answer that the contract does not have.
    app = FastAPI(
        title="Floorhand order store",
        version="1",
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.backroom = room
    app.state.release_soon = release_soon
    problems.install(app)
    turned_away.install(app)
    app.add_middleware(BodyLimit)
    if settings.rate_limits is not None:
        app.add_middleware(RateLimit, limits=settings.rate_limits, now_s=monotonic_s)
    for router in ROUTERS:
        app.include_router(router)
    contract.install(app)
    handset_site.install(app, settings.site)
    # Whoever opens the bare address finds what is here.
    app.add_route("/", lambda _: RedirectResponse("/docs"), include_in_schema=False)
    return app
