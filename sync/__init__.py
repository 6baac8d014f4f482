"""Offline first: the station's book, the wire, the courier. Imports `app`, httpx, sqlite_utils (and cryptography)."""
