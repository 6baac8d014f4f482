"""Labels that came out of a simulated printer: PNG files in a folder and one line of JSON each, kept over restarts."""

from __future__ import annotations

import json
import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TypedDict

from PIL import Image

from app.domain.scan import Symbology
from devices.label_proof import utterances

_SYMBOLOGIES = {
    "]C0": Symbology.CODE128,
    "]C1": Symbology.GS1_128,
    "]Q1": Symbology.QR,
    "]Q3": Symbology.GS1_QR,
    "]d1": Symbology.DATAMATRIX,
    "]d2": Symbology.GS1_DATAMATRIX,
    "]A0": Symbology.CODE39,
    "]I0": Symbology.ITF,
    "]E0": Symbology.EAN13,
    "]E4": Symbology.EAN8,
}


class DecodedCode(TypedDict):
    symbology: str
    text: str


class PrintedLabel(TypedDict):
    """One label as `GET /labels` shows it; `decoded` is what a scanner reads on it, from top to bottom."""

    label_id: str
    printed_at_utc: str
    png_path: str
    language: str
    decoded: list[DecodedCode]


class LabelShelf:
    """The folder of one printer; its length is the head's odometer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._journal = folder / "labels.jsonl"
        self._labels = self._read()

    @property
    def count(self) -> int:
        """Labels ever printed."""
        return len(self._labels)

    def labels(self) -> list[PrintedLabel]:
        """Oldest first."""
        return list(self._labels)

    def png(self, label_id: str) -> bytes | None:
        """The picture, one bit a dot; None when there is no such label."""
        known = next((label for label in self._labels if label["label_id"] == label_id), None)
        try:
            return Path(known["png_path"]).read_bytes() if known else None
        except FileNotFoundError:
            return None

    def put(self, bitmap: Image.Image, *, language: str, printed_at_utc: datetime) -> PrintedLabel:
        """Keep a label: first its picture, then the line that counts it.

        Raises:
            OSError: the folder cannot be written; the label is not counted.
        """
        label_id = f"L-{self.count + 1:06d}"
        path = self._folder / f"{label_id}.png"
        out = BytesIO()
        bitmap.save(out, "PNG")
        path.write_bytes(out.getvalue())
        decoded = [
            DecodedCode(symbology=_SYMBOLOGIES.get(one.identifier, one.identifier), text=one.text)
            for one in utterances(bitmap)
        ]
        label = PrintedLabel(
            label_id=label_id,
            printed_at_utc=printed_at_utc.isoformat(),
            png_path=str(path),
            language=language,
            decoded=decoded,
        )
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps({**label, "png_path": path.name}) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
        self._labels.append(label)
        return label

    def _read(self) -> list[PrintedLabel]:
        """The journal's whole lines; a last line cut off by a crash never counted, and is cut off here too."""
        try:
            text = self._journal.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        whole, newline, rest = text.rpartition("\n")
        if rest:
            self._journal.write_text(whole + newline, encoding="utf-8")
        labels: list[PrintedLabel] = [json.loads(line) for line in whole.splitlines() if line]
        for label in labels:
            label["png_path"] = str(self._folder / label["png_path"])
        return labels
