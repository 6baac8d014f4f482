"""Makes the floor's tones from pure sines: `python assets/sounds/make_sounds.py` writes them beside itself.

High and rising is good, low is not; the rhythm says the same to an ear that hears no pitch. 44.1 kHz, 16 bit, mono.
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 44_100
EDGE_MS = 6

# (frequency in Hz, length in ms); a frequency of 0 is silence.
TONES: dict[str, tuple[tuple[int, int], ...]] = {
    "good": ((1760, 90),),
    "line_done": ((1319, 90), (0, 30), (1760, 130)),
    "list_done": ((1047, 100), (0, 30), (1319, 100), (0, 30), (1760, 220)),
    "wrong": ((220, 170), (0, 70), (220, 230)),
    "caution": ((587, 110), (0, 60), (587, 110), (0, 60), (587, 110)),
    "needs_person": ((294, 220), (0, 60), (247, 220), (0, 60), (196, 380)),
}


def samples(frequency_hz: int, length_ms: int) -> list[int]:
    """One sine with a third of its octave above, so that small loudspeakers carry the low ones; soft at both ends."""
    count, edge = RATE_HZ * length_ms // 1000, RATE_HZ * EDGE_MS // 1000
    out = []
    for i in range(count):
        angle = 2 * math.pi * frequency_hz * i / RATE_HZ
        fade = min(1.0, i / edge, (count - 1 - i) / edge)
        out.append(round(20_000 * fade * (0.75 * math.sin(angle) + 0.25 * math.sin(2 * angle))))
    return out


def main() -> None:
    for name, notes in TONES.items():
        data = [sample for note in notes for sample in samples(*note)]
        with wave.open(str(Path(__file__).with_name(f"{name}.wav")), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(data)}h", *data))


if __name__ == "__main__":
    main()
