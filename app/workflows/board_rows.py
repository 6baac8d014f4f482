"""The rows of the board that a supervisor can act on: each has a number, which chooses it by scanning alone."""

from __future__ import annotations

from app.domain.board import Board, ListProgress, OpenException
from app.domain.codes import Code, CodeKind, Command
from app.domain.workers import Worker
from app.workflows.answers import Answer

BoardRow = ListProgress | OpenException

TYPED_MAX = 3


class BoardRows:
    """The picklists that can be given on, and the exceptions that the supervisor settles, by their numbers.

    The store gives the numbers: whoever reads one in any window and types it, in this one or another, gets that row or
    none, though the board moves all the time.
    """

    def __init__(self) -> None:
        self.typed = ""
        self._rows: dict[int, BoardRow] = {}
        self._board: Board | None = None

    def see(self, board: Board) -> None:
        """A new picture."""
        self._board = board
        rows: list[BoardRow] = [one for one in board.lists if one.can_be_given_on]
        rows += [one for one in board.waiting if one.for_the_supervisor]
        self._rows = {}
        for row in rows:
            # When the numbers have gone round, two rows may be called alike: the first has it, the other none.
            self._rows.setdefault(row.number, row)
        self._rows.pop(0, None)

    def number(self, row_id: str) -> int | None:
        """The number of a picklist or of an exception; None when there is nothing to do with it."""
        return next((number for number, row in self._rows.items() if _id(row) == row_id), None)

    @property
    def chosen(self) -> BoardRow | None:
        """What the digits typed so far stand for."""
        return self._rows.get(int(self.typed)) if self.typed else None

    @property
    def begun(self) -> bool:
        """Whether the digits typed so far are the beginning of a row's number, and not yet one."""
        return self.chosen is None and any(str(number).startswith(self.typed) for number in self._rows)

    def choose(self, code: Code, worker: Worker | None = None) -> BoardRow | Answer | None:
        """One scan.

        The rules in order: a digit code adds a digit, BACK takes one away, OK chooses the row of that number. Digits in
        one go (a keyboard) choose a list at once; what is settled for good still waits for OK. A picklist's own number
        chooses it; so does the badge of the picker who walks it.

        Args:
            worker: whose badge it is, when it is one.

        Returns:
            The row to act on; what to say instead; None when digits were typed.
        """
        command = code.command
        if command is not None and command.digit is not None:
            self.typed = (self.typed + str(command.digit))[:TYPED_MAX].lstrip("0")
            return None
        if command is Command.BACK:
            self.typed = self.typed[:-1]
            return None
        if command is Command.OK:
            return self._taken() if self.typed else Answer.wrong("supervisor.number_first")
        if code.kind is CodeKind.BADGE:
            return self._walked_by(worker) if worker is not None else Answer.wrong("sign_in.unknown_badge")
        if code.raw.isdecimal() and len(code.raw) <= TYPED_MAX:
            self.typed = code.raw.lstrip("0")
            return None if isinstance(self.chosen, OpenException) else self._taken(code.raw)
        found = self._board.picklist(code.raw.upper()) if self._board else None
        if found is None:
            return Answer.wrong("supervisor.not_a_row")
        return found if found.can_be_given_on else Answer.wrong("supervisor.list_over", picklist=found.picklist_id)

    def _taken(self, typed: str = "") -> BoardRow | Answer:
        found, number = self.chosen, self.typed or typed
        self.typed = ""
        return found or Answer.wrong("supervisor.no_row", number=number)

    def _walked_by(self, worker: Worker) -> BoardRow | Answer:
        mine = [one for one in self._rows.values() if isinstance(one, ListProgress)]
        mine = sorted((one for one in mine if one.worker_id == worker.worker_id), key=lambda one: one.place)
        return mine[0] if mine else Answer.wrong("supervisor.walks_nothing", name=worker.name)


def _id(row: BoardRow) -> str:
    return row.picklist_id if isinstance(row, ListProgress) else row.discrepancy_id
