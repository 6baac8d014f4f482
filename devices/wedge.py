"""A scanner that types: key events in, scans out. No I/O and no clock: the caller brings the keys and the time."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.gs1 import split_aim
from app.domain.scan import Scan, Source
from devices.aim import scan_of

# Labels as Flutter's LogicalKeyboardKey.keyLabel gives them: the upper-case character of the US layout for keys that
# print, a name for all others.
_SHIFTED: Mapping[str, str] = dict(zip("1234567890-=[]\\;',./`", '!@#$%^&*()_+{}|:"<>?~', strict=True))
_NUMPAD: Mapping[str, str] = {
    **{f"Numpad {digit}": digit for digit in "0123456789"},
    "Numpad Add": "+",
    "Numpad Comma": ",",
    "Numpad Decimal": ".",
    "Numpad Divide": "/",
    "Numpad Equal": "=",
    "Numpad Multiply": "*",
    "Numpad Subtract": "-",
}
# Start and end of text, which some scanners put around each code.
_FRAME = "\x02\x03"
# What a key without a name has typed: a code with it is a damaged code, not a shorter one.
_UNKNOWN = "\ufffd"
_END_LABELS = frozenset({"Enter", "Numpad Enter", "Tab"})
_END_CONTROL = frozenset("IJM")
_END_CHARS = frozenset("\t\n\r")
_TAKES_BACK = frozenset({"Backspace", "Escape"})
# How many keys of a scanner's might be late before they are taken for a person's.
_KEYS_TO_BE_SURE = 3


def typed_char(label: str, *, shift: bool, ctrl: bool) -> str:
    """The character that a key types on a US keyboard; empty for keys that type none.

    Scanners that send control characters as keys type Ctrl and the character 64 above.
    """
    if not label:
        return _UNKNOWN
    char = _NUMPAD.get(label, label if len(label) == 1 else "")
    shifted = _SHIFTED.get(char, char.upper()) if shift else char.lower()
    if ctrl:
        above = shifted.upper()
        return chr(ord(above) - 64) if "A" <= above <= "_" else ""
    return shifted


class Wedge:
    """Put a scanner's keystrokes together into scans.

    The rules in order:
    * Enter and Tab (also as Ctrl+M, Ctrl+J, Ctrl+I) end a code, however slowly it was typed. A pause does not: slow
      Bluetooth scanners pause 30 to 50 ms between keys and may send one code in two bursts.
    * Silence of `idle_ms` ends a code only when a scanner must have typed it: an AIM identifier or the programmed
      prefix stands in front, or its keys came faster than a person's. Most scanners send an end, and a code of theirs
      may be held up on its way: so silence must last three times as long, until it has ended a code, and again once a
      fast burst has ended in Enter or Tab.
    * Silence of `abandon_after_ms` drops and counts what never came to its end. What a person types stands on the
      screen (`typed`), can be taken back by Backspace or Escape, and waits for `patience_ms`: a weight is typed with a
      look at the scale in between. What a scanner types after the shorter silence is a code of its own all the same,
      and what stood there is dropped.
    * What follows what was dropped, up to the next end, may be the rest of it and is dropped too, unless a scanner must
      have typed it: a code of which a part got lost is never taken for a shorter one. Where a scanner typed the part
      that was dropped, its rest is as fast; that is dropped too when it comes within twice that silence.

    Args:
        prefix: what the scanner is programmed to type in front of each code; taken off.
        idle_ms: silence that ends a code of a scanner that is known to send no end.
        fast_gap_ms: mean time from key to key up to which a burst is a scanner's. A person takes 80 ms and more.
        abandon_after_ms: silence after which a scanner's unfinished code is dropped.
        patience_ms: the same for a person's.
        max_chars: longest text that is kept; the rest of a longer one is swallowed, so that it ends as one bad scan.
    """

    def __init__(
        self,
        *,
        prefix: str = "",
        idle_ms: int = 300,
        fast_gap_ms: int = 50,
        abandon_after_ms: int = 1500,
        patience_ms: int = 10_000,
        max_chars: int = 1000,
    ) -> None:
        self.prefix = prefix
        self.idle_ms = idle_ms
        self.fast_gap_ms = fast_gap_ms
        self.abandon_after_ms = abandon_after_ms
        self.patience_ms = patience_ms
        self.max_chars = max_chars
        self.paused = False
        self.dropped_keys = 0
        self._sends_end = True
        self._torn = False
        self._torn_until_ms = 0
        self._drop_before_ms = 0
        self._dropping = False
        self._last_key_ms = 0
        self._chars: list[str] = []
        self._count = 0
        self._last_ms = 0
        # What came since the last long silence: how many characters stood there before, and when it began.
        self._before = 0
        self._since_ms = 0
        self._alt_digits = ""

    @property
    def unfinished(self) -> bool:
        """Whether silence may yet end a code, or drop it."""
        return self._count > 0

    def typed(self, at_ms: int) -> str:
        """What a person is typing; empty until its keys have come more slowly than a scanner's, and where it will be
        dropped.
        """
        slowly_ms = self.fast_gap_ms * (self._count - self._before + _KEYS_TO_BE_SURE)
        if self._torn or self._is_a_scanners() or not (self._before or at_ms - self._since_ms > slowly_ms):
            return ""
        return "".join(self._chars)

    def key(
        self, label: str, *, at_ms: int, shift: bool = False, ctrl: bool = False, alt: bool = False, meta: bool = False
    ) -> Scan | None:
        """Take one key-down event; return the scan when this key ends one.

        Args:
            label: the key's label as Flet's `KeyboardEvent.key` gives it.
            at_ms: when the key was pressed, on the clock that `poll` is asked with.
        """
        if self.paused:
            return None
        ends = label in _END_LABELS or (ctrl and label in _END_CONTROL)
        if self._is_late(at_ms, ends=ends):
            return None
        if self._is_abandoned(at_ms):
            self._abandon()
        if alt and not ctrl:
            self._take_alt(label)
            return None
        self._flush_alt(at_ms)
        if ends:
            self._sends_end = self._sends_end or self._is_fast()
            return self._finish(at_ms)
        char = "" if meta else typed_char(label, shift=shift, ctrl=ctrl)
        if label in _TAKES_BACK:
            self._take_back(label, at_ms)
        elif char:
            self._append(char, at_ms)
        return None

    def text(self, text: str, *, at_ms: int) -> list[Scan]:
        """Take what an input method has written at once, where a scanner types through one; the scans that it ends."""
        scans = []
        for char in text:
            if char in _END_CHARS:
                scan = self.key("Enter", at_ms=at_ms)
                scans += [scan] if scan is not None else []
            elif not self.paused and not self._is_late(at_ms, ends=False):
                if self._is_abandoned(at_ms):
                    self._abandon()
                self._append(char, at_ms)
        return scans

    def poll(self, at_ms: int) -> Scan | None:
        """Ask whether silence has ended a code; call it every 50 to 100 ms while scans are welcome."""
        if not self._count or self.paused:
            return None
        silence_ms = at_ms - self._last_ms
        if silence_ms >= self.idle_ms * (3 if self._sends_end else 1) and self._is_a_scanners():
            self._sends_end = False
            return self._finish(at_ms)
        if self._is_abandoned(at_ms):
            self._abandon()
        return None

    def slept(self, for_ms: int) -> None:
        """The station was not awake for so long: keys may have waited meanwhile, so that it was no silence."""
        self._since_ms += for_ms
        self._last_ms += for_ms
        self._last_key_ms += for_ms

    def reset(self) -> None:
        """Forget an unfinished code, and that one was dropped."""
        self._torn = False
        self._clear()

    def pause(self) -> None:
        """Leave the keys to a field that has the focus; an unfinished code is forgotten."""
        self.reset()
        self.paused = True

    def resume(self) -> None:
        """Take keys again."""
        self.reset()
        self.paused = False

    def drop_before(self, at_ms: int) -> None:
        """Drop and count every key pressed before `at_ms` (it may lie ahead), for keys that a lost link delivers late.

        The rest of a code whose beginning was dropped goes with it, up to its end or a silence of `idle_ms`.
        """
        self.dropped_keys += self._count
        self._dropping = self._dropping or self._count > 0
        self.reset()
        self._drop_before_ms = at_ms

    def _is_late(self, at_ms: int, *, ends: bool) -> bool:
        silence_ms, self._last_key_ms = at_ms - self._last_key_ms, at_ms
        if at_ms >= self._drop_before_ms and (not self._dropping or silence_ms > self.idle_ms):
            self._dropping = False
            return False
        self.dropped_keys += 1
        self._dropping = not ends
        return True

    def _clear(self) -> None:
        self._chars.clear()
        self._count = self._before = 0
        self._alt_digits = ""

    def _is_abandoned(self, at_ms: int) -> bool:
        patience_ms = self.abandon_after_ms if self._is_fast(least=2) else self.patience_ms
        return self._count > 0 and at_ms - self._last_ms > patience_ms

    def _abandon(self) -> None:
        self.dropped_keys += self._count
        self._torn = True
        self._torn_until_ms = self._last_ms + 2 * self.abandon_after_ms if self._is_fast(least=2) else 0
        self._clear()

    def _append(self, char: str, at_ms: int) -> None:
        if not self._count or at_ms - self._last_ms > self.abandon_after_ms:
            self._before, self._since_ms = len(self._chars), at_ms
        self._count += 1
        self._last_ms = at_ms
        if len(self._chars) < self.max_chars:
            self._chars.append(char)

    def _take_back(self, label: str, at_ms: int) -> None:
        """Backspace takes back the last character, Escape all of them. No scanner types either."""
        if label == "Escape" or self._count <= 1:
            self.reset()
            return
        self._count -= 1
        del self._chars[self._count :]
        self._before, self._last_ms = min(self._before, len(self._chars)), at_ms

    def _take_alt(self, label: str) -> None:
        digit = _NUMPAD.get(label, label)
        if len(digit) == 1 and digit.isascii() and digit.isdigit():
            self._alt_digits += digit
        elif label.startswith("Alt"):
            self._flush_alt(self._last_key_ms)

    def _flush_alt(self, at_ms: int) -> None:
        """Alt+029 on the numpad is the character 29; the release of Alt is no event, so the next key completes it."""
        digits, self._alt_digits = self._alt_digits, ""
        if digits and len(digits) <= 4 and 0 < int(digits) < 256:
            self._append(chr(int(digits)), at_ms)

    def _is_fast(self, *, least: int = 4) -> bool:
        count = self._count - self._before
        return count >= least and self._last_ms - self._since_ms <= self.fast_gap_ms * (count - 1)

    def _is_a_scanners(self) -> bool:
        text = "".join(self._chars[self._before :])
        return bool(split_aim(text)[0]) or bool(self.prefix and text.startswith(self.prefix)) or self._is_fast()

    def _finish(self, at_ms: int) -> Scan | None:
        self._flush_alt(at_ms)
        if self._torn and (self._since_ms <= self._torn_until_ms or not self._is_a_scanners()):
            self.dropped_keys += self._count
            self.reset()
            return None
        if self._is_a_scanners():
            self.dropped_keys += self._before
            del self._chars[: self._before]
        text = "".join(self._chars).strip(_FRAME).removeprefix(self.prefix)
        self.reset()
        return scan_of(text, source=Source.WEDGE, at_ms=at_ms) if text else None
