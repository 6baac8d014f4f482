"""Why a site cannot be built."""

from __future__ import annotations


class SiteTrouble(Exception):
    """The site cannot be built: a sentence that says why, and what to do."""
