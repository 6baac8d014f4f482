"""A packer with an open carton, what goes wrong there, and how it is taken back."""

from __future__ import annotations

from app.domain.packing import CartonOpened, PackException, PackExceptionFound, PackUndone, UnitVerified
from app.domain.picking import PickTask
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS
from tests.store.walk import a_walk, load_id


async def a_packer(store: AStore) -> tuple[AStation, UnitVerified, str]:
    """Three socks in a tote, and a packing station that has opened their carton and not told it yet; what one sock's
    good tone says, and the tote's place.
    """
    order_id = await store.order(SOCKS=3)
    await store.release()
    handset, packing = await store.station("handset"), await store.station("packing")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    await handset.do(*a_walk(store, picklist_id))
    (task,) = store.rows(PickTask, picklist_id)
    load = load_id(picklist_id, order_id)
    opened = CartonOpened(
        carton_id="C1",
        order_id=order_id,
        number=1,
        tote_load_ids=(load,),
        tote_id="T-01",
        station_id=packing.station_id,
    )
    packing.tell(opened, worker_id=PACKER)
    sock = UnitVerified(carton_id="C1", order_id=order_id, line_id=task.line_id, product_id=SOCKS, quantity_each=1)
    return packing, sock, f"tote_load:{load}"


def found(sock: UnitVerified, exception: PackException) -> PackExceptionFound:
    return PackExceptionFound(
        order_id=sock.order_id,
        carton_id=sock.carton_id,
        exception=exception,
        product_id=sock.product_id,
        quantity_each=1,
        line_id=sock.line_id,
    )


def undone(sock: UnitVerified, exception: PackException | None, seq: int) -> PackUndone:
    return PackUndone(
        carton_id=sock.carton_id,
        order_id=sock.order_id,
        negates_seq=seq,
        negates_kind=PackExceptionFound.kind if exception else UnitVerified.kind,
        exception=exception,
        line_id=sock.line_id,
        product_id=sock.product_id,
        quantity_each=1,
    )
