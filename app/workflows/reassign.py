"""Give a picklist to somebody else: who takes it, why, and OK."""

from __future__ import annotations

from collections.abc import Awaitable
from enum import StrEnum

from app.domain.board import ListProgress, Person
from app.domain.codes import Code, CodeKind, Command
from app.domain.workers import Role, Worker
from app.errors import StoreUnreachable
from app.ports import View
from app.workflows.answers import Answer
from app.workflows.supervise import Supervise

# What the numbers 1 to 4 stand for; the reason goes to the store by this name, the same in every language.
REASONS = ("break", "station_down", "cutoff", "needed_elsewhere")
# The choice 0: whoever asks for work next.
NOBODY = ""
TYPED_MAX = 2


class Stage(StrEnum):
    PERSON = "person"
    REASON = "reason"
    OK = "ok"


class Reassign:
    """One list on its way from one person to another. Nothing is asked of the store before OK.

    While the store is being asked nothing changes: what the screen says is what was asked for.
    """

    def __init__(self, supervise: Supervise, *, view: View, picklist_id: str) -> None:
        self.picklist_id = picklist_id
        self.to_worker_id: str | None = None
        self.reason: str | None = None
        self.typed = ""
        self.asking = False
        self.done = False
        self._supervise = supervise
        self._view = view

    @property
    def stage(self) -> Stage:
        if self.to_worker_id is None:
            return Stage.PERSON
        return Stage.REASON if self.reason is None else Stage.OK

    @property
    def picklist(self) -> ListProgress | None:
        """How the list stood on the last board; None when it is gone from there."""
        board = self._supervise.board
        return board.picklist(self.picklist_id) if board else None

    @property
    def people(self) -> tuple[Person, ...]:
        """Who may take it, by their numbers from 1 on: pickers who are free first, who is away last."""
        board, one = self._supervise.board, self.picklist
        walker = one.worker_id if one else None
        found = [
            person
            for person in (board.people if board else ())
            if Role.PICKER in person.roles and person.worker_id != walker
        ]
        return tuple(sorted(found, key=lambda one: (one.doing in (None, "away"), one.doing != "idle", one.name)))

    @property
    def pointed_at(self) -> str | None:
        """Whom the typed number stands for: a worker, `NOBODY` for 0; None when there is none of that number."""
        if not self.typed:
            return None
        number, people = int(self.typed), self.people
        if not number:
            return NOBODY
        return people[number - 1].worker_id if number <= len(people) else None

    def scan(self, code: Code, worker: Worker | None = None) -> Answer | Awaitable[Answer | None] | None:
        """One scan.

        A badge says who takes it at any time. While it is asked who, digits and OK choose by number; while it is asked
        why, one digit or answer code does. OK then gives it on, which waits for the store.

        Args:
            worker: whose badge it is, when it is one.

        Leads to:
            `done`, when the store has given it on.

        Raises:
            NotAllowed: only supervisors do this.
            StoreRefused: the store says why not.
        """
        if self.asking:
            return _one_moment()
        command = code.command
        number = command.answer or command.digit if command is not None else _number(code)
        if code.kind is CodeKind.BADGE:
            return self.give_to(worker.worker_id) if worker is not None else Answer.wrong("sign_in.unknown_badge")
        if self.stage is Stage.PERSON:
            return self._person(command, number, in_one_go=command is None)
        if number is not None:
            return self.because(number)
        if command is Command.OK and self.stage is Stage.OK:
            return self.ok()
        return Answer.wrong("supervisor.reason_first" if self.stage is Stage.REASON else "supervisor.ok_first")

    def give_to(self, worker_id: str) -> Answer:
        """Who takes it; its own walker and who does not pick are refused here, as the store would refuse them."""
        if self.asking:
            return _one_moment()
        self.typed = ""
        worker = self._view.get(Worker, worker_id) if worker_id else None
        one = self.picklist
        if worker is not None and Role.PICKER not in worker.roles:
            return Answer.wrong("supervisor.no_picker", name=worker.name)
        if worker is not None and one is not None and one.worker_id == worker_id:
            return Answer.wrong("supervisor.theirs_already", name=worker.name)
        self.to_worker_id = worker_id
        return Answer.good("supervisor.chosen", name=worker.name) if worker else Answer.good("supervisor.chosen_any")

    def because(self, number: int) -> Answer | None:
        """Why, by the number of the reason."""
        if self.asking:
            return _one_moment()
        if self.stage is Stage.PERSON:
            return Answer.wrong("supervisor.badge_first")
        if not 1 <= number <= len(REASONS):
            return Answer.wrong("supervisor.no_reason", number=number)
        self.reason = REASONS[number - 1]
        return None

    async def ok(self) -> Answer | None:
        """Ask the store; a question without an answer is asked again, the same, by another OK."""
        if self.asking:
            return _one_moment()
        if self.stage is not Stage.OK or self.done:
            return None
        self.asking = True
        try:
            answer = await self._supervise.reassign(
                self.picklist_id, self.to_worker_id or None, reason=self.reason or ""
            )
        except StoreUnreachable:
            return Answer.caution("supervisor.no_word")
        finally:
            self.asking = False
        self.done = True
        return answer

    def back(self) -> bool | Answer:
        """Take the last thing back: a digit, the reason, the person.

        Returns:
            False when there was nothing; what to wait for while the store is being asked.
        """
        if self.asking:
            return _one_moment()
        if self.typed:
            self.typed = self.typed[:-1]
        elif self.reason is not None:
            self.reason = None
        elif self.to_worker_id is not None:
            self.to_worker_id = None
        else:
            return False
        return True

    def _person(self, command: Command | None, number: int | None, *, in_one_go: bool) -> Answer | None:
        if command is not None and command.answer is not None:
            return Answer.wrong("supervisor.badge_first")
        if number is not None:
            self.typed = (self.typed + str(number))[:TYPED_MAX]
            if not in_one_go:
                return None
        elif command is not Command.OK or not self.typed:
            return Answer.wrong("supervisor.badge_first")
        found, typed = self.pointed_at, self.typed
        self.typed = ""
        return self.give_to(found) if found is not None else Answer.wrong("supervisor.no_row", number=typed)


def _one_moment() -> Answer:
    return Answer.caution("supervisor.one_moment")


def _number(code: Code) -> int | None:
    """Digits that a keyboard typed in one go."""
    return int(code.raw) if code.raw.isdecimal() and len(code.raw) <= TYPED_MAX else None
