"""Pack: a tote in, labelled cartons out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.cartons import Carton
from app.domain.codes import Code, CodeKind, Command, identify
from app.domain.orders import Order
from app.domain.packing import PackException
from app.domain.scan import Scan
from app.domain.unreadable import shown
from app.domain.weighing import read_weight
from app.domain.workers import Role as WorkerRole
from app.domain.workers import ScanRefused, Worker
from app.errors import (
    FloorError,
    LedgerTrouble,
    NotAllowed,
    UnknownCode,
    WrongCarton,
    WrongStep,
    WrongTote,
)
from app.ports import Tone
from app.workflows.answers import Answer, Role
from app.workflows.pack_asking import (
    Approval,
    Detail,
    Release,
    Slip,
)
from app.workflows.pack_desk import PackDesk
from app.workflows.pack_opening import may_be_packed
from app.workflows.pack_singles import single_of
from app.workflows.pack_step import AT_LABEL, BEGINS, MAY_GO_ON, TAKES_UNITS, PackStep
from app.workflows.pack_units import Unit, product_of, with_lot

_EXITS: Mapping[Command, PackException] = {
    Command.SHORT_NONE: PackException.MISSING,
    Command.SHORT_FEWER: PackException.MISSING,
    Command.SHORT_DAMAGED: PackException.DAMAGED,
    Command.SHORT_WRONG_ITEM: PackException.EXTRA,
}
_CHOICE_KEYS = ("1", "2", "3", "4")
_TAKES_CARTON = frozenset({PackStep.UNIT, PackStep.CARTON, PackStep.WEIGHT, PackStep.RECHECK})
# The label of a carton that was closed before may have come out, and be stuck on, while the next one is packed.
_LABELS_ANOTHER = frozenset({PackStep.TOTE, PackStep.UNIT, PackStep.CARTON, PackStep.WEIGHT})


class Pack(PackDesk):
    """One seat at a packing station. What stands in rows comes back after a restart; an open question is asked anew.

    The rules, in order:

    1. A tote, an order's slip or the label of one of its cartons opens the order's next carton, or comes back to the
       one that this station has open; so does the unit of an order that has no other. A tote whose picks have not
       arrived is packed *blind* against its order's lines.
    2. Every unit is scanned. Extra, missing and damaged are three exits; undo takes the newest of all these back. What
       is missing is said by its number: all of it may be the whole order.
    3. The carton's code may be scanned at any time until it is weighed. FINISH in mid-order says that it is full; undo
       opens it again.
    4. The last unit leads to the carton (when it is not confirmed) and to the weight: digit by digit, as one number of
       grams, or as a scale types it, with its unit. A plausible weight closes by itself; another one is weighed again,
       and then let pass by a supervisor with a reason.
    5. The label prints by itself, now or when the printer is back. Scanned back, it ends the carton.
    6. Units whose order was cancelled, or packed by another station without them, go back into their tote.

    Leads to: the next tote when the order is done; the order's next carton when something is left. While a number, an
    address or the printer is awaited the packer may go on with another tote: `tend` ends what has waited.
    """

    # -- scans --------------------------------------------------------------------------------------------------------

    def scan(self, scan: Scan) -> Answer:
        """Say what a scan is and take it; raises UnreadableCode, and what `take` raises."""
        return self.take(identify(scan, this_year=self._clock.now_utc().year))

    def take(self, code: Code) -> Answer:
        """Judge one code and record what follows from it.

        Raises:
            ScanRejected: another tote, item, lot or carton than is wanted, or a code nobody knows.
            RuleBroken: the tables do not list it, or more than is left.
            LedgerTrouble: nothing was kept.
        """
        step = self.step()
        try:
            answer = self._command(code.command) if code.command is not None else self._judge(step, code)
        except LedgerTrouble:
            raise
        except FloorError as error:
            carton = self.carton
            near_miss = ScanRefused(
                step=f"pack.{step}", reason=type(error).__name__, subject_id=carton.carton_id if carton else ""
            )
            self._record(near_miss)
            raise
        self._told = self.step()
        return answer

    def _judge(self, step: PackStep, code: Code) -> Answer:
        judge = self._judges().get(code.kind)
        if judge is None:
            raise WrongStep(scanned=code.value)
        return judge(step, code)

    def _judges(self) -> Mapping[CodeKind, Callable[[PackStep, Code], Answer]]:
        return {
            CodeKind.TOTE: self._tote_scanned,
            CodeKind.ORDER: self._slip_scanned,
            CodeKind.SSCC: self._label_scanned,
            CodeKind.CARTON_TYPE: self._carton_scanned,
            CodeKind.BADGE: self._badge_scanned,
            CodeKind.ITEM: self._item_scanned,
            CodeKind.ITEM_DETAIL: self._item_scanned,
            CodeKind.OTHER: self._other_scanned,
        }

    def _command(self, command: Command) -> Answer:
        if command.digit is not None:
            return self.type_digit(command.digit)
        if command.answer is not None:
            return self.choose(command.answer)
        if command in _EXITS:
            return self.leave_out(_EXITS[command])
        acts = {
            Command.UNDO: self.undo,
            Command.FINISH: self.finish,
            Command.BACK: self.back,
            Command.OK: self.ok,
            Command.REPRINT: self.ask_reprint,
        }
        if command not in acts:
            raise WrongStep(scanned=command.value)
        return acts[command]()

    def _tote_scanned(self, step: PackStep, code: Code) -> Answer:
        if step in BEGINS:
            self._ask(None)
            found = self._shelf.tote(code.value)
            order = self._ledger.get(Order, found.order_id) if found.order_id else None
            waiting = self._shelf.mine_from(found, waiting=step is PackStep.TOTE) if found.blind else None
            if waiting is not None:
                return self.resume(waiting)
            if order is not None:
                return self._open(order, tote_id=found.tote_id, blind=found.blind)
            if found.order_id is not None:
                return Answer.caution("pack.tote_without_order", tote=found.tote_id, tone=Tone.NEEDS_PERSON)
            self._ask(Slip(found.tote_id))
            return Answer.caution("pack.picks_not_here", tote=found.tote_id)
        found = self._shelf.tote(code.value)
        if step not in TAKES_UNITS:
            return Answer.wrong(f"pack.tote_later.{step}", tote=found.tote_id)
        carton = self._standing()
        # Without a load of its own a tote is what was said of it when it was opened blind.
        holds = found.order_id or (carton.order_id if carton.blind and found.tote_id == carton.tote_id else None)
        if holds == carton.order_id:
            return Answer.good("pack.same_order", tote=found.tote_id)
        wanted = carton.tote_id if carton.tote_id != found.tote_id else None
        raise WrongTote(wanted or "", found.tote_id)

    def _slip_scanned(self, step: PackStep, code: Code) -> Answer:
        if step is PackStep.SLIP or step in MAY_GO_ON:
            tote_id = self._asking.tote_id if isinstance(self._asking, Slip) else None
            order = self._shelf.order_of_slip(code.value)
            return self._open(order, tote_id=tote_id, blind=tote_id is not None)
        raise WrongStep(scanned=code.value)

    def _item_scanned(self, step: PackStep, code: Code) -> Answer:
        if step in MAY_GO_ON and code.kind is not CodeKind.ITEM_DETAIL:
            return self._single_scanned(code)
        carton, order = self.carton, self.order
        if carton is None or order is None:
            raise WrongStep(scanned=code.raw)
        if step in (PackStep.LOT, PackStep.SERIAL) and isinstance(self._asking, Detail):
            return self._with_detail(carton, order, self._asking.unit, code)
        if step is PackStep.EXTRA:
            answer = self._contents.extra(carton, code)
            self._ask(None)
            return answer
        if step is PackStep.DAMAGED:
            answer = self._contents.damaged(order, carton, code)
            self._ask(None)
            return self._unless_nothing_left(answer)
        if step is PackStep.UNIT:
            return self._put_in(carton, order, self._contents.judge(order, carton, code))
        if order.left_to_pack_each == 0 and step in _TAKES_CARTON:
            # One more unit than was ordered: it is an extra, and it must not go in silently.
            self._contents.judge(order, carton, code)
        raise WrongStep(scanned=code.raw)

    def _single_scanned(self, code: Code) -> Answer:
        """The one unit of an order opens it, and is in its carton at once."""
        single = single_of(self._ledger, self._shelf, code, today=self._contents.today())
        if single is None:
            product, _ = product_of(self._ledger, code)
            return Answer.wrong("pack.no_single", product=product.name)
        opened = self._open(single.order, tote_id=single.tote_id, blind=False)
        carton = self.carton
        if opened.role is not Role.GO or carton is None:
            return opened
        put_in = self._put_in(carton, single.order, single.unit)
        if put_in.role is not Role.GO:
            return put_in
        facts = {"order": single.order.external_reference, "product": single.unit.product.name}
        return Answer.good("pack.single_in", tone=put_in.tone, **facts)

    def _other_scanned(self, step: PackStep, code: Code) -> Answer:
        known = self._ledger.find_code(code.value) is not None
        if not known and self._is_choice(step, code.value):
            return self.choose(int(code.value))
        if step in MAY_GO_ON | {PackStep.SLIP} and not known:
            return self._slip_scanned(step, code)
        if step in (PackStep.WEIGHT, PackStep.RECHECK) and not known:
            reading = read_weight(code.raw)
            if reading is None:
                return Answer.wrong("pack.no_weight", scanned=shown(code.raw))
            return self.weigh(reading.weight_g, source=reading.source)
        return self._item_scanned(step, code)

    def _is_choice(self, step: PackStep, text: str) -> bool:
        """Whether it is one key that was typed for an open choice, and no slip or lot that is as short."""
        if text not in _CHOICE_KEYS or not self._choices():
            return False
        if isinstance(self._asking, Detail):
            lots = self._asking.unit.lots
            return bool(lots) and text not in lots
        return step is not PackStep.TOTE or self._shelf.find_slip(text) is None

    def _with_detail(self, carton: Carton, order: Order, unit: Unit, code: Code) -> Answer:
        if code.kind is CodeKind.ITEM:
            # The next unit's own code begins again.
            return self._put_in(carton, order, self._contents.judge(order, carton, code))
        plain = code.raw if code.kind is CodeKind.OTHER else None
        if unit.needs_lot:
            lot = code.lot or plain
            if lot is None:
                raise WrongStep(unit.product.name, code.raw)
            unit = with_lot(unit, self._contents.so_far(order, carton), lot)
            return self._put_in(carton, order, replace(unit, serial=code.serial or unit.serial))
        serial = code.serial or plain
        if serial is None:
            raise WrongStep(unit.product.name, code.raw)
        return self._put_in(carton, order, replace(unit, serial=serial))

    def _carton_scanned(self, step: PackStep, code: Code) -> Answer:
        if step not in _TAKES_CARTON:
            raise WrongStep(scanned=code.value)
        return self._contents.take_carton(self._standing(), code.value)

    def _badge_scanned(self, step: PackStep, code: Code) -> Answer:
        if step not in (PackStep.SUPERVISOR, PackStep.PARKED):
            raise WrongStep(scanned="")
        worker = next((one for one in self._ledger.all(Worker) if one.badge == code.value), None)
        if worker is None:
            raise UnknownCode(scanned="")
        if WorkerRole.SUPERVISOR not in worker.roles:
            raise NotAllowed(WorkerRole.SUPERVISOR)
        if isinstance(self._asking, Approval):
            self._ask(replace(self._asking, supervisor_id=worker.worker_id))
        else:
            self._ask(Release(worker.worker_id))
        return Answer.good("pack.say_why", name=worker.name)

    def _open_by_label(self, carton: Carton) -> Answer:
        """A carton that is closed already: its order goes on when something of it is left, else it is said."""
        order = self._ledger.get(Order, carton.order_id)
        if order is not None and may_be_packed(order):
            return self._open(order, tote_id=carton.tote_id, blind=carton.blind)
        reference = order.external_reference if order is not None else carton.order_id
        return Answer.caution("pack.label_is_closed", number=carton.number, order=reference)

    def _label_scanned(self, step: PackStep, code: Code) -> Answer:
        self.tend()
        carton = self.carton
        if step not in AT_LABEL:
            carton = next((one for one in self._owed() if one.sscc == code.sscc), None)
            if carton is None and step is PackStep.TOTE:
                return self._open_by_label(self._shelf.labelled(code.value))
        if carton is None or step not in AT_LABEL | _LABELS_ANOTHER:
            raise WrongStep(scanned=code.value)
        if carton.sscc != code.sscc:
            raise WrongCarton(carton.sscc or "", code.value)
        order = self._ledger.get(Order, carton.order_id)
        reference = order.external_reference if order else carton.order_id
        following = self._closing.apply(carton)
        if step in TAKES_UNITS | _TAKES_CARTON:
            return Answer.good("pack.label_on", number=carton.number, order=reference)
        self._stand_at(following)
        if following is not None:
            return Answer.good("pack.next_carton", tone=Tone.LINE_DONE, number=following.number, order=reference)
        return Answer.good("pack.order_done", tone=Tone.LIST_DONE, order=reference)
