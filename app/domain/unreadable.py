"""What is said of a scan that is no code: a short, harmless picture of it, and where it breaks."""

from __future__ import annotations

from app.errors import UnreadableCode

# Longest text that a screen or a log line gets to see of a scan.
SHOWN_CHARS = 40

_C0 = """
NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI
DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US
"""
_CONTROL_NAMES = _C0.split()


def shown(text: str) -> str:
    """The text as a screen and a log may carry it: printable ASCII, at most `SHOWN_CHARS` characters.

    Control characters become their names (`<GS>`), others their code point (`<U+1F4A9>`).
    """
    seen = ""
    for char in text[: SHOWN_CHARS + 1]:
        seen += char if " " <= char <= "~" else _named(char)
        if len(seen) > SHOWN_CHARS:
            return seen[: SHOWN_CHARS - 3] + "..."
    return seen


def _named(char: str) -> str:
    point = ord(char)
    if point < len(_CONTROL_NAMES):
        return f"<{_CONTROL_NAMES[point]}>"
    return "<DEL>" if point == 0x7F else f"<U+{point:04X}>"


class Gs1Damaged(UnreadableCode):
    """Data that claims to follow GS1's rules and breaks one.

    Args:
        scanned: the whole text.
        ai: Application Identifier whose value is wrong; empty when no identifier was found there.
        position: index of the first wrong character in `scanned`.
        wanted: what the rule asks for, in English, for logs and for the supervisor.
    """

    def __init__(self, scanned: str, *, ai: str = "", position: int = 0, wanted: str = "") -> None:
        super().__init__(scanned=shown(scanned))
        self.ai = ai
        self.position = position
        self.wanted = wanted

    def __str__(self) -> str:
        where = f"({self.ai}) at {self.position}" if self.ai else f"at {self.position}"
        return f"{where}: wanted {self.wanted}, scanned {self.scanned!r}"
