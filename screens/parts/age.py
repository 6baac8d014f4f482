"""How long ago something was, as people say it: now, 12 s, 3 min, 2 h 5 min."""

from __future__ import annotations

from datetime import datetime, timedelta

from screens.look import Look

MINUTE = timedelta(minutes=1)


def said_age(look: Look, seconds: float, *, exact: bool = False) -> str:
    """An age in the largest unit that says enough.

    Args:
        exact: below a minute seconds are counted; else that is `now`.
    """
    whole_s = max(0, int(seconds))
    minutes, hours = whole_s // 60, whole_s // 3600
    if not minutes:
        return look.say("supervisor.age_s", seconds=whole_s) if exact and whole_s else look.say("supervisor.age_now")
    if not hours:
        return look.say("supervisor.age_min", minutes=minutes)
    if hours < 24:
        return look.say("supervisor.age_h", hours=hours, minutes=minutes % 60)
    return look.say("supervisor.age_days", count=hours // 24)


def said_seen(look: Look, seen: datetime | None, now: datetime) -> str:
    """When a station was last heard of, in words of its own: in some languages an age bends after "ago"."""
    if seen is None:
        return look.say("supervisor.seen_never")
    age = now - seen
    if age.days > 0:
        return look.say("supervisor.seen_days", count=age.days)
    return (
        look.say("supervisor.seen", age=said_since(look, seen, now))
        if age >= MINUTE
        else look.say("supervisor.seen_now")
    )


def said_since(look: Look, since: datetime | None, now: datetime) -> str:
    """The age of something that happened at `since`; a dash when it never did."""
    return "–" if since is None else said_age(look, (now - since).total_seconds())
