"""What a station loads before it shows anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parent.parent
# Not numpy: sqlite-utils takes it wherever it is installed.
LATER = ("cv2", "PIL", "escpos", "flet_charts")


def test_a_station_starts_without_what_only_pictures_labels_and_charts_need() -> None:
    looks = f"import sys, main; print(*(name for name in {LATER!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", looks], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
