"""Why the site cannot be built, for whoever typed the command."""

from __future__ import annotations


class SiteTrouble(Exception):
    """The message says what does not fit, and what to do about it."""
