"""How each worker wants a window of this station to look: theme, language and hand, kept in the station's own book."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from app.domain.workers import Worker
from app.ports import Ledger
from screens.look import Look
from screens.theme import THEMES
from screens.wording import Wording


class Wardrobe:
    """What was chosen here goes before what the store says of a worker; whoever chose nothing gets the store's."""

    def __init__(self, ledger: Ledger, words: Mapping[str, Wording]) -> None:
        self._ledger = ledger
        self._words = words

    def dressed(self, look: Look, worker: Worker) -> Look:
        """`look` as this worker wants it."""
        chosen = self._chosen(worker)
        words = self._words.get(str(chosen.get("language") or worker.language), look.words)
        theme = next((theme for name, theme in THEMES.items() if name == chosen.get("theme")), look.theme)
        left = chosen.get("left_handed")
        return replace(
            look, words=words, theme=theme, left_handed=left if isinstance(left, bool) else worker.left_handed
        )

    def keep(self, look: Look, worker: Worker) -> None:
        """Remember `look` as this worker's choice, durably.

        Raises:
            LedgerTrouble: it is not kept.
        """
        chosen = {"theme": look.theme.name, "language": look.words.language, "left_handed": look.left_handed}
        self._ledger.remember(_key(worker), json.dumps(chosen))

    def _chosen(self, worker: Worker) -> dict[str, object]:
        try:
            chosen = json.loads(self._ledger.recall(_key(worker)) or "{}")
        except ValueError:
            # Written by a program that kept it otherwise: the worker chooses again.
            return {}
        return chosen if isinstance(chosen, dict) else {}


def _key(worker: Worker) -> str:
    return f"look of {worker.worker_id}"
