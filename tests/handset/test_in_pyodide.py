"""The rooms of a station inside the Python that a browser gets."""

from __future__ import annotations

import re

import pytest

from tests.handset.in_pyodide import run

# What says most of a platform: every port that has an adapter of its own there, by its contract; the book, which is
# SQLite of another version; the session and the courier, which are the event loop; and of the core the whole, since it
# takes no longer than any choice of it: properties over identifiers, tables, picking and packing, in Python 3.14 of
# 32 bits. Left out is what is about a process: threads, locks of files, the order store itself.
SUITES = (
    "tests/sync/test_transport.py",
    "tests/sync/test_courier_over_the_wire.py",
    "tests/sync/test_signer.py",
    "tests/sync/test_signature_check.py",
    "tests/devices/test_pin_check.py",
    "tests/devices/test_code_reader.py",
    "tests/sync/test_ledger.py",
    "tests/sync/test_print_jobs.py",
    "tests/sync/test_rebase.py",
    "tests/sync/test_session.py",
    "tests/sync/test_parts.py",
    "tests/sync/test_convergence.py",
    "tests/sync/test_pick_on_the_book.py",
    "tests/sync/test_pack_on_the_book.py",
    "tests/app",
)
# As many as there are at least: a suite that was not collected would be missed by nobody.
PASSED_MIN = 1_050


@pytest.mark.timeout(600)
async def test_a_station_is_the_same_in_the_browsers_python() -> None:
    report = await run("-q", "--tb=short", "-rsfE", *SUITES)
    assert report.passed, report.text[-20_000:]
    found = re.search(r"(\d+) passed", report.text)
    assert found is not None, report.text[-2_000:]
    print(f"{found[0]} in Pyodide")
    assert int(found[1]) >= PASSED_MIN
