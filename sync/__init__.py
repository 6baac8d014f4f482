"""Offline first: the station's book, the wire, the courier. Imports `app`, httpx and sqlite_utils (`signer_file`: cryptography)."""
